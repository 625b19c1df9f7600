// A search: the sampler proposes whole generations, each is evaluated (several designs at once if wanted), and only then is it
// asked again. What comes out depends on the seed alone, not on which evaluation ends first or whether the study was cut off.

import {
  assert,
  assertDefined,
  randomStream,
  throwProblems,
  type Problem,
  type ProgressListener,
} from "../base/index.ts";
import { hypervolume, nonDominated, dominates, type Costs } from "./front.ts";
import { checkBounds, checkObjectives, costsOf, violationOf, type Bound, type Objective } from "./objective.ts";
import { evaluateTrial, type Evaluate } from "./evaluate.ts";
import { gridSampler } from "./samplers/grid.ts";
import { nsga2Sampler } from "./samplers/nsga2.ts";
import { randomSampler } from "./samplers/random.ts";
import type { Evaluated, Sampler } from "./samplers/sampler.ts";
import { checkSpace, isInSpace, pointKey, type Point, type Space } from "./space.ts";
import type { Stopper } from "./stopper.ts";
import type { TrialStore } from "./store.ts";
import type { StoredTrial, Trial } from "./trial.ts";

export type SamplerName = "grid" | "random" | "nsga2";

/** Every sampler, by the name that configurations use. */
export const samplers: Readonly<Record<SamplerName, Sampler>> = {
  grid: gridSampler,
  random: randomSampler,
  nsga2: nsga2Sampler,
};

export interface StudyOptions<Details> {
  readonly space: Space;
  readonly objectives: readonly Objective[];
  readonly bounds: readonly Bound[];
  readonly sampler: SamplerName | Sampler;
  /** Designs to try at most. */
  readonly trialCount: number;
  readonly seed: number;
  readonly evaluate: Evaluate<Details>;
  /** Designs evaluated at the same time; 1 unless given. Results do not depend on it. */
  readonly parallel?: number;
  /** Ends poor trials early, by what they report. */
  readonly stopper?: Stopper;
  /** End the study when so many designs in a row brought nothing new to the front. */
  readonly patience?: number;
  /** Finished trials are appended here, and those found here are not evaluated again. */
  readonly store?: TrialStore<Details>;
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
}

export interface Study<Details> {
  readonly trials: readonly Trial<Details>[];
  /** Ids of the feasible designs that no other feasible design dominates. */
  readonly front: readonly number[];
  /** Hypervolume of the front after each trial, objectives scaled to 0…1 over all feasible designs, against 1.1. */
  readonly progress: readonly number[];
  readonly counts: StudyCounts;
}

/** What became of the designs. */
export interface StudyCounts {
  readonly evaluated: number;
  readonly feasible: number;
  readonly failed: number;
  readonly stopped: number;
}

/**
 * Evaluate designs until the budget is used or nothing new can be proposed. Deterministic for a seed.
 *
 * A design that cannot be built throws a UserError or ToolError, which becomes its failure; anything else ends the study.
 * @throws the problems of `checkStudy`; whatever ends the study, after the trials under way have been stored
 */
export async function runStudy<Details>(options: StudyOptions<Details>): Promise<Study<Details>> {
  throwProblems(checkStudy(options));
  const { space, objectives, trialCount, patience, store } = options;
  const sampler = typeof options.sampler === "string" ? samplers[options.sampler] : options.sampler;
  const random = randomStream(options.seed, `study ${sampler.name}`);
  const stored = new Map((await store?.list())?.map((trial) => [pointKey(trial.point), trial]));
  const trials: Trial<Details>[] = [];
  const seen = new Set<string>();
  const isStale = (): boolean =>
    patience !== undefined && trials.length - 1 - newestOnFront(trials, objectives) >= patience;
  while (trials.length < trialCount && !isStale()) {
    const history = trials.map((trial) => evaluated(trial, options));
    const fresh: Point[] = [];
    for (const point of sampler.ask(space, history, random)) {
      assert(isInSpace(space, point), `sampler ${sampler.name} left the space: ${point.join(", ")}`);
      if (seen.has(pointKey(point))) continue;
      seen.add(pointKey(point));
      fresh.push(point);
    }
    if (fresh.length === 0) break;
    trials.push(
      ...(await runGeneration(options, { points: fresh.slice(0, trialCount - trials.length), trials, stored })),
    );
  }
  const count = (is: (trial: Trial<Details>) => boolean): number => trials.filter(is).length;
  return {
    trials,
    front: frontOf(trials, objectives),
    progress: volumes(trials, objectives),
    counts: {
      evaluated: count(({ outcome }) => outcome === "evaluated"),
      feasible: count(({ feasible }) => feasible),
      failed: count(({ outcome }) => outcome === "failed"),
      stopped: count(({ outcome }) => outcome === "stopped"),
    },
  };
}

