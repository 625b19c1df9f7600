import type { Problem } from "../../../base/index.ts";
import type { LossDefinition } from "./record.ts";
import { gradientOfTimes, spikeTimes } from "./spike-times.ts";

export interface MseTemporal {
  readonly kind: "mse-temporal";
  /** Wanted steps of the first spikes of the right class, in rising order; negative ones count from the end. */
  readonly correctSteps?: readonly number[] | undefined;
  /** The same for every other class; as many. */
  readonly incorrectSteps?: readonly number[] | undefined;
  /** A spike nearer to its wanted step than this costs nothing. */
  readonly tolerance?: number | undefined;
}

/**
 * Squared distance of spike times to wanted steps, both divided by the steps T; mean over spikes, samples and classes.
 * Default: the right class fires at step 0, all others at the last step.
 * @source snntorch.functional.mse_temporal_loss. With several spikes per neuron the framework loses spikes of other neurons
 *         while it looks for the second one; here the n-th spike is the n-th spike.
 */
export const mseTemporal: LossDefinition<MseTemporal> = {
  summary: "squared distance of first-spike times to wanted steps",
  accepts: ["spikes"],
  needsLabels: true,
  options: { tolerance: { from: 0, to: 1e6, byDefault: 0, meaning: "a spike nearer to its step than this is right" } },
  problems({ correctSteps = [0], incorrectSteps = [-1] }, path): readonly Problem[] {
    if (correctSteps.length === incorrectSteps.length && correctSteps.length > 0) return [];
    const got = `${correctSteps.length} and ${incorrectSteps.length}`;
    const message = `correctSteps and incorrectSteps must hold as many steps, at least one, got ${got}`;
    return [{ code: "training/loss-option", path: `${path}.correctSteps`, message }];
  },
  evaluate({ correctSteps = [0], incorrectSteps = [-1], tolerance = 0 }, record, labels) {
    const { stepCount, classCount } = record;
    const width = record.sampleCount * classCount;
    const times = spikeTimes(record, correctSteps.length);
    let loss = 0;
    const byTime = Float64Array.from(times, (time, k) => {
      const i = k % width;
      const steps = i % classCount === labels[Math.floor(i / classCount)] ? correctSteps : incorrectSteps;
      const step = steps[Math.floor(k / width)] ?? 0;
      const distance = time - (step < 0 ? stepCount + step : step);
      if (Math.abs(distance) < tolerance) return 0;
      loss += (distance / stepCount) ** 2 / times.length;
      return (2 * distance) / (stepCount * stepCount * times.length);
    });
    return { loss, gradient: gradientOfTimes(record, times, byTime) };
  },
};
