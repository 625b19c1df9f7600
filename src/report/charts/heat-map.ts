import type { QuantityKind } from "../../base/index.ts";
import { formatCount, formatPercent } from "../figure-text.ts";
import { kindMarkup } from "../html-table.ts";
import { element, fragment, shortName, type Markup } from "../markup.ts";
import type { ConfusionMatrix, SparsitySummary } from "../report-data.ts";
import { chartFigure } from "./frame.ts";

/** Spikes per neuron of each layer at each step. */
export function spikeRateMap({ layers, kind, scope }: SparsitySummary): Markup {
  const rates = layers.map(({ layer, spikeRate }) => ({ layer, spikeRates: spikeRate }));
  return rateMap(rates, scope, kind);
}

/** Spikes per neuron of each layer at each step, counted in golden traces unless said otherwise. */
export function rateMap(
  layers: readonly { readonly layer: string; readonly spikeRates: readonly number[] }[],
  scope: string,
  kind: QuantityKind = "simulated",
): Markup {
  const stepCount = layers.reduce((most, { spikeRates }) => Math.max(most, spikeRates.length), 1);
  const peak = peakOf(layers.map(({ spikeRates }) => spikeRates));
  const cells = layers.map(({ spikeRates }) => Array.from({ length: stepCount }, (_, step) => spikeRates[step]));
  const picture = heatMap({
    label: "Spike rate by layer and step",
    rowNames: layers.map(({ layer }) => layer),
    columnNames: Array.from({ length: stepCount }, (_, step) => String(step + 1)),
    columnTitle: "step",
    cells,
    peak,
    text: (rate) => Number((rate * 100).toPrecision(2)).toString(),
    height: 34,
  });
  return chartFigure({
    id: "spike-rate",
    title: "Spike rate by layer and step",
    caption: fragment(
      "Spikes per neuron and step in percent ",
      kindMarkup(kind),
      `, ${shortName(scope, 200)}; the darkest cell is ${formatPercent(peak)}.`,
    ),
    picture,
    table: {
      header: ["layer", ...Array.from({ length: stepCount }, (_, step) => `step ${step + 1}`)],
      rows: layers.map(({ layer }, i) => [layer, ...(cells[i] ?? [])]),
    },
  });
}

