import { kindsMarkup } from "../html-table.ts";
import { axisUnit, formatFigure, kindsOf } from "../figure-text.ts";
import { coordinate, element, fragment, shortName, type Markup } from "../markup.ts";
import type { EnergyDerivation, EnergyLine } from "../report-data.ts";
import { bottomAxis, isDrawable, makeAxis, type Axis } from "./axis.ts";
import { chartFigure, legend } from "./frame.ts";

/** Energy by layer, stacked by event; color and hatching name the event. */
export function energyBars(derivation: EnergyDerivation, id: string): Markup {
  const layers = unique(derivation.lines.map(({ layer }) => layer));
  const events = unique(derivation.lines.map(({ event }) => event));
  const groups = eventGroups(derivation.lines, events);
  const totals = layers.map((layer) => total(derivation.lines.filter((line) => line.layer === layer)));
  const bottom = 8 + layers.length * rowHeight;
  const axis = makeAxis({ values: totals, unit: "J", range: [left, 700], tickCount: 6, fromZero: true });
  const picture = element(
    "svg",
    {
      viewBox: `0 0 720 ${bottom + 40}`,
      role: "img",
      "aria-label": `Energy by layer and event, ${derivation.profile}`,
    },
    hatchings(groups.length, id),
    bottomAxis(axis, 4, bottom),
    ...layers.map((layer, row) => layerBar({ derivation, layer, row, groups, axis, id })),
    element(
      "text",
      { class: "axis", x: (left + 700) / 2, y: bottom + 35, "text-anchor": "middle" },
      `energy per inference (${axis.unit.label})`,
    ),
  );
  const prefix = axisUnit(totals, "J");
  return chartFigure({
    id,
    title: `Energy by layer, ${derivation.subject}`,
    caption: fragment(
      `Per inference ${formatFigure(derivation.total)} `,
      kindsMarkup(kindsOf(derivation.lines.map(({ energy }) => energy))),
      largestPart(derivation.lines),
    ),
    controls: legend(
      groups.map(({ name }, i) => ({
        mark: fragment(
          element("rect", { class: `bar c${i % 7}`, x: -7, y: -5, width: 14, height: 10, rx: 1 }),
          element("rect", { fill: hatchFill(i, id), x: -7, y: -5, width: 14, height: 10, rx: 1 }),
        ),
        name: shortName(name, 32),
      })),
    ),
    picture,
    table: {
      header: ["layer", ...events.map((event) => `${event} [${prefix.label}]`), `sum [${prefix.label}]`],
      rows: layers.map((layer, row) => {
        const cells: (string | number)[] = [shortName(layer)];
        for (const event of events) cells.push(partOf(derivation.lines, layer, event) / prefix.factor);
        return cells.concat((totals[row] ?? 0) / prefix.factor);
      }),
    },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

const left = 110;
const rowHeight = 34;

/** Events that share a color. */
interface EventGroup {
  readonly name: string;
  readonly events: readonly string[];
}

/** The six events that cost most have a color each; the rest share the seventh. */
function eventGroups(lines: readonly EnergyLine[], events: readonly string[]): readonly EventGroup[] {
  const cost = (event: string): number => total(lines.filter((line) => line.event === event));
  const order = events.toSorted((a, b) => cost(b) - cost(a));
  const single = order.length <= 7 ? order : order.slice(0, 6);
  const rest = order.slice(single.length);
  const own = single.map((event) => ({ name: event, events: [event] }));
  return rest.length === 0 ? own : [...own, { name: `${rest.length} other events`, events: rest }];
}

interface LayerBar {
  readonly derivation: EnergyDerivation;
  readonly layer: string;
  readonly row: number;
  readonly groups: readonly EventGroup[];
  readonly axis: Axis;
  readonly id: string;
}

function layerBar({ derivation, layer, row, groups, axis, id }: LayerBar): Markup {
  const y = 8 + row * rowHeight + 5;
  let before = 0;
  const parts = groups.map(({ name, events }, i) => {
    const energy = events.reduce((sum, event) => sum + partOf(derivation.lines, layer, event), 0);
    const [x1, x2] = [axis.at(before), axis.at(before + energy)];
    before += energy;
    const box = { x: x1, y, width: Math.max(0, x2 - x1 - 1), height: rowHeight - 10 };
    if (box.width === 0) return undefined;
    return fragment(
      element(
        "rect",
        { class: `bar c${i % 7}`, ...box },
        element("title", {}, `${shortName(layer)}, ${shortName(name)}`),
      ),
      element("rect", { fill: hatchFill(i, id), ...box, "pointer-events": "none" }),
    );
  });
  return fragment(
    element("text", { class: "label", x: left - 10, y: y + 16, "text-anchor": "end" }, shortName(layer, 14)),
    ...parts,
  );
}

/** Hatching as second channel: none, rising, falling, upright, level, crossed, dotted. */
function hatchings(count: number, id: string): Markup {
  const paths = ["M0,6L6,0", "M0,0L6,6", "M3,0L3,6", "M0,3L6,3", "M0,6L6,0M0,0L6,6", "M2.5,3L3.5,3"];
  return element(
    "defs",
    {},
    ...paths
      .slice(0, Math.max(0, count - 1))
      .map((d, i) =>
        element(
          "pattern",
          { id: `${id}-hatch-${i + 1}`, width: "6", height: "6", patternUnits: "userSpaceOnUse" },
          element("path", { class: "hatch", d }),
        ),
      ),
  );
}

function hatchFill(index: number, id: string): string {
  return index % 7 === 0 ? "none" : `url(#${id}-hatch-${index % 7})`;
}

function largestPart(lines: readonly EnergyLine[]): string {
  const sum = total(lines);
  const largest = lines.toSorted((a, b) => b.energy.value - a.energy.value)[0];
  if (largest === undefined || !(sum > 0)) return ".";
  const share = Math.round((largest.energy.value / sum) * 100);
  return `; the largest part, ${coordinate(share)} %, is ${shortName(largest.event)} in ${shortName(largest.layer)}.`;
}

function partOf(lines: readonly EnergyLine[], layer: string, event: string): number {
  return total(lines.filter((line) => line.layer === layer && line.event === event));
}

function total(lines: readonly EnergyLine[]): number {
  return lines.reduce((sum, { energy }) => (isDrawable(energy.value) ? sum + energy.value : sum), 0);
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
