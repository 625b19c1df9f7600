import { correctRateOption, incorrectRateOption } from "./mse-count.ts";
import { neuronsPerClassOption, spreadOverSteps, sumOverSteps, type LossDefinition } from "./record.ts";

export interface MseRate {
  readonly kind: "mse-rate";
  readonly correctRate?: number | undefined;
  readonly incorrectRate?: number | undefined;
  readonly neuronsPerClass?: number | undefined;
}

/**
 * Squared distance of the spike rates to target rates, mean over samples and classes. With the defaults, the loss of
 * SpikingJelly's examples: the mean output against a one-hot label.
 */
export const mseRate: LossDefinition<MseRate> = {
  summary: "squared distance of spike rates to target rates",
  accepts: ["spikes"],
  needsLabels: true,
  options: {
    correctRate: correctRateOption,
    incorrectRate: incorrectRateOption,
    neuronsPerClass: neuronsPerClassOption,
  },
  evaluate({ correctRate = 1, incorrectRate = 0, neuronsPerClass = 1 }, record, labels) {
    const classCount = record.classCount / neuronsPerClass;
    const chances = record.stepCount * neuronsPerClass;
    const counts = sumOverSteps(record, neuronsPerClass);
    let loss = 0;
    const gradient = counts.map((count, i) => {
      const isRight = i % classCount === labels[Math.floor(i / classCount)];
      const difference = count / chances - (isRight ? correctRate : incorrectRate);
      loss += (difference * difference) / counts.length;
      return (2 * difference) / (counts.length * chances);
    });
    return { loss, gradient: spreadOverSteps(record, gradient, neuronsPerClass) };
  },
};
