// value ≈ scale · level. The one place that says how a real weight becomes an integer; training (straight-through), post-training
// quantization, the integer network and the reports all call it.

import { throwProblems, type IntegerRange, type Problem } from "../../base/index.ts";

/** A grid of levels; symmetric about 0 unless it has a zero point, one for all channels unless it has scales of channels. */
export interface Quantizer {
  readonly bits: number;
  /** Real value of level 1; with `channelScales` their largest. */
  readonly scale: number;
  /** Asymmetric: the stored integer that means 0. Levels are counted from it, so that 0 stays exact. */
  readonly zeroPoint?: number | undefined;
  /** Real value of level 1 in each channel. Shape [last axis of the weights]. */
  readonly channelScales?: Float32Array | undefined;
}

/** Fewest and most bits of a quantizer; integer weights are stored in 16 bits. */
const bitsRange: IntegerRange = { low: 1, high: 16 };

/** The largest level of a symmetric quantizer: 1 for 1 bit (−1 and 1) and 2 bits (ternary), 7 for 4, 127 for 8. */
export function largestLevel(bits: number): number {
  return bits === 1 ? 1 : 2 ** (bits - 1) - 1;
}

/** The levels of a quantizer: symmetric without the most negative integer, asymmetric from the zero point. */
export function levelRange({ bits, zeroPoint }: Quantizer): IntegerRange {
  if (zeroPoint === undefined) return { low: -largestLevel(bits), high: largestLevel(bits) };
  return { low: -(2 ** (bits - 1)) - zeroPoint, high: 2 ** (bits - 1) - 1 - zeroPoint };
}

/** Bits of a symmetric integer that holds every level: more than `bits` where there is a zero point, and for a sign. */
export function storedBits(quantizer: Quantizer): number {
  const { low, high } = levelRange(quantizer);
  let bits = 2;
  while (largestLevel(bits) < Math.max(-low, high)) bits++;
  return bits;
}

/** The level that stands for `value`: nearest, ties away from zero, limited to the range; one bit has only −1 and 1. */
export function quantizeValue(quantizer: Quantizer, value: number, channel = 0): number {
  if (quantizer.bits === 1) return value < 0 ? -1 : 1;
  const { low, high } = levelRange(quantizer);
  const scaled = value / scaleOf(quantizer, channel);
  const rounded = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
  return Math.max(low, Math.min(high, rounded)) + 0;
}

/** The value on the grid that stands for `value`. */
export function realValue(quantizer: Quantizer, value: number, channel = 0): number {
  return quantizeValue(quantizer, value, channel) * scaleOf(quantizer, channel);
}

/** Real value of level 1 in a channel. */
export function scaleOf({ scale, channelScales }: Quantizer, channel: number): number {
  return channelScales?.[channel] ?? scale;
}

/**
 * Values on the grid, as floats.
 * @param values  Channels along the last axis.
 */
export function onGrid(quantizer: Quantizer, values: Float32Array, channelCount: number): Float32Array {
  return values.map((value, i) => realValue(quantizer, value, i % channelCount));
}

/** Everything wrong with a quantizer. */
export function checkQuantizer(quantizer: Quantizer, path: string): Problem[] {
  const { bits, scale, zeroPoint, channelScales } = quantizer;
  const problems: Problem[] = [];
  const { low, high } = bitsRange;
  if (!(Number.isInteger(bits) && bits >= low && bits <= high)) {
    problems.push({ code: "quantizer/bits", path, message: `expected ${low}…${high} whole bits, got ${bits}` });
  }
  const bad = [scale, ...(channelScales ?? [])].find((s) => !(s > 0 && Number.isFinite(s)));
  if (bad !== undefined) {
    problems.push({ code: "quantizer/scale", path, message: `expected a finite scale above 0, got ${bad}` });
  }
  if (zeroPoint !== undefined && !(bits > 1 && Number.isInteger(zeroPoint) && Math.abs(zeroPoint) <= 2 ** (bits - 1))) {
    const message = `expected a whole number of ${bits} bits, and more than one bit, got ${zeroPoint}`;
    problems.push({ code: "quantizer/zero-point", path, message });
  }
  return problems;
}

/**
 * The symmetric quantizer with the smallest squared error over the non-zero `values`, searched over clipping ranges; of one bit, the
 * mean magnitude.
 * @throws `quantizer/bits`
 */
export function fitQuantizer(values: Float32Array, bits: number): Quantizer {
  throwProblems(checkQuantizer({ bits, scale: 1 }, "quantizer"));
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return { bits, scale: 1 };
  if (bits === 1) {
    const kept = values.filter((value) => value !== 0);
    return { bits, scale: kept.reduce((sum, value) => sum + Math.abs(value), 0) / kept.length };
  }
  let best: Quantizer = { bits, scale: largest / largestLevel(bits) };
  let bestError = Number.POSITIVE_INFINITY;
  for (let share = 100; share >= 20; share -= 4) {
    const candidate = { bits, scale: (largest * share) / 100 / largestLevel(bits) };
    const error = squaredError(candidate, values);
    if (error < bestError) {
      best = candidate;
      bestError = error;
    }
  }
  return best;
}

/** Squared error of a quantizer over the non-zero values: zeros stay exact in every grid but that of one bit. */
export function squaredError(quantizer: Quantizer, values: Float32Array): number {
  let error = 0;
  for (const value of values) {
    if (value === 0) continue;
    const difference = value - quantizeValue(quantizer, value) * quantizer.scale;
    error += difference * difference;
  }
  return error;
}
