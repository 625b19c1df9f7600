import { line } from "d3-shape";
import type { QuantityKind } from "../../base/index.ts";
import { kindMarkup } from "../html-table.ts";
import { element, fragment, shortName, type Markup } from "../markup.ts";
import { axisTitle, bottomAxis, isDrawable, leftAxis, makeAxis, type Axis } from "./axis.ts";
import { chartFigure } from "./frame.ts";
import { spreadLabels } from "./line-chart.ts";

/** What one design costs at each of the chart's positions. */
export interface CrossoverCurve {
  readonly name: string;
  readonly values: readonly number[];
}

/** Curves over a varied share, in percent, on logarithmic axes where they span far: where two cross, the better design changes. */
export function crossoverChart(options: {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly kind: QuantityKind;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Shares in percent, ascending. */
  readonly positions: readonly number[];
  readonly curves: readonly CrossoverCurve[];
}): Markup {
  const { id, title, caption, kind, xTitle, yTitle, positions, curves } = options;
  const values = curves.flatMap((curve) => curve.values);
  const [left, right, top, bottom] = [64, 580, 26, 340];
  const xAxis = makeAxis({ values: positions, unit: "1", range: [left, right], tickCount: 8, mayBeLog: true });
  const yAxis = makeAxis({ values, unit: "1", range: [bottom, top], tickCount: 6, mayBeLog: true });
  const labels = spreadLabels(curves.map((curve) => yAxis.at(curve.values.findLast(isDrawable) ?? 0)));
  const picture = element(
    "svg",
    { viewBox: "0 0 720 380", role: "img", "aria-label": `${title}, ${curves.length} curves` },
    leftAxis(yAxis, left, right),
    bottomAxis(xAxis, top, bottom),
    element("text", { class: "axis", x: 4, y: top - 10 }, axisTitle(yTitle, yAxis)),
    element("text", { class: "axis", x: (left + right) / 2, y: bottom + 36, "text-anchor": "middle" }, xTitle),
    ...curves.map((curve, i) =>
      fragment(
        element("path", { class: `curve c${i % 7} dash${i % 4}`, d: pathOf(curve, positions, { xAxis, yAxis }) }),
        element("text", { class: "label", x: right + 8, y: (labels[i] ?? top) + 4 }, shortName(curve.name, 18)),
      ),
    ),
  );
  return chartFigure({
    id,
    title,
    caption: fragment(`${caption} `, kindMarkup(kind)),
    picture,
    table: {
      header: [xTitle, ...curves.map(({ name }) => name)],
      rows: positions.map((position, i) => [position, ...curves.map((curve) => curve.values[i])]),
    },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function pathOf(
  { values }: CrossoverCurve,
  positions: readonly number[],
  { xAxis, yAxis }: { readonly xAxis: Axis; readonly yAxis: Axis },
): string {
  const known = positions.flatMap((position, i): [number, number][] => {
    const value = values[i];
    return isDrawable(value) ? [[xAxis.at(position), yAxis.at(value)]] : [];
  });
  return line().digits(2)(known) ?? "";
}
