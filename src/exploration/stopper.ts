import type { Course } from "./trial.ts";

/**
 * Ends poor trials early. It sees only the courses of trials of finished generations, so what it says does not depend on the order
 * in which trials run.
 */
export interface Stopper {
  readonly name: string;
  /** Why a trial that has come this far should end, or undefined when it should go on. Its last report is the newest. */
  reasonToStop(course: Course, finished: readonly Course[]): string | undefined;
}

/**
 * Stop a trial whose best cost so far is worse than the median of what the finished trials had by the same step.
 * @param minTrials  Finished trials before anything is stopped.
 * @param minSteps   Reports that every trial may make.
 * @source D. Golovin et al., Google Vizier, KDD 2017, doi:10.1145/3097983.3098043
 */
export function medianStopper({
  minTrials = 4,
  minSteps = 1,
}: { readonly minTrials?: number; readonly minSteps?: number } = {}): Stopper {
  return {
    name: "median",
    reasonToStop: (course, finished) => {
      const step = course.at(-1)?.step;
      if (step === undefined || course.length <= minSteps) return undefined;
      const others = finished.map((other) => bestUntil(other, step)).filter((cost) => Number.isFinite(cost));
      if (others.length < minTrials) return undefined;
      const middle = median(others);
      const best = bestUntil(course, step);
      if (best <= middle) return undefined;
      return `stopped at step ${step}: ${shown(best)} is worse than ${shown(middle)}, the median of ${others.length} designs`;
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function bestUntil(course: Course, step: number): number {
  return course.reduce((best, report) => (report.step <= step ? Math.min(best, report.cost) : best), Infinity);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
