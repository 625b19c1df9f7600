import { scaleLinear, scaleLog, type ScaleLinear, type ScaleLogarithmic } from "d3-scale";
import { axisUnit, type AxisUnit } from "../figure-text.ts";
import { element, fragment, type Markup } from "../markup.ts";
import type { FigureFormat } from "../report-data.ts";
import type { Unit } from "../../base/index.ts";

/** Values to pixels, with labels in one unit. */
export interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly position: number; readonly text: string }[];
  /** Prefix and unit; empty for plain numbers. */
  readonly unit: AxisUnit;
  readonly isLog: boolean;
}

export interface AxisOptions {
  readonly values: readonly number[];
  readonly unit: Unit;
  readonly format?: FigureFormat | undefined;
  /** First and last pixel. */
  readonly range: readonly [number, number];
  readonly tickCount: number;
  /** Begin at 0: for bars. */
  readonly fromZero?: boolean | undefined;
  /** Use a logarithmic axis when values span more than a factor of 30. */
  readonly mayBeLog?: boolean | undefined;
}

/** Whether a picture can show a value: beyond these powers of ten the arithmetic of scales overflows. */
export function isDrawable(value: number | undefined): value is number {
  return value !== undefined && Math.abs(value) <= 1e60;
}

/** An axis around drawable values; the prefix is chosen once. */
export function makeAxis(options: AxisOptions): Axis {
  const { unit, format, range, tickCount } = options;
  const values = options.values.filter(isDrawable);
  const scaleUnit = axisUnit(values, unit, format);
  const scaled = values.map((value) => value / scaleUnit.factor);
  const least = scaled.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = scaled.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const isLog = options.mayBeLog === true && least > 1e-60 && most / least > 30 && most / least < 1e12;
  const scale = isLog
    ? scaleLog([least * 0.85, most * 1.18], [...range])
    : niceLinear(domainOf(scaled, options.fromZero === true), range, tickCount);
  if (format === "percent" && least >= 0 && most <= 100) keepShares(scale);
  const ticks = isLog ? logTicks(scale.ticks(), tickCount) : scale.ticks(tickCount);
  return {
    at: (value) => scale(value / scaleUnit.factor),
    ticks: ticks.map((tick) => ({ position: scale(tick), text: tickText(tick) })),
    unit: scaleUnit,
    isLog,
  };
}

/** Grid lines and labels of a vertical axis at the left edge of a plot. */
export function leftAxis(axis: Axis, left: number, right: number): Markup {
  return fragment(
    ...axis.ticks.map(({ position, text }) =>
      fragment(
        element("line", { class: "grid", x1: left, x2: right, y1: position, y2: position }),
        element("text", { class: "tick", x: left - 7, y: position + 4, "text-anchor": "end" }, text),
      ),
    ),
  );
}

/** Grid lines and labels of a horizontal axis below a plot. */
export function bottomAxis(axis: Axis, top: number, bottom: number): Markup {
  return fragment(
    ...axis.ticks.map(({ position, text }) =>
      fragment(
        element("line", { class: "grid", x1: position, x2: position, y1: top, y2: bottom }),
        element("text", { class: "tick", x: position, y: bottom + 17, "text-anchor": "middle" }, text),
      ),
    ),
  );
}

/** A title with the unit of its axis: `energy (µJ)`. */
export function axisTitle(name: string, axis: Axis): string {
  const notes = [axis.unit.label, axis.isLog ? "log" : ""].filter((note) => note !== "");
  return notes.length === 0 ? name : `${name} (${notes.join(", ")})`;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Small plots have too few ticks to round their ends: half of them would be empty. */
function niceLinear(
  domain: readonly [number, number],
  range: readonly [number, number],
  tickCount: number,
): ScaleLinear<number, number> {
  const scale = scaleLinear([...domain], [...range]);
  return tickCount > 4 ? scale.nice(tickCount) : scale;
}

/** Shares end at 0 and 100 %, however round the next number would be. */
function keepShares(scale: ScaleLinear<number, number> | ScaleLogarithmic<number, number>): void {
  const [low = 0, high = 100] = scale.domain();
  scale.domain([Math.max(0, low), Math.min(100, high)]);
}

function domainOf(values: readonly number[], fromZero: boolean): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b), fromZero ? 0 : Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), fromZero ? 0 : Number.NEGATIVE_INFINITY);
  if (high - low > Math.max(1e-60, 1e-9 * Math.max(Math.abs(low), Math.abs(high)))) {
    const margin = fromZero ? 0 : (high - low) * 0.04;
    return [low - (low > 0 ? Math.min(margin, low) : margin), high + margin];
  }
  // One value only: it stands in the middle of the axis, or at the end of its bar.
  const spread = Math.abs(low) > 1e-60 ? Math.abs(low) * 0.1 : 1;
  return fromZero ? [0, spread * 10] : [low - spread, low + spread];
}

/** Powers of ten, with 2 and 5 between them where there is room. */
function logTicks(all: readonly number[], count: number): readonly number[] {
  const rich = all.filter((tick) => [1, 2, 5].includes(leadingDigit(tick)));
  const tens = rich.filter((tick) => leadingDigit(tick) === 1);
  return rich.length <= count * 1.6 || tens.length < 2 ? rich : tens;
}

function leadingDigit(tick: number): number {
  return Math.round(tick / 10 ** Math.floor(Math.log10(tick) + 1e-9));
}

function tickText(tick: number): string {
  const rounded = Number(tick.toPrecision(6));
  if (rounded !== 0 && (Math.abs(rounded) >= 1e6 || Math.abs(rounded) < 1e-4)) return rounded.toExponential();
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 6 });
}
