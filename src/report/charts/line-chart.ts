import { line } from "d3-shape";
import { kindMarkup } from "../html-table.ts";
import { element, fragment, shortName, type Markup } from "../markup.ts";
import type { TrainingHistory } from "../report-data.ts";
import { axisTitle, bottomAxis, leftAxis, makeAxis, type Axis } from "./axis.ts";
import { chartFigure } from "./frame.ts";

type Panel = TrainingHistory["panels"][number];

/** Curves over epochs: one panel per unit, phases as marks at their first epoch. */
export function trainingChart({ panels, phases }: TrainingHistory): Markup {
  const epochCount = panels.reduce(
    (most, { curves }) => Math.max(most, ...curves.map(({ values }) => values.length)),
    1,
  );
  const height = panels.length * panelHeight + 34;
  const xAxis = epochAxis(epochCount);
  const picture = element(
    "svg",
    { viewBox: `0 0 720 ${height}`, role: "img", "aria-label": `Training over ${epochCount} epochs` },
    ...panels.map((panel, index) => panelMarks(panel, xAxis, index * panelHeight)),
    ...phases.map(({ name, firstEpoch }) => phaseMark(shortName(name, 24), xAxis.at(firstEpoch), panels.length)),
    element("text", { class: "axis", x: 350, y: height - 4, "text-anchor": "middle" }, "epoch"),
  );
  return chartFigure({
    id: "training-chart",
    title: "Training",
    caption: caption(panels, epochCount),
    picture,
    table: trainingTable(panels, epochCount),
  });
}

// ---------------------------------------------------------------------------------------------------------------------

const panelHeight = 180;
const [left, right] = [64, 600];

function epochAxis(epochCount: number): Axis {
  const axis = makeAxis({ values: [1, epochCount], unit: "1", range: [left, right], tickCount: 8 });
  const whole = axis.ticks.filter(({ text }) => /^[1-9][\d,]*$/.test(text));
  return { ...axis, ticks: whole };
}

function panelMarks(panel: Panel, xAxis: Axis, offset: number): Markup {
  const [top, bottom] = [offset + 26, offset + panelHeight - 20];
  const values = panel.curves.flatMap((curve) => curve.values.filter((v): v is number => v !== undefined));
  const yAxis = makeAxis({ values, unit: "1", format: panel.format, range: [bottom, top], tickCount: 4 });
  const labels = spreadLabels(panel.curves.map((curve) => endOf(curve.values, yAxis)));
  return fragment(
    leftAxis(yAxis, left, right),
    bottomAxis(xAxis, top, bottom),
    element("text", { class: "axis", x: left - 36, y: top - 10 }, axisTitle(shortName(panel.title), yAxis)),
    ...panel.curves.map((curve, i) =>
      fragment(
        element("path", { class: `curve c${i % 7} dash${i % 4}`, d: curvePath(curve.values, xAxis, yAxis) }),
        element("text", { class: "label", x: right + 8, y: (labels[i] ?? top) + 4 }, shortName(curve.name, 18)),
      ),
    ),
  );
}

function curvePath(values: readonly (number | undefined)[], xAxis: Axis, yAxis: Axis): string {
  const path = line<number | undefined>()
    .defined((value) => value !== undefined && Number.isFinite(value))
    .x((_, epoch) => xAxis.at(epoch + 1))
    .y((value) => yAxis.at(value ?? 0))
    .digits(2)([...values]);
  return path ?? "";
}

/** Height of the last known value of a curve: its name stands there. */
function endOf(values: readonly (number | undefined)[], yAxis: Axis): number {
  const last = values.findLast((value) => value !== undefined && Number.isFinite(value));
  return last === undefined ? yAxis.at(0) : yAxis.at(last);
}

/** Move names apart until none covers another. */
function spreadLabels(heights: readonly number[]): readonly number[] {
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

function phaseMark(name: string, x: number, panelCount: number): Markup {
  const bottom = panelCount * panelHeight - 20;
  return fragment(
    element("line", { class: "phase", x1: x, x2: x, y1: 26, y2: bottom }),
    element("text", { class: "phase-name", x: x + 4, y: 38 }, name),
  );
}

function caption(panels: readonly Panel[], epochCount: number): Markup {
  const parts = panels.map((panel) => fragment(` ${shortName(panel.title)} `, kindMarkup(panel.kind)));
  return fragment(`${epochCount} epochs:`, ...parts.flatMap((part, i) => (i === 0 ? [part] : [",", part])), ".");
}

function trainingTable(panels: readonly Panel[], epochCount: number): Parameters<typeof chartFigure>[0]["table"] {
  const curves = panels.flatMap((panel) => panel.curves);
  return {
    header: ["epoch", ...curves.map(({ name }) => name)],
    rows: Array.from({ length: epochCount }, (_, i) => [
      i + 1,
      ...curves.map(({ values }) => {
        const value = values[i];
        return value === undefined || !Number.isFinite(value) ? undefined : value;
      }),
    ]),
  };
}
