import type { NumberOption } from "../number-option.ts";
import { neuronsPerClassOption, spreadOverSteps, sumOverSteps, type LossDefinition } from "./record.ts";

export interface MseCount {
  readonly kind: "mse-count";
  readonly correctRate?: number | undefined;
  readonly incorrectRate?: number | undefined;
  readonly neuronsPerClass?: number | undefined;
}

export const correctRateOption: NumberOption = {
  from: 0,
  to: 1,
  byDefault: 1,
  meaning: "wanted spikes per step of the right class",
};

export const incorrectRateOption: NumberOption = {
  from: 0,
  to: 1,
  byDefault: 0,
  meaning: "wanted spikes per step of every other class",
};

/**
 * Squared distance of the spike counts to whole target counts ⌊T · rate · neuronsPerClass⌋, mean over samples and classes,
 * divided by the steps T.
 * @source snntorch.functional.mse_count_loss, with and without population code
 */
export const mseCount: LossDefinition<MseCount> = {
  summary: "squared distance of spike counts to target counts, per step",
  accepts: ["spikes"],
  needsLabels: true,
  options: {
    correctRate: correctRateOption,
    incorrectRate: incorrectRateOption,
    neuronsPerClass: neuronsPerClassOption,
  },
  evaluate({ correctRate = 1, incorrectRate = 0, neuronsPerClass = 1 }, record, labels) {
    const { stepCount } = record;
    const classCount = record.classCount / neuronsPerClass;
    const on = Math.trunc(stepCount * correctRate * neuronsPerClass);
    const off = Math.trunc(stepCount * incorrectRate * neuronsPerClass);
    const counts = sumOverSteps(record, neuronsPerClass);
    const share = 1 / (counts.length * stepCount);
    let loss = 0;
    const gradient = counts.map((count, i) => {
      const difference = count - (i % classCount === labels[Math.floor(i / classCount)] ? on : off);
      loss += difference * difference * share;
      return 2 * difference * share;
    });
    return { loss, gradient: spreadOverSteps(record, gradient, neuronsPerClass) };
  },
};
