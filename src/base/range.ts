/** A closed interval of integers. */
export interface IntegerRange {
  readonly low: number;
  readonly high: number;
}

/** The values of a two's complement number of `bits` bits. */
export function signedRange(bits: number): IntegerRange {
  return { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 };
}

/** The fewest bits of a two's complement number that hold every value of `range`. */
export function signedBits(range: IntegerRange): number {
  let bits = 1;
  while (-(2 ** (bits - 1)) > range.low || 2 ** (bits - 1) - 1 < range.high) bits++;
  return bits;
}

/** The fewest bits of an unsigned number that hold 0…`high`; at least 1. */
export function unsignedBits(high: number): number {
  let bits = 1;
  while (2 ** bits - 1 < high) bits++;
  return bits;
}

/** Limit `value` to `range`. */
export function clampTo(range: IntegerRange, value: number): number {
  return Math.min(range.high, Math.max(range.low, value));
}
