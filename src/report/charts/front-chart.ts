import { curveStepAfter, line, symbol, symbolStar } from "d3-shape";
import { kindsOf } from "../figure-text.ts";
import { kindsMarkup } from "../html-table.ts";
import { coordinate, element, fragment, shortName, type Markup } from "../markup.ts";
import { frontCsv, ownValue, parameterNames } from "../report-csv.ts";
import { isUnknown, type ExplorationSummary, type ObjectiveDefinition } from "../report-data.ts";
import type { CsvCell } from "../csv.ts";
import type { QuantityKind, Unit } from "../../base/index.ts";
import { axisTitle, bottomAxis, leftAxis, makeAxis, type Axis } from "./axis.ts";
import { chartFigure, legend, maxCsvText, type ChartTable } from "./frame.ts";
import { drawnTrials, knownValue, type DrawnTrial } from "./front-points.ts";

/** The front of an exploration as a figure of its own. */
export function frontFigure(exploration: ExplorationSummary): Markup {
  const { drawn, omittedCount } = drawnTrials(exploration);
  return frontChart(exploration, drawn, omittedCount);
}

/** The front in its two leading objectives, large. */
export function frontChart(
  exploration: ExplorationSummary,
  drawn: readonly DrawnTrial[],
  omittedCount: number,
): Markup {
  const [x, y] = leadingPair(exploration.objectives);
  if (x === undefined || y === undefined) return fragment();
  const [width, height] = [720, 400];
  const plot = { left: 64, right: 704, top: 16, bottom: 344 };
  const [xAxis, yAxis] = pairAxes(exploration, drawn, { x, y, plot, ticks: [7, 6] });
  const names = exploration.objectives.map(({ name }) => shortName(name));
  const picture = element(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      class: "front",
      tabindex: "0",
      role: "group",
      "aria-label": `${names[y]} against ${names[x]}. Arrow keys move between designs, Enter pins, Escape releases.`,
    },
    leftAxis(yAxis, plot.left, plot.right),
    bottomAxis(xAxis, plot.top, plot.bottom),
    element(
      "text",
      { class: "axis", x: (plot.left + plot.right) / 2, y: height - 8, "text-anchor": "middle" },
      axisTitle(names[x] ?? "", xAxis),
    ),
    element(
      "text",
      {
        class: "axis",
        "text-anchor": "middle",
        transform: `translate(14,${(plot.top + plot.bottom) / 2}) rotate(-90)`,
      },
      axisTitle(names[y] ?? "", yAxis),
    ),
    pairMarks(exploration, drawn, { x, y, xAxis, yAxis, size: 1 }),
  );
  return chartFigure({
    id: "front-chart",
    title: "Front",
    caption: frontCaption(exploration, omittedCount, [x, y]),
    controls: fragment(
      frontLegend(isMixed(exploration, drawn)),
      element("div", { id: "front-limits", class: "limits", role: "group", "aria-label": "Limits", hidden: true }),
    ),
    picture,
    table: frontTable(exploration, drawn),
  });
}

/** Every pair of objectives, small. */
export function frontMatrix(exploration: ExplorationSummary, drawn: readonly DrawnTrial[]): Markup {
  const count = Math.min(6, exploration.objectives.length);
  if (count < 3) return fragment();
  const cell = { width: 720 / (count - 1), height: Math.max(110, 480 / (count - 1)) };
  const cells = Array.from({ length: count - 1 }, (_, row) =>
    Array.from({ length: row + 1 }, (_, column) => matrixCell(exploration, drawn, { x: column, y: row + 1, cell })),
  );
  const picture = element(
    "svg",
    {
      viewBox: `0 0 720 ${coordinate(cell.height * (count - 1))}`,
      class: "front",
      tabindex: "0",
      role: "group",
      "aria-label": "Every pair of objectives. Arrow keys move between designs, Enter pins, Escape releases.",
    },
    ...cells.flat(),
  );
  const caption = "Every pair of objectives; the design under the pointer is marked in all of them.";
  const table = {
    header: ["design", ...exploration.objectives.map(({ name }, i) => `${name} [${unitOf(exploration, i)}]`)],
    rows: drawn.toReversed().map(matrixRow),
  };
  return chartFigure({ id: "front-matrix", title: "All objectives", caption, picture, table });
}

// ---------------------------------------------------------------------------------------------------------------------

interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What is gained upwards (the first to maximize), against what is paid for it. */
function leadingPair(objectives: readonly ObjectiveDefinition[]): readonly [number | undefined, number | undefined] {
  const y = Math.max(
    0,
    objectives.findIndex(({ direction }) => direction === "maximize"),
  );
  const x = objectives.findIndex((_, i) => i !== y);
  return x < 0 ? [undefined, undefined] : [x, y];
}

