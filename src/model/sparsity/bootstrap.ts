import { randomStream } from "../../base/index.ts";

/** A mean with the interval in which it would lie for other samples of the same kind. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** How intervals are made: said beside them. */
export const intervalNote = "95 % bootstrap interval over samples, 1000 resamples";

/**
 * The 95 % Wilson score interval of a share of so many independent samples, such as an accuracy.
 * @source E. B. Wilson, Probable inference, JASA 1927, eq. 6
 */
export function shareInterval(share: number, count: number): Interval {
  if (count === 0) return { mean: share, low: 0, high: 1 };
  const z = 1.959964;
  const center = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  const half = (z / (1 + z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return { mean: share, low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

const resamples = 1000;
const level = 0.95;

/**
 * Percentile bootstrap intervals of the means of several measures of the same samples; all share the draws.
 * @param measures  One value per sample each. Shape [measure][sample].
 * @source B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13
 */
export function bootstrapMeans(measures: readonly ArrayLike<number>[], seed: number): Interval[] {
  const count = measures[0]?.length ?? 0;
  const random = randomStream(seed, "bootstrap");
  const means = measures.map(() => new Float64Array(resamples));
  const picks = new Uint32Array(count);
  for (let round = 0; round < resamples; round++) {
    for (let i = 0; i < count; i++) picks[i] = random.integer(count);
    measures.forEach((values, m) => {
      let sum = 0;
      for (const pick of picks) sum += values[pick] ?? 0;
      const target = means[m];
      if (target !== undefined) target[round] = sum / count;
    });
  }
  return measures.map((values, m) => {
    const mean = count === 0 ? 0 : Array.from(values).reduce((a, b) => a + b, 0) / count;
    const sorted = means[m]?.sort() ?? new Float64Array(0);
    const at = (share: number): number => sorted[Math.min(resamples - 1, Math.floor(share * resamples))] ?? mean;
    return count === 0
      ? { mean, low: mean, high: mean }
      : { mean, low: at((1 - level) / 2), high: at((1 + level) / 2) };
  });
}
