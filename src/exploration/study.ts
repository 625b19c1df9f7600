import { assertDefined, randomStream, throwProblems, UserError, type ProgressListener } from "../base/index.ts";
import { hypervolume, knee, nonDominated, type Costs } from "./front.ts";
import { gridSampler } from "./samplers/grid.ts";
import { nsga2Sampler } from "./samplers/nsga2.ts";
import { randomSampler } from "./samplers/random.ts";
import type { Evaluated, Sampler } from "./samplers/sampler.ts";
import { checkSpace, pointKey, valuesOf, type Point, type Space } from "./space.ts";

export interface Objective {
  readonly name: string;
  readonly direction: "minimize" | "maximize";
}

/** A bound on one objective. */
export interface Bound {
  readonly objective: string;
  readonly relation: "<=" | ">=";
  readonly bound: number;
}

export type SamplerName = "grid" | "random" | "nsga2";

/** Every sampler, by the name that configurations use. */
export const samplers: Readonly<Record<SamplerName, Sampler>> = {
  grid: gridSampler,
  random: randomSampler,
  nsga2: nsga2Sampler,
};

/** One design and what became of it. */
export interface Trial<Details> {
  readonly id: number;
  readonly point: Point;
  readonly values: Readonly<Record<string, string | number | boolean>>;
  /** Undefined when the design could not be evaluated; `failure` says why. */
  readonly objectives: Readonly<Record<string, number>> | undefined;
  readonly details: Details | undefined;
  readonly failure: string | undefined;
  /** Evaluated, and within every bound. */
  readonly feasible: boolean;
}

export interface Study<Details> {
  readonly trials: readonly Trial<Details>[];
  /** Ids of the feasible designs that no other feasible design dominates. */
  readonly front: readonly number[];
  /** Hypervolume of the front after each trial, against the worst costs seen. */
  readonly progress: readonly number[];
}

/**
 * Evaluate designs until the budget is used or nothing new can be proposed. Deterministic for a seed.
 *
 * @param evaluate  A design that cannot be built throws a UserError, which becomes its failure; anything else ends the study.
 */
export async function runStudy<Details>(options: {
  readonly space: Space;
  readonly objectives: readonly Objective[];
  readonly bounds: readonly Bound[];
  readonly sampler: SamplerName;
  readonly trialCount: number;
  readonly seed: number;
  readonly evaluate: (
    values: Readonly<Record<string, string | number | boolean>>,
  ) => Promise<{ readonly objectives: Readonly<Record<string, number>>; readonly details: Details }>;
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
}): Promise<Study<Details>> {
  const { space, objectives, sampler, trialCount, signal } = options;
  throwProblems(checkSpace(space));
  const random = randomStream(options.seed, `study ${sampler}`);
  const trials: Trial<Details>[] = [];
  const seen = new Set<string>();
  while (trials.length < trialCount) {
    const asked = samplers[sampler].ask(
      space,
      trials.map((trial) => evaluated(trial, objectives)),
      random,
    );
    const fresh = asked.filter((point) => !seen.has(pointKey(point)));
    if (fresh.length === 0) break;
    for (const point of fresh.slice(0, trialCount - trials.length)) {
      signal?.throwIfAborted();
      seen.add(pointKey(point));
      trials.push(await runTrial(options, point, trials.length));
      const best = frontOf(trials, objectives).length;
      options.onProgress?.({
        label: "explore",
        done: trials.length,
        total: trialCount,
        unit: "designs",
        note: `${best} on the front`,
      });
    }
  }
  return { trials, front: frontOf(trials, objectives), progress: volumes(trials, objectives) };
}

/** The knee of a study's front, or the best design by one objective. @throws `study/no-design` when nothing is feasible */
export function chooseTrial<Details>(
  study: Study<Details>,
  objectives: readonly Objective[],
  rule: string,
): { readonly trial: Trial<Details>; readonly reason: string } {
  const candidates = study.front.map((id) => assertDefined(study.trials[id], "trial"));
  const costs = candidates.map((trial) => costsOf(trial, objectives));
  const objective = objectives.find(({ name }) => name === rule);
  if (objective !== undefined) {
    const column = objectives.indexOf(objective);
    const best = costs.reduce((a, b, i) => ((b[column] ?? 0) < (costs[a]?.[column] ?? 0) ? i : a), 0);
    const trial = candidates[best];
    if (trial !== undefined) return { trial, reason: `best ${objective.name} of the front` };
  }
  const found = knee(costs);
  if (found === undefined) {
    const failed = study.trials.find(({ failure }) => failure !== undefined);
    throw new UserError(
      "study/no-design",
      `none of ${study.trials.length} designs is feasible${failed === undefined ? "" : `; the first failed with: ${failed.failure}`}`,
      { exit: "not-met", hint: "loosen a constraint, or allow fewer lanes, fewer bits or another target" },
    );
  }
  const reason = `knee: nearest to the best of every objective, distance ${found.distance.toFixed(2)} after scaling each to 0…1`;
  return { trial: assertDefined(candidates[found.index], "trial"), reason };
}

// ---------------------------------------------------------------------------------------------------------------------

async function runTrial<Details>(
  options: Parameters<typeof runStudy<Details>>[0],
  point: Point,
  id: number,
): Promise<Trial<Details>> {
  const values = valuesOf(options.space, point);
  try {
    const { objectives, details } = await options.evaluate(values);
    const feasible = options.bounds.every(({ objective, relation, bound }) => {
      const value = objectives[objective] ?? Number.NaN;
      return relation === "<=" ? value <= bound : value >= bound;
    });
    return { id, point, values, objectives, details, failure: undefined, feasible };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { id, point, values, objectives: undefined, details: undefined, failure: error.message, feasible: false };
  }
}

function costsOf<Details>(trial: Trial<Details>, objectives: readonly Objective[]): Costs {
  return objectives.map(({ name, direction }) => {
    const value = trial.objectives?.[name] ?? Number.POSITIVE_INFINITY;
    return direction === "maximize" ? -value : value;
  });
}

function evaluated<Details>(trial: Trial<Details>, objectives: readonly Objective[]): Evaluated {
  return { point: trial.point, costs: trial.feasible ? costsOf(trial, objectives) : undefined };
}

function frontOf<Details>(trials: readonly Trial<Details>[], objectives: readonly Objective[]): number[] {
  const feasible = trials.filter((trial) => trial.feasible);
  return nonDominated(feasible.map((trial) => costsOf(trial, objectives))).map(
    (i) => assertDefined(feasible[i], "trial").id,
  );
}

/** Scaled to 0…1 per objective over all feasible designs, so that the volume has no unit. */
function volumes<Details>(trials: readonly Trial<Details>[], objectives: readonly Objective[]): number[] {
  const feasible = trials.filter((trial) => trial.feasible).map((trial) => costsOf(trial, objectives));
  const lows = objectives.map((_, k) => Math.min(...feasible.map((costs) => costs[k] ?? 0)));
  const spans = objectives.map((_, k) => Math.max(...feasible.map((costs) => costs[k] ?? 0)) - (lows[k] ?? 0));
  const reference = objectives.map(() => 1.1);
  const front: Costs[] = [];
  return trials.map((trial) => {
    if (trial.feasible) {
      front.push(
        costsOf(trial, objectives).map((cost, k) => (spans[k] === 0 ? 0 : (cost - (lows[k] ?? 0)) / (spans[k] ?? 1))),
      );
    }
    const best = nonDominated(front).map((i) => assertDefined(front[i], "point"));
    return hypervolume(best, reference);
  });
}
