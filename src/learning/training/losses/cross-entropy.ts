import { crossEntropyOfRows } from "./softmax.ts";
import {
  labelSmoothingOption,
  neuronsPerClassOption,
  spreadOverSteps,
  sumOverSteps,
  type LossDefinition,
} from "./record.ts";

export interface CrossEntropy {
  readonly kind: "cross-entropy";
  readonly labelSmoothing?: number | undefined;
  readonly neuronsPerClass?: number | undefined;
}

/**
 * Cross-entropy of the softmax over spike counts, or over potentials summed over the steps.
 * @source snntorch.functional.ce_count_loss; on potentials spyx.fn.integral_crossentropy
 */
export const crossEntropy: LossDefinition<CrossEntropy> = {
  summary: "cross-entropy of the softmax over spike counts (or summed potentials)",
  accepts: ["spikes", "potential"],
  needsLabels: true,
  options: { labelSmoothing: labelSmoothingOption, neuronsPerClass: neuronsPerClassOption },
  evaluate({ labelSmoothing = 0, neuronsPerClass = 1 }, record, labels) {
    const classCount = record.classCount / neuronsPerClass;
    const sums = sumOverSteps(record, neuronsPerClass);
    const { loss, gradient } = crossEntropyOfRows(sums, labels, classCount, labelSmoothing);
    return { loss, gradient: spreadOverSteps(record, gradient, neuronsPerClass) };
  },
};
