import {
  adviseLanes,
  allocateLanes,
  AllocationSpace,
  type Allocation,
  type AllocationStudy,
  type LaneAdvice,
} from "../hardware/cost/index.ts";
import { families, type HardwareChoice } from "../hardware/family/index.ts";
import { targetByName } from "../hardware/target/index.ts";
import { UserError } from "../base/index.ts";
import { integerOf, loadModel } from "./model-file.ts";
import { datasetOf, goldenOn, type ModelTask } from "./model-work.ts";

/** Every legal number of lanes per layer for a model, on a target. */
export interface AllocationReport extends AllocationStudy {
  readonly network: string;
  readonly target: string;
  /** Test samples whose exact cycles count. */
  readonly samples: number;
  readonly designsPerSecond: number;
  /** The fastest that fits. */
  readonly best: Allocation;
  readonly advice: readonly LaneAdvice[];
}

/**
 * Find the front of lane allocations of a model.
 * @throws `allocate/family` (exit "unsupported") when the family has no estimate of cells
 * @throws `fit/no-allocation` (exit "not-met") when no combination fits the target
 */
export async function allocateModel(
  options: ModelTask & {
    readonly choice: Omit<HardwareChoice, "lanes">;
    readonly target: string;
    readonly sampleCount: number;
    readonly mostLanes: number;
  },
): Promise<AllocationReport> {
  const { platform, choice, mostLanes, file } = options;
  if (!families[choice.family].areCellsFitted) {
    const message = `family "${choice.family}": its cells cannot be estimated, so that allocations cannot be compared`;
    throw new UserError("allocate/family", message, { exit: "unsupported", hint: 'use family "layer-pipeline"' });
  }
  const model = await loadModel(platform.files, file);
  const dataset = await datasetOf(options, model, undefined);
  const trace = goldenOn(model, dataset, Math.min(options.sampleCount, dataset.test.sampleCount));
  const integer = integerOf(model);
  const target = targetByName(options.target);
  const space = new AllocationSpace(integer, trace, { ...choice, target, mostLanes });
  const from = platform.clock.monotonic();
  const study = allocateLanes(space);
  const seconds = (platform.clock.monotonic() - from) / 1000;
  const [best] = study.front;
  if (best === undefined) {
    throw new UserError(
      "fit/no-allocation",
      `"${file}": none of ${study.designCount} lane allocations fits ${target.name}`,
      {
        path: file,
        exit: "not-met",
        hint: "run lacuna fit for the resource that is missing",
      },
    );
  }
  return {
    ...study,
    network: integer.name,
    target: target.name,
    samples: trace.sampleCount,
    designsPerSecond: study.designCount / seconds,
    best,
    advice: adviseLanes(space, integer, best),
  };
}
