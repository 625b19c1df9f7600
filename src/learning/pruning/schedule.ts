/** How the pruned share grows over training. `start` and `end` are shares of the epochs. */
export interface PruningSchedule {
  readonly kind: PruningCurve;
  readonly start: number;
  readonly end: number;
}

export type PruningCurve = "one-shot" | "linear" | "cubic" | "exponential";

/**
 * Share of the final sparsity after a share x of the schedule, by curve.
 *
 * - cubic: quickly at first, then ever more gently. @source M. Zhu, S. Gupta, 2017, eq. 1, arXiv:1710.01878
 * - exponential: the same share of what is left goes each time, down to 1 % left of the way.
 */
const curves: Readonly<Record<PruningCurve, (x: number) => number>> = {
  "one-shot": () => 1,
  linear: (x) => x,
  cubic: (x) => 1 - (1 - x) ** 3,
  exponential: (x) => (1 - 0.01 ** x) / 0.99,
};

/** Every curve, by name. */
export const pruningCurves: readonly PruningCurve[] = Object.keys(curves) as PruningCurve[];

/**
 * The sparsity that a schedule wants.
 * @param progress  Share of the epochs that are over once this one is, 0…1.
 */
export function scheduledSparsity({ kind, start, end }: PruningSchedule, final: number, progress: number): number {
  if (progress < start) return 0;
  const x = end <= start ? 1 : Math.min(1, (progress - start) / (end - start));
  return final * curves[kind](x);
}
