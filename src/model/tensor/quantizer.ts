// Symmetric, per tensor: value ≈ scale · integer. The one place that says how a real weight becomes an integer; training
// (straight-through), the integer network and the reports all call it.

import { throwProblems, type IntegerRange, type Problem } from "../../base/index.ts";

/** Signed integers of `bits` bits without the most negative one, so that the range is symmetric. */
export interface Quantizer {
  readonly bits: number;
  /** Real value of integer 1. */
  readonly scale: number;
}

/** Fewest and most bits of a quantizer: one bit has no symmetric grid, and integer weights are stored in 16 bits. */
const bitsRange: IntegerRange = { low: 2, high: 16 };

/** The largest integer of a symmetric quantizer: 1 for 2 bits (ternary), 7 for 4, 127 for 8. */
export function largestLevel(bits: number): number {
  return 2 ** (bits - 1) - 1;
}

/** The integer that stands for `value`: nearest, ties away from zero, limited to ±`largestLevel`. */
export function quantizeValue(quantizer: Quantizer, value: number): number {
  const limit = largestLevel(quantizer.bits);
  const scaled = value / quantizer.scale;
  const rounded = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
  return Math.max(-limit, Math.min(limit, rounded)) + 0;
}

/** Everything wrong with a quantizer. */
export function checkQuantizer({ bits, scale }: Quantizer, path: string): Problem[] {
  const problems: Problem[] = [];
  const { low, high } = bitsRange;
  if (!(Number.isInteger(bits) && bits >= low && bits <= high)) {
    problems.push({ code: "quantizer/bits", path, message: `expected ${low}…${high} whole bits, got ${bits}` });
  }
  if (!(scale > 0 && Number.isFinite(scale))) {
    problems.push({ code: "quantizer/scale", path, message: `expected a finite scale above 0, got ${scale}` });
  }
  return problems;
}

/**
 * The quantizer with the smallest squared error over the non-zero `values`, searched over clipping ranges.
 * @throws `quantizer/bits`
 */
export function fitQuantizer(values: Float32Array, bits: number): Quantizer {
  throwProblems(checkQuantizer({ bits, scale: 1 }, "quantizer"));
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return { bits, scale: 1 };
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

// ---------------------------------------------------------------------------------------------------------------------

function squaredError(quantizer: Quantizer, values: Float32Array): number {
  let error = 0;
  for (const value of values) {
    if (value === 0) continue;
    const difference = value - quantizeValue(quantizer, value) * quantizer.scale;
    error += difference * difference;
  }
  return error;
}