function pairAxes(
  exploration: ExplorationSummary,
  drawn: readonly DrawnTrial[],
  options: { readonly x: number; readonly y: number; readonly plot: Plot; readonly ticks: readonly [number, number] },
): readonly [Axis, Axis] {
  const { x, y, plot, ticks } = options;
  const axisOf = (objective: number, range: readonly [number, number], tickCount: number): Axis =>
    makeAxis({
      values: drawn.flatMap(({ values }) => values[objective] ?? []),
      unit: unitOf(exploration, objective),
      format: exploration.objectives[objective]?.format,
      range,
      tickCount,
      mayBeLog: true,
    });
  return [axisOf(x, [plot.left, plot.right], ticks[0]), axisOf(y, [plot.bottom, plot.top], ticks[1])];
}

function unitOf({ objectives, trials }: ExplorationSummary, index: number): Unit {
  const name = objectives[index]?.name ?? "";
  for (const trial of trials) {
    const figure = ownValue(trial.objectives, name);
    if (figure !== undefined && !isUnknown(figure)) return figure.unit;
  }
  return "1";
}

function matrixCell(
  exploration: ExplorationSummary,
  drawn: readonly DrawnTrial[],
  options: {
    readonly x: number;
    readonly y: number;
    readonly cell: { readonly width: number; readonly height: number };
  },
): Markup {
  const { x, y, cell } = options;
  const [left, top] = [x * cell.width, (y - 1) * cell.height];
  const plot = { left: left + 44, right: left + cell.width - 10, top: top + 22, bottom: top + cell.height - 40 };
  const [xAxis, yAxis] = pairAxes(exploration, drawn, { x, y, plot, ticks: [3, 3] });
  const name = (index: number, axis: Axis): string =>
    axisTitle(shortName(exploration.objectives[index]?.name ?? "", 16), axis);
  return fragment(
    leftAxis(yAxis, plot.left, plot.right),
    bottomAxis(xAxis, plot.top, plot.bottom),
    element("text", { class: "axis", x: plot.left - 36, y: plot.top - 9 }, name(y, yAxis)),
    element("text", { class: "axis", x: plot.right, y: plot.bottom + 31, "text-anchor": "end" }, name(x, xAxis)),
    pairMarks(exploration, drawn, { x, y, xAxis, yAxis, size: 0.75 }),
  );
}

interface PairOptions {
  readonly x: number;
  readonly y: number;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly size: number;
}

function pairMarks(exploration: ExplorationSummary, drawn: readonly DrawnTrial[], options: PairOptions): Markup {
  const { x, y, xAxis, yAxis, size } = options;
  const usual = usualKinds(exploration, drawn);
  const marks = drawn.map((point, index) => {
    const [px, py] = [point.values[x], point.values[y]];
    if (px === undefined || py === undefined) return undefined;
    const other = hasOtherKind(exploration, point, usual) ? " other-kind" : "";
    return element(
      "g",
      {
        class: `point ${point.status}${other}`,
        "data-trial": String(index),
        transform: `translate(${coordinate(xAxis.at(px))},${coordinate(yAxis.at(py))})`,
      },
      pointMark(point.status, size),
    );
  });
  return fragment(stairs(exploration, drawn, options), ...marks);
}

/** Shape as second channel: disc, ring, cross, star. */
function pointMark(status: DrawnTrial["status"], size: number): Markup {
  const arm = 3.4 * size;
  switch (status) {
    case "front":
      return element("circle", { r: 5 * size });
    case "dominated":
      return element("circle", { r: 3.6 * size });
    case "infeasible":
      return element("path", { d: `M${-arm},${-arm}L${arm},${arm}M${-arm},${arm}L${arm},${-arm}` });
    case "chosen":
      return element("path", { d: symbol(symbolStar, 190 * size * size)() ?? "" });
    default:
      return status satisfies never;
  }
}

