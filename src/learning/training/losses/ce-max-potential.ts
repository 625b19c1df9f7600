import { crossEntropyOfRows } from "./softmax.ts";
import { labelSmoothingOption, type LossDefinition, type OutputRecord } from "./record.ts";

export interface CeMaxPotential {
  readonly kind: "ce-max-potential";
  readonly labelSmoothing?: number | undefined;
}

/**
 * Cross-entropy of the softmax over the highest potential that every output neuron reached; the gradient goes to the first
 * step that reached it.
 * @source snntorch.functional.ce_max_membrane_loss
 */
export const ceMaxPotential: LossDefinition<CeMaxPotential> = {
  summary: "cross-entropy of the softmax over the highest potential in time",
  accepts: ["potential"],
  needsLabels: true,
  options: { labelSmoothing: labelSmoothingOption },
  evaluate({ labelSmoothing = 0 }, record, labels) {
    const steps = highestSteps(record);
    const highest = Float64Array.from(steps, (step, i) => record.values[step * steps.length + i] ?? 0);
    const result = crossEntropyOfRows(highest, labels, record.classCount, labelSmoothing);
    const gradient = new Float32Array(record.values.length);
    steps.forEach((step, i) => {
      gradient[step * steps.length + i] = result.gradient[i] ?? 0;
    });
    return { loss: result.loss, gradient };
  },
};

// ---------------------------------------------------------------------------------------------------------------------

/** The first step with the highest value of every output neuron. Shape [sample, class]. */
function highestSteps({ values, stepCount, sampleCount, classCount }: OutputRecord): Int32Array {
  const width = sampleCount * classCount;
  const best = new Int32Array(width);
  for (let step = 1; step < stepCount; step++) {
    for (let i = 0; i < width; i++) {
      if ((values[step * width + i] ?? 0) > (values[(best[i] ?? 0) * width + i] ?? 0)) best[i] = step;
    }
  }
  return best;
}
