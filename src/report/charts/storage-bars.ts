import { formatFigure, kindsOf } from "../figure-text.ts";
import { kindsMarkup } from "../html-table.ts";
import { element, fragment, shortName, type Markup } from "../markup.ts";
import { isUnknown, type Figure, type StorageSummary } from "../report-data.ts";
import { chartFigure } from "./frame.ts";

/** The bits of a layer's weights in every format, the chosen one strong, and why. */
export function storageBars(layer: string, { chosen, reason, formats }: StorageSummary): Markup {
  const most = formats.reduce((peak, { allocatedBits }) => Math.max(peak, valueOf(allocatedBits)), 1);
  const picture = element(
    "svg",
    {
      viewBox: `0 0 720 ${formats.length * rowHeight + 8}`,
      role: "img",
      "aria-label": `Bits of the weights of ${shortName(layer)} by storage format`,
    },
    ...formats.map((format, i) =>
      formatRow(format, { isChosen: format.format === chosen, top: 4 + i * rowHeight, most }),
    ),
  );
  return chartFigure({
    id: `storage-${shortName(layer).replaceAll(/[^A-Za-z0-9]+/g, "-")}`,
    title: `Storage formats of ${shortName(layer)}`,
    caption: fragment(
      "Bits of the RAM blocks ",
      kindsMarkup(kindsOf(formats.map(({ allocatedBits }) => allocatedBits))),
      ", the colored part of a bar those that carry meaning; on the right the mean cycles until all weights of a spike are there. ",
      element("strong", {}, shortName(chosen)),
      `: ${shortName(reason, 400)}.`,
    ),
    picture,
    table: {
      header: ["format", "bits", "allocated bits", "cycles per spike"],
      rows: formats.map((f) => [f.format, valueOf(f.logicalBits), valueOf(f.allocatedBits), valueOf(f.cyclesPerSpike)]),
    },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

const [left, right] = [180, 520];
const rowHeight = 22;

function formatRow(
  { format, logicalBits, allocatedBits, cyclesPerSpike }: StorageSummary["formats"][number],
  { isChosen, top, most }: { readonly isChosen: boolean; readonly top: number; readonly most: number },
): Markup {
  const widthOf = (figure: Figure): number => Math.max(1, (valueOf(figure) / most) * (right - left));
  const bar = (figure: Figure, className: string): Markup =>
    element("rect", { class: className, x: left, y: top + 3, width: widthOf(figure), height: rowHeight - 8, rx: 2 });
  return fragment(
    element(
      "text",
      { class: isChosen ? "label strong" : "tick", x: left - 8, y: top + 14, "text-anchor": "end" },
      `${isChosen ? "✓ " : ""}${shortName(format)}`,
    ),
    bar(allocatedBits, "track"),
    bar(logicalBits, `bar ${isChosen ? "c1" : "c0"}`),
    element("text", { class: "tick", x: right + 8, y: top + 14 }, formatFigure(allocatedBits)),
    element("text", { class: "tick", x: 712, y: top + 14, "text-anchor": "end" }, formatFigure(cyclesPerSpike)),
  );
}

function valueOf(figure: Figure): number {
  return isUnknown(figure) ? 0 : figure.value;
}