/** Everything wrong with a study before it runs: its space, objectives and bounds, `study/count`. */
export function checkStudy<Details>(options: StudyOptions<Details>): Problem[] {
  const { space, objectives, bounds } = options;
  const counts = { trialCount: options.trialCount, parallel: options.parallel ?? 1, patience: options.patience ?? 1 };
  return [
    ...checkSpace(space),
    ...checkObjectives(objectives),
    ...checkBounds(bounds, objectives),
    ...Object.entries(counts)
      .filter(([, value]) => !Number.isInteger(value) || value < 1)
      .map(([path, value]) => ({ code: "study/count", path, message: `expected a whole number from 1, got ${value}` })),
  ];
}

// ---------------------------------------------------------------------------------------------------------------------

/** Evaluate one generation. Trials come back in the order of its points, whichever ends first. */
async function runGeneration<Details>(
  options: StudyOptions<Details>,
  generation: {
    readonly points: readonly Point[];
    readonly trials: readonly Trial<Details>[];
    readonly stored: ReadonlyMap<string, StoredTrial<Details>>;
  },
): Promise<Trial<Details>[]> {
  const { points, trials, stored } = generation;
  const { signal, store, onProgress, objectives, trialCount } = options;
  const courses = trials.map(({ course }) => course).filter((course) => course.length > 0);
  const finished: (Trial<Details> | undefined)[] = points.map(() => undefined);
  const errors: unknown[] = [];
  let next = 0;
  const goesOn = (): boolean => next < points.length && errors.length === 0 && signal?.aborted !== true;
  const work = async (): Promise<void> => {
    while (goesOn()) {
      const k = next++;
      const point = assertDefined(points[k], "point");
      try {
        const known = stored.get(pointKey(point));
        const result = known ?? (await evaluateTrial(options, { point, id: trials.length + k, courses }));
        const { isTransient, ...kept } = { isTransient: false, ...result };
        if (known === undefined && !isTransient) await store?.append(kept);
        finished[k] = toTrial(options, kept, trials.length + k);
      } catch (error) {
        errors.push(error);
        return;
      }
      const done = [...trials, ...finished.filter((trial) => trial !== undefined)];
      const note = `${frontOf(done, objectives).length} on the front`;
      onProgress?.({ label: "explore", done: done.length, total: trialCount, unit: "designs", note });
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.parallel ?? 1, points.length) }, work));
  signal?.throwIfAborted();
  if (errors.length > 0) throw errors[0];
  return finished.map((trial) => assertDefined(trial, "trial"));
}

function toTrial<Details>(options: StudyOptions<Details>, stored: StoredTrial<Details>, id: number): Trial<Details> {
  const feasible = stored.objectives !== undefined && violationOf(stored.objectives, options.bounds) === 0;
  return { id, ...stored, feasible };
}

function evaluated<Details>(trial: Trial<Details>, options: StudyOptions<Details>): Evaluated {
  const { point, objectives, feasible } = trial;
  if (objectives === undefined) return { point, costs: undefined };
  const costs = feasible ? costsOf(objectives, options.objectives) : undefined;
  return { point, costs, violation: violationOf(objectives, options.bounds) };
}

function feasibleCosts<Details>(trial: Trial<Details>, objectives: readonly Objective[]): Costs | undefined {
  return trial.feasible ? costsOf(assertDefined(trial.objectives, "objectives"), objectives) : undefined;
}

function frontOf<Details>(trials: readonly Trial<Details>[], objectives: readonly Objective[]): number[] {
  const feasible = trials.filter((trial) => trial.feasible);
  const costs = feasible.map((trial) => assertDefined(feasibleCosts(trial, objectives), "costs"));
  return nonDominated(costs)
    .map((i) => assertDefined(feasible[i], "trial").id)
    .sort((a, b) => a - b);
}

/** The newest design of the front; -1 when it is empty. */
function newestOnFront<Details>(trials: readonly Trial<Details>[], objectives: readonly Objective[]): number {
  return frontOf(trials, objectives).at(-1) ?? -1;
}

/** Scaled to 0…1 per objective over all feasible designs, so that the volume has no unit. */
function volumes<Details>(trials: readonly Trial<Details>[], objectives: readonly Objective[]): number[] {
  const costs = trials.map((trial) => feasibleCosts(trial, objectives));
  const feasible = costs.filter((known) => known !== undefined);
  const lows = objectives.map((_, k) => Math.min(...feasible.map((known) => known[k] ?? 0)));
  const spans = objectives.map((_, k) => Math.max(...feasible.map((known) => known[k] ?? 0)) - (lows[k] ?? 0));
  const reference = objectives.map(() => 1.1);
  let front: Costs[] = [];
  let volume = 0;
  return costs.map((known) => {
    if (known === undefined) return volume;
    const scaled = known.map((cost, k) => (spans[k] === 0 ? 0 : (cost - (lows[k] ?? 0)) / (spans[k] ?? 1)));
    if (front.some((other) => dominates(other, scaled))) return volume;
    front = [...front.filter((other) => !dominates(scaled, other)), scaled];
    volume = hypervolume(front, reference);
    return volume;
  });
}