/** The border of what these two objectives alone make possible. */
function stairs(exploration: ExplorationSummary, drawn: readonly DrawnTrial[], options: PairOptions): Markup {
  const { x, y, xAxis, yAxis } = options;
  const sign = (index: number): number => (exploration.objectives[index]?.direction === "maximize" ? -1 : 1);
  const candidates = drawn
    .filter(({ status }) => status !== "infeasible")
    .flatMap(({ values }) => {
      const [px, py] = [values[x], values[y]];
      return px === undefined || py === undefined ? [] : [[px, py] as const];
    })
    .sort((a, b) => sign(x) * (a[0] - b[0]) || sign(y) * (a[1] - b[1]));
  const best: (readonly [number, number])[] = [];
  for (const point of candidates) {
    const last = best.at(-1);
    if (last === undefined || sign(y) * point[1] < sign(y) * last[1]) best.push(point);
  }
  // From a point one first pays more in x, and only then gains in y.
  const path = line<readonly [number, number]>()
    .x(([value]) => xAxis.at(value))
    .y(([, value]) => yAxis.at(value))
    .curve(curveStepAfter)
    .digits(2)(best);
  return path === null ? fragment() : element("path", { class: "stairs", d: path });
}

/** Per objective the kind of most trials. */
function usualKinds(
  { objectives }: ExplorationSummary,
  drawn: readonly DrawnTrial[],
): readonly (QuantityKind | undefined)[] {
  return objectives.map(({ name }) => {
    const counts = new Map<QuantityKind, number>();
    for (const { trial } of drawn) {
      const figure = ownValue(trial.objectives, name);
      if (figure !== undefined && !isUnknown(figure)) counts.set(figure.kind, (counts.get(figure.kind) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  });
}

function hasOtherKind(
  { objectives }: ExplorationSummary,
  { trial }: DrawnTrial,
  usual: readonly (QuantityKind | undefined)[],
): boolean {
  return objectives.some(({ name }, i) => {
    const figure = ownValue(trial.objectives, name);
    return figure !== undefined && !isUnknown(figure) && figure.kind !== usual[i];
  });
}

function isMixed(exploration: ExplorationSummary, drawn: readonly DrawnTrial[]): boolean {
  const usual = usualKinds(exploration, drawn);
  return drawn.some((point) => hasOtherKind(exploration, point, usual));
}

function frontCaption(exploration: ExplorationSummary, omitted: number, pair: readonly [number, number]): Markup {
  const { trials, objectives } = exploration;
  const front = trials.filter((trial) => trial.onFront).length;
  const infeasible = trials.filter((trial) => !trial.feasible).length;
  const kinds = pair.map((index) => {
    const name = objectives[index]?.name ?? "";
    const found = kindsOf(trials.flatMap((trial) => ownValue(trial.objectives, name) ?? []));
    return fragment(` ${shortName(name)} `, kindsMarkup(found), ",");
  });
  return fragment(
    `${trials.length} designs, ${front} on the front of ${objectives.length} objectives, ${infeasible} infeasible;`,
    ...kinds,
    " the line borders what these two alone allow.",
    omitted === 0 ? "" : ` ${omitted} designs are not drawn; the file front.csv has all.`,
  );
}

/** Marks with their names; what may be hidden has a box, which works without a script: the style sheet reads it. */
function frontLegend(mixed: boolean): Markup {
  return legend([
    { mark: legendMark("chosen"), name: "chosen" },
    { mark: legendMark("front"), name: "front" },
    { mark: legendMark("dominated"), name: "dominated", toggle: { id: "show-dominated", checked: true } },
    { mark: legendMark("infeasible"), name: "infeasible", toggle: { id: "show-infeasible", checked: true } },
    ...(mixed
      ? [
          {
            mark: fragment(),
            name: "points with another kind of evidence",
            toggle: { id: "show-other-kinds", checked: false },
          },
        ]
      : []),
  ]);
}

function legendMark(status: DrawnTrial["status"]): Markup {
  return element("g", { class: `point ${status}` }, pointMark(status, status === "chosen" ? 0.62 : 0.9));
}

function matrixRow({ trial, values }: DrawnTrial): readonly CsvCell[] {
  const id: CsvCell = `#${shortName(trial.id)}`;
  return [id, ...values];
}

function frontTable(exploration: ExplorationSummary, drawn: readonly DrawnTrial[]): ChartTable {
  const parameters = parameterNames(exploration.trials);
  const important = drawn.toReversed();
  return {
    header: [
      "design",
      "status",
      ...exploration.objectives.map(({ name }, i) => `${name} [${unitOf(exploration, i)}]`),
      ...parameters,
    ],
    rows: important.map(({ trial, status }): readonly CsvCell[] => [
      `#${shortName(trial.id)}`,
      status,
      ...exploration.objectives.map(({ name }) => knownValue(trial, name)),
      ...parameters.map((name) => {
        const value = ownValue(trial.parameters, name);
        return typeof value === "string" ? shortName(value) : value;
      }),
    ]),
    csv: frontCsv({ ...exploration, trials: important.map(({ trial }) => trial) }, maxCsvText),
  };
}
