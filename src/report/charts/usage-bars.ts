import { formatCount, formatFigure, kindBadges, unknownReason } from "../figure-text.ts";
import { element, fragment, shortName, type Markup } from "../markup.ts";
import { isUnknown, type Figure, type ResourceSummary } from "../report-data.ts";
import type { Quantity } from "../../base/index.ts";
import { chartFigure } from "./frame.ts";

/** Resources used and their limits: one bar per figure, each with the kind of its evidence. */
export function usageBars({ rows, target }: ResourceSummary): Markup {
  const bars = rows.flatMap(({ resource, used, limit }) =>
    used.map((figure, i) => ({ resource: i === 0 ? resource : "", figure, limit })),
  );
  const height = bars.length * rowHeight + 12;
  const picture = element(
    "svg",
    { viewBox: `0 0 720 ${height}`, role: "img", "aria-label": `Resources used of ${target}` },
    ...bars.map((bar, row) => usageBar(bar, 6 + row * rowHeight)),
    element("line", { class: "limit", x1: right, x2: right, y1: 2, y2: height - 4 }),
  );
  return chartFigure({
    id: "usage",
    title: "Resources",
    caption: `Share of what ${shortName(target)} has; the upright line is its limit.`,
    picture,
    table: {
      header: ["resource", "used", "limit", "kind", "share [%]"],
      rows: rows.flatMap(({ resource, used, limit }) =>
        used.map((figure) => [
          shortName(resource),
          known(figure)?.value ?? "unknown",
          known(limit)?.value ?? "unknown",
          isUnknown(figure) ? figure.unknown : kindBadges[figure.kind],
          percentOf(figure, limit),
        ]),
      ),
    },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

const [left, right] = [176, 536];
const rowHeight = 28;

function usageBar(
  { resource, figure, limit }: { readonly resource: string; readonly figure: Figure; readonly limit: Figure },
  y: number,
): Markup {
  const percent = percentOf(figure, limit);
  const width = percent === undefined ? 0 : Math.min(1.08, percent / 100) * (right - left);
  const used = known(figure);
  const over = percent !== undefined && percent > 100;
  const text =
    used === undefined
      ? `unknown: ${shortName(unknownReason(figure) ?? "", 24)}`
      : `${formatCount(used.value, 0)} / ${formatFigure(limit)}${percent === undefined ? "" : ` · ${Math.round(percent)} %`}`;
  return fragment(
    element("text", { class: "label", x: left - 44, y: y + 16, "text-anchor": "end" }, shortName(resource, 18)),
    element(
      "text",
      { class: "tick", x: left - 6, y: y + 16, "text-anchor": "end" },
      used === undefined ? "" : kindBadges[used.kind],
    ),
    element("rect", { class: "track", x: left, y: y + 3, width: right - left, height: rowHeight - 10, rx: 2 }),
    element("rect", { class: over ? "bar over" : "bar c0", x: left, y: y + 3, width, height: rowHeight - 10, rx: 2 }),
    element("text", { class: "label", x: right + 10 + (over ? 24 : 0), y: y + 16 }, text),
  );
}

function percentOf(used: Figure, limit: Figure): number | undefined {
  const [u, l] = [known(used), known(limit)];
  return u === undefined || l === undefined || !(l.value > 0) ? undefined : (u.value / l.value) * 100;
}

function known(figure: Figure): Quantity | undefined {
  return isUnknown(figure) || unknownReason(figure) !== undefined ? undefined : figure;
}
