/** Quantile 0.975 of Student's t for 1…30 degrees of freedom. */
const studentQuantiles: readonly number[] = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Mean with its 95 % interval by Student's t; no interval for fewer than two values. */
export interface MeanInterval {
  readonly mean: number;
  /** The interval is mean ± this. */
  readonly half: number | undefined;
}

export function meanInterval(values: readonly number[]): MeanInterval {
  const count = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / Math.max(1, count);
  if (count < 2) return { mean, half: undefined };
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1);
  const quantile = studentQuantiles[count - 2] ?? 1.96;
  return { mean, half: quantile * Math.sqrt(variance / count) };
}
