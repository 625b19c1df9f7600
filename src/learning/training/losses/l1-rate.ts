import type { LossDefinition } from "./record.ts";

export interface L1Rate {
  readonly kind: "l1-rate";
  readonly strength?: number | undefined;
  /** "sample": spikes per sample, the same for every batch size; "batch": all spikes of the batch, as snnTorch. */
  readonly per?: "sample" | "batch" | undefined;
}

/**
 * Penalty on every spike alike.
 * @source snntorch.functional.reg.l1_rate_sparsity, which is `per: "batch"`
 */
export const l1Rate: LossDefinition<L1Rate> = {
  summary: "penalty on every spike alike",
  accepts: ["spikes"],
  needsLabels: false,
  options: { strength: { from: 0, to: 1e6, byDefault: 1e-5, meaning: "loss per spike" } },
  evaluate({ strength = 1e-5, per = "sample" }, { values, sampleCount }) {
    const price = per === "sample" ? strength / sampleCount : strength;
    const spikes = values.reduce((sum, value) => sum + value, 0);
    return { loss: price * spikes, gradient: new Float32Array(values.length).fill(price) };
  },
};
