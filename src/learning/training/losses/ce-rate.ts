import { crossEntropyOfRows } from "./softmax.ts";
import { labelSmoothingOption, type LossDefinition } from "./record.ts";

export interface CeRate {
  readonly kind: "ce-rate";
  readonly labelSmoothing?: number | undefined;
}

/**
 * Cross-entropy of the softmax at every step, mean over the steps.
 * @source snntorch.functional.ce_rate_loss
 */
export const ceRate: LossDefinition<CeRate> = {
  summary: "cross-entropy at every step, mean over the steps",
  accepts: ["spikes", "potential"],
  needsLabels: true,
  options: { labelSmoothing: labelSmoothingOption },
  evaluate({ labelSmoothing = 0 }, { values, classCount }, labels) {
    const { loss, gradient } = crossEntropyOfRows(values, labels, classCount, labelSmoothing);
    return { loss, gradient: Float32Array.from(gradient) };
  },
};
