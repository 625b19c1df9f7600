// A figure in words: value with prefix, badge of its evidence, band. The same text in tables, tooltips and terminals.

import {
  formatQuantity,
  quantityKinds,
  siPrefixes,
  type Quantity,
  type QuantityKind,
  type Unit,
} from "../base/index.ts";
import { isUnknown, type Figure, type FigureFormat } from "./report-data.ts";

/** Badge of a kind of evidence, as printed beside every number. */
export const kindBadges: Readonly<Record<QuantityKind, string>> = {
  estimated: "EST",
  simulated: "SIM",
  rtl: "RTL",
  synthesized: "SYN",
  placed: "PNR",
  measured: "MEAS",
};

/** What a badge means, in one sentence. */
export const kindMeanings: Readonly<Record<QuantityKind, string>> = {
  estimated: "estimated: counts times constants, or a formula",
  simulated: "simulated: counted in the bit-exact software model",
  rtl: "RTL: counted while simulating the hardware description",
  synthesized: "synthesized: reported by synthesis",
  placed: "placed: reported after place and route",
  measured: "measured on a device",
};

/** Value with unit and prefix: `0.92 µJ`, `95.8 %`; "unknown" when there is none. No more digits than the band supports. */
export function formatFigure(figure: Figure, format: FigureFormat = "plain"): string {
  const reason = unknownReason(figure);
  if (reason !== undefined || isUnknown(figure)) return "unknown";
  const digits = supportedDigits(figure);
  if (format === "percent") return formatPercent(figure.value, digits);
  return formatQuantity(figure, digits);
}

/** Why a figure is unknown; undefined when it is known. A number that is not finite is not known. */
export function unknownReason(figure: Figure): string | undefined {
  if (isUnknown(figure)) return figure.unknown;
  return Number.isFinite(figure.value) ? undefined : `not a finite number (${figure.value})`;
}

/** The band of a figure: `0.74 – 1.1 µJ`; undefined when it has none. */
export function formatBand(figure: Figure, format: FigureFormat = "plain"): string | undefined {
  if (isUnknown(figure) || figure.band === undefined) return undefined;
  const { low, high } = figure.band;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  const text = (value: number): string =>
    format === "percent" ? formatPercent(value, 3) : formatQuantity({ ...figure, value }, 2);
  const [first, last] = [text(low), text(high)];
  const unit = last.slice(last.indexOf(" "));
  return unit.length > 1 && first.endsWith(unit) ? `${first.slice(0, -unit.length)} – ${last}` : `${first} – ${last}`;
}

/** Value, badge and band in one line: `0.92 µJ EST (0.74 – 1.1 µJ)`; `unknown: not placed`. */
export function figureText(figure: Figure, format: FigureFormat = "plain"): string {
  const reason = unknownReason(figure);
  if (reason !== undefined || isUnknown(figure)) return `unknown: ${reason}`;
  const band = formatBand(figure, format);
  return `${formatFigure(figure, format)} ${kindBadges[figure.kind]}${band === undefined ? "" : ` (${band})`}`;
}

/** A share as percent: `95.8 %`. */
export function formatPercent(share: number, digits = 3): string {
  if (!Number.isFinite(share)) return "unknown";
  return `${Number((share * 100).toPrecision(digits))} %`;
}

/** A count with separators and at most `decimals` decimals: `12,345`, `3.25`. */
export function formatCount(count: number, decimals = 2): string {
  if (!Number.isFinite(count)) return "unknown";
  return count.toLocaleString("en-US", { maximumFractionDigits: decimals });
}

/** One prefix for all values of an axis or a column. */
export interface AxisUnit {
  /** Values are divided by it. */
  readonly factor: number;
  /** Prefix and unit: `µJ`; empty for plain numbers. */
  readonly label: string;
}

/** Choose the prefix of an axis from its largest value. */
export function axisUnit(values: readonly number[], unit: Unit, format: FigureFormat = "plain"): AxisUnit {
  if (format === "percent") return { factor: 0.01, label: "%" };
  if (unit === "1") return { factor: 1, label: "" };
  if (countedUnits.has(unit)) return { factor: 1, label: `${unit}s` };
  const largest = values.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0);
  const [factor, prefix] = siPrefixes.find(([scale]) => largest >= scale) ?? (largest === 0 ? [1, ""] : [1e-15, "f"]);
  return { factor, label: `${prefix}${unit}` };
}

/** The kinds of evidence among figures, weakest first. */
export function kindsOf(figures: readonly Figure[]): readonly QuantityKind[] {
  const found = new Set(figures.filter((f): f is Quantity => unknownReason(f) === undefined).map((f) => f.kind));
  return quantityKinds.filter((kind) => found.has(kind));
}

// ---------------------------------------------------------------------------------------------------------------------

const countedUnits: ReadonlySet<Unit> = new Set<Unit>(["bit", "cell", "cycle", "block", "op"]);
function supportedDigits(q: Quantity): number {
  if (q.band === undefined) return 3;
  const half = (q.band.high - q.band.low) / 2;
  if (!(half > 0) || q.value === 0) return 3;
  return Math.min(4, Math.max(2, Math.ceil(Math.log10(Math.abs(q.value) / half)) + 1));
}