/** A number over two choices; the strongest cell is the largest, the weakest the smallest. */
export function gridMap(options: {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly row: { readonly title: string; readonly names: readonly string[] };
  readonly column: { readonly title: string; readonly names: readonly string[] };
  /** Shape [row, column]; undefined where nothing was found. */
  readonly cells: readonly (readonly (number | undefined)[])[];
  readonly text: (value: number) => string;
}): Markup {
  const { id, title, caption, row, column, cells, text } = options;
  const known = cells.flat().filter((value): value is number => value !== undefined && Number.isFinite(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const picture = heatMap({
    label: title,
    heading: title,
    rowNames: row.names,
    columnNames: column.names,
    columnTitle: column.title,
    rowTitle: row.title,
    cells,
    peak: high,
    text,
    height: 34,
    share: (value) => (high > low ? (value - low) / (high - low) : 1),
  });
  const rows = cells.map((values, r) => [row.names[r] ?? "", ...values]);
  return chartFigure({
    id,
    title,
    caption,
    picture,
    table: { header: [`${row.title} \\ ${column.title}`, ...column.names], rows },
  });
}

/** Samples by label and decision. */
export function confusionMap({ counts, classNames, scope, kind }: ConfusionMatrix): Markup {
  const names = counts.map((_, i) => classNames[i] ?? String(i));
  const total = sum(counts.flat());
  const right = sum(counts.map((row, i) => row[i] ?? 0));
  const picture = heatMap({
    label: "Samples by label and decision",
    rowNames: names,
    columnNames: names,
    columnTitle: "decision",
    rowTitle: "label",
    cells: counts.map((row) => names.map((_, i) => row[i])),
    peak: counts.flat().reduce((a, b) => Math.max(a, b), 0),
    text: (count) => (count === 0 ? "" : formatCount(count)),
    height: Math.max(14, Math.min(34, 600 / Math.max(1, names.length))),
    share: (count, row) => count / Math.max(1, sum(counts[row] ?? [])),
    wrong: (row, column) => row !== column,
  });
  return chartFigure({
    id: "confusion",
    title: "Confusion matrix",
    caption: fragment(
      `${formatCount(right)} of ${formatCount(total)} decisions are right (${formatPercent(right / total)} `,
      kindMarkup(kind),
      `), ${shortName(scope, 200)}; wrong ones have a frame.`,
    ),
    picture,
    table: {
      header: ["label \\ decision", ...names, "recall"],
      rows: counts.map((row, i) => [
        names[i] ?? "",
        ...names.map((_, j) => row[j]),
        sum(row) === 0 ? undefined : (row[i] ?? 0) / sum(row),
      ]),
    },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function peakOf(rows: readonly (readonly number[])[]): number {
  return rows.flat().reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 0);
}

interface HeatMap {
  readonly label: string;
  /** Drawn above, for pictures that leave the page. */
  readonly heading?: string;
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
  readonly rowTitle?: string;
  readonly columnTitle: string;
  readonly cells: readonly (readonly (number | undefined)[])[];
  readonly peak: number;
  readonly text: (value: number) => string;
  readonly height: number;
  /** Strength of a cell, 0…1; default: value over peak. */
  readonly share?: (value: number, row: number) => number;
  readonly wrong?: (row: number, column: number) => boolean;
}

function heatMap(map: HeatMap): Markup {
  const left = leftOf(map);
  const above = map.heading === undefined ? 0 : 22;
  const top = above + 22;
  const width = Math.min(map.height * 2.2, (720 - left - 8) / Math.max(1, map.columnNames.length));
  const height = top + map.height * map.rowNames.length + (map.rowTitle === undefined ? 8 : 12);
  const stride = Math.max(1, Math.ceil(26 / width));
  return element(
    "svg",
    { viewBox: `0 0 720 ${height}`, role: "img", "aria-label": map.label },
    map.heading === undefined
      ? undefined
      : element("text", { class: "label strong", x: 8, y: 14 }, shortName(map.heading, 90)),
    element("text", { class: "axis", x: left - 10, y: above + 12, "text-anchor": "end" }, cornerText(map)),
    ...map.columnNames.map((name, column) =>
      column % stride === 0
        ? element(
            "text",
            { class: "tick", x: left + (column + 0.5) * width, y: above + 15, "text-anchor": "middle" },
            shortName(name, Math.max(2, Math.floor((width * stride) / 7))),
          )
        : undefined,
    ),
    ...map.rowNames.map((name, row) =>
      fragment(
        element(
          "text",
          { class: "label", x: left - 10, y: top + (row + 0.5) * map.height + 4, "text-anchor": "end" },
          shortName(name, longestName),
        ),
        ...(map.cells[row] ?? []).map((value, column) => heatCell(map, { row, column, value, left, top, width })),
      ),
    ),
  );
}

/** Characters of a row's name that are shown. */
const longestName = 20;

/** Where cells begin: right of the names and of what names them. */
function leftOf(map: HeatMap): number {
  const names = map.rowNames.map((name) => Math.min(longestName, name.length));
  const widest = Math.max(cornerText(map).length, ...names);
  return Math.max(map.rowTitle === undefined ? 110 : 136, 18 + 6.2 * widest);
}

function cornerText({ rowTitle, columnTitle }: HeatMap): string {
  if (rowTitle !== undefined && columnTitle === "") return `${rowTitle} ↓`;
  return rowTitle === undefined ? `${columnTitle} →` : `${rowTitle} ↓  ${columnTitle} →`;
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly value: number | undefined;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

function heatCell(map: HeatMap, { row, column, value, left, top, width }: Cell): Markup {
  if (value === undefined || !Number.isFinite(value)) return fragment();
  const share = map.share?.(value, row) ?? (map.peak > 0 ? value / map.peak : 0);
  const text = map.text(value);
  const [x, y] = [left + column * width, top + row * map.height];
  const isWrong = map.wrong?.(row, column) === true && value > 0;
  const fits = width >= text.length * 6.5 + 4 && map.height >= 13;
  return fragment(
    element("rect", {
      class: isWrong ? "heat wrong" : "heat",
      style: `--v:${Math.min(1, Math.max(0, share)).toFixed(3)}`,
      x: x + 1,
      y: y + 1,
      width: Math.max(0.5, width - 2),
      height: map.height - 2,
      rx: 2,
    }),
    fits && text !== ""
      ? element("text", { class: "cell", x: x + width / 2, y: y + map.height / 2 + 4, "text-anchor": "middle" }, text)
      : undefined,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
