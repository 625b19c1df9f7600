import { crossEntropyOfRows } from "./softmax.ts";
import { labelSmoothingOption, type LossDefinition } from "./record.ts";

export interface Tet {
  readonly kind: "tet";
  /** λ: share of the pull towards `target`. */
  readonly pull?: number | undefined;
  /** φ: the value that every output is pulled to, usually the threshold. */
  readonly target?: number | undefined;
  readonly labelSmoothing?: number | undefined;
}

/**
 * Temporal efficient training: (1 − λ) · cross-entropy at every step + λ · squared distance of every output to φ, both as means.
 * With λ = 0 it is SpikingJelly's `temporal_efficient_training_cross_entropy` and equals "ce-rate".
 * @source S. Deng and others, 2022, equations 9 to 11, arXiv:2202.11946
 */
export const tet: LossDefinition<Tet> = {
  summary: "temporal efficient training: cross-entropy at every step, outputs pulled to one value",
  accepts: ["spikes", "potential"],
  needsLabels: true,
  options: {
    pull: { from: 0, to: 1, byDefault: 0.05, meaning: "share of the squared distance to the target value" },
    target: { from: -1e6, to: 1e6, byDefault: 1, meaning: "value that every output is pulled to" },
    labelSmoothing: labelSmoothingOption,
  },
  evaluate({ pull = 0.05, target = 1, labelSmoothing = 0 }, { values, classCount }, labels) {
    const entropy = crossEntropyOfRows(values, labels, classCount, labelSmoothing);
    let squares = 0;
    const gradient = values.map((value, i) => {
      squares += (value - target) ** 2;
      return (1 - pull) * (entropy.gradient[i] ?? 0) + (2 * pull * (value - target)) / values.length;
    });
    return { loss: (1 - pull) * entropy.loss + (pull * squares) / values.length, gradient };
  },
};
