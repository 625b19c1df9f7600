// How wide the lanes are in which weights are added. Narrow lanes are fast and overflow soon: from the weights' actual values
// follows how many additions a lane surely holds, and after so many it is widened into the next kind.

import type { IntegerRange } from "../../../base/index.ts";

/** Bits of one lane of a 128-bit vector. */
export type LaneBits = 8 | 16 | 32;

/** Sums of one lane width, wide ones last. */
export interface LaneLevel {
  readonly bits: LaneBits;
  /** Additions of weights that a lane surely holds; undefined: all that can ever arrive in one step. */
  readonly additions: number | undefined;
}

export interface LanePlan {
  /** Bytes of a stored weight. */
  readonly weightBytes: 1 | 2;
  /** From the lanes that weights are added in to those that hold every sum. */
  readonly levels: readonly LaneLevel[];
}

/** Whether two weights of a byte share a lane of 16 bits, the lower one as its value + 128. */
export function isPaired({ weightBytes, levels }: LanePlan): boolean {
  return weightBytes === 1 && levels[0]?.bits === 16;
}

/** Below so many additions between widenings, wider lanes are faster. */
const fewAdditions = 8;

/**
 * The narrowest lanes that pay.
 *
 * @param weights  Of one layer.
 * @param sums     Exact bounds of any neuron's sum in one step; they include 0, so they bound every partial sum too.
 */
export function planLanes(weights: Int16Array, sums: IntegerRange): LanePlan {
  let largest = 1;
  // Indexed: an iterator over a million weights takes tens of milliseconds.
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(weights[i] ?? 0));
  const weightBytes = largest <= 127 ? 1 : 2;
  const levels: LaneLevel[] = [];
  for (const bits of [8, 16, 32] as const) {
    if (bits === 8 && weightBytes === 2) continue;
    const level = { bits, additions: safeAdditions(bits, largest, sums) };
    if (level.additions !== undefined && level.additions < fewAdditions) continue;
    levels.push(level);
    if (level.additions === undefined) break;
  }
  return { weightBytes, levels };
}

/** Additions of weights up to ±`largest` that a signed lane holds; undefined when every sum fits. */
export function safeAdditions(bits: LaneBits, largest: number, sums: IntegerRange): number | undefined {
  const limit = 2 ** (bits - 1) - 1;
  if (sums.low >= -limit - 1 && sums.high <= limit) return undefined;
  return Math.floor(limit / largest);
}
