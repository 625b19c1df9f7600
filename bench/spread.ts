/** Middle of some rates, half the distance between their quartiles, and the highest: what a busy machine disturbed least. */
export interface Spread {
  readonly median: number;
  readonly spread: number;
  readonly best: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { median: at(0.5), spread: (at(0.75) - at(0.25)) / 2, best: at(1) };
}
