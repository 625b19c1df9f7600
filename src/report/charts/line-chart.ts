import { line } from "d3-shape";
import { kindMarkup } from "../html-table.ts";
import { element, fragment, shortName, type Child, type Markup } from "../markup.ts";
import type { TrainingHistory } from "../report-data.ts";
import { axisTitle, bottomAxis, isDrawable, leftAxis, makeAxis, type Axis } from "./axis.ts";
import { chartFigure, type ChartTable } from "./frame.ts";

/** A plot of curves that share their unit; values by position, starting at 1. */
type Panel = TrainingHistory["panels"][number];

/** Curves over epochs: one panel per unit, phases as marks at their first epoch. */
export function trainingChart({ panels, phases }: TrainingHistory): Markup {
  const count = positionCount(panels);
  const parts = panels.map((panel) => fragment(` ${shortName(panel.title)} `, kindMarkup(panel.kind)));
  return lineChart({
    id: "training-chart",
    title: "Training",
    caption: fragment(`${count} epochs:`, ...parts.flatMap((part, i) => (i === 0 ? [part] : [",", part])), "."),
    xTitle: "epoch",
    panels,
    phases,
  });
}

/** How the front grew with every design. */
export function hypervolumeChart(values: readonly number[], reference: string): Markup {
  return lineChart({
    id: "hypervolume-chart",
    title: "Growth of the front",
    caption: `Hypervolume of the front after each design, against ${shortName(reference, 200)}; flat means nothing better was found.`,
    xTitle: "design",
    panels: [{ title: "hypervolume", format: "plain", kind: "estimated", curves: [{ name: "front", values }] }],
    phases: [],
  });
}

// ---------------------------------------------------------------------------------------------------------------------

interface LineChart extends TrainingHistory {
  readonly id: string;
  readonly title: string;
  readonly caption: Child;
  readonly xTitle: string;
}

const panelHeight = 180;
const [left, right] = [64, 600];

function lineChart({ id, title, caption, xTitle, panels, phases }: LineChart): Markup {
  const count = positionCount(panels);
  const height = panels.length * panelHeight + 34;
  const xAxis = positionAxis(count);
  const picture = element(
    "svg",
    { viewBox: `0 0 720 ${height}`, role: "img", "aria-label": `${title}, ${count} ${xTitle}s` },
    ...panels.map((panel, index) =>
      panelMarks(panel, { xAxis, offset: index * panelHeight, phases, named: index === 0 }),
    ),
    element("text", { class: "axis", x: (left + right) / 2, y: height - 4, "text-anchor": "middle" }, xTitle),
  );
  return chartFigure({ id, title, caption, picture, table: positionTable(panels, count, xTitle) });
}

function positionCount(panels: readonly Panel[]): number {
  return panels.reduce((most, { curves }) => Math.max(most, ...curves.map(({ values }) => values.length)), 1);
}

/** Whole positions from the first to the last, without space beside them. */
function positionAxis(count: number): Axis {
  const last = Math.max(2, count);
  const at = (position: number): number => left + ((position - 1) / (last - 1)) * (right - left);
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => last / s <= 12) ?? Math.ceil(last / 12);
  const ticks = Array.from({ length: Math.floor(last / stride) + 1 }, (_, i) => Math.max(1, i * stride));
  return {
    at,
    ticks: [...new Set(ticks)].map((position) => ({ position: at(position), text: String(position) })),
    unit: { factor: 1, label: "" },
    isLog: false,
  };
}

interface PanelPlace {
  readonly xAxis: Axis;
  readonly offset: number;
  readonly phases: TrainingHistory["phases"];
  /** Whether phases are named here. */
  readonly named: boolean;
}

function panelMarks(panel: Panel, { xAxis, offset, phases, named }: PanelPlace): Markup {
  const [top, bottom] = [offset + 26, offset + panelHeight - 20];
  const values = panel.curves.flatMap((curve) => curve.values.filter((v): v is number => v !== undefined));
  const yAxis = makeAxis({ values, unit: "1", format: panel.format, range: [bottom, top], tickCount: 4 });
  const labels = spreadLabels(panel.curves.map((curve) => endOf(curve.values, yAxis)));
  return fragment(
    leftAxis(yAxis, left, right),
    bottomAxis(xAxis, top, bottom),
    element("text", { class: "axis", x: 4, y: top - 10 }, axisTitle(shortName(panel.title), yAxis)),
    ...phases.map((phase) => phaseMark(phase, xAxis, { top, bottom, named })),
    ...panel.curves.map((curve, i) =>
      fragment(
        element("path", { class: `curve c${i % 7} dash${i % 4}`, d: curvePath(curve.values, xAxis, yAxis) }),
        element("text", { class: "label", x: right + 8, y: (labels[i] ?? top) + 4 }, shortName(curve.name, 18)),
      ),
    ),
  );
}

/** Positions that were not evaluated are passed over. */
function curvePath(values: readonly (number | undefined)[], xAxis: Axis, yAxis: Axis): string {
  const known = values.flatMap((value, i): [number, number][] =>
    !isDrawable(value) ? [] : [[xAxis.at(i + 1), yAxis.at(value)]],
  );
  return line().digits(2)(known) ?? "";
}

/** Height of the last known value of a curve: its name stands there. */
function endOf(values: readonly (number | undefined)[], yAxis: Axis): number {
  const last = values.findLast(isDrawable);
  return last === undefined ? yAxis.at(0) : yAxis.at(last);
}

/** Move names apart until none covers another. */
export function spreadLabels(heights: readonly number[]): readonly number[] {
  const order = heights.map((height, index) => ({ height, index })).sort((a, b) => a.height - b.height);
  const result = [...heights];
  let free = Number.NEGATIVE_INFINITY;
  for (const { height, index } of order) {
    const place = Math.max(height, free);
    result[index] = place;
    free = place + 15;
  }
  return result;
}

function phaseMark(
  { name, firstEpoch }: TrainingHistory["phases"][number],
  xAxis: Axis,
  { top, bottom, named }: { readonly top: number; readonly bottom: number; readonly named: boolean },
): Markup {
  if (!Number.isFinite(firstEpoch)) return fragment();
  const x = xAxis.at(firstEpoch);
  return fragment(
    firstEpoch > 1 ? element("line", { class: "phase", x1: x, x2: x, y1: top, y2: bottom }) : undefined,
    named
      ? element("text", { class: "phase-name", x: Math.max(x + 4, left + 24), y: top - 6 }, shortName(name, 24))
      : undefined,
  );
}

function positionTable(panels: readonly Panel[], count: number, xTitle: string): ChartTable {
  const curves = panels.flatMap((panel) =>
    panel.curves.map(({ name, values }) => ({ name: `${panel.title}, ${name}`, values })),
  );
  return {
    header: [xTitle, ...curves.map(({ name }) => name)],
    rows: Array.from({ length: count }, (_, i) => [i + 1, ...curves.map(({ values }) => finite(values[i]))]),
  };
}

function finite(value: number | undefined): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}
