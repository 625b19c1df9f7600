import type { Problem } from "../../../base/index.ts";
import type { LossDefinition } from "./record.ts";

export interface RateBand {
  readonly kind: "rate-band";
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly strength?: number | undefined;
}

/**
 * Keeps the spike rate of every neuron, mean over batch and steps, between two bounds: the squared distance to the nearer
 * bound, mean over the neurons. Wakes silent neurons and calms busy ones; equal bounds give a target rate.
 */
export const rateBand: LossDefinition<RateBand> = {
  summary: "keeps the spike rate of every neuron between two bounds",
  accepts: ["spikes"],
  needsLabels: false,
  options: {
    minimum: { from: 0, to: 1, byDefault: 0.01, meaning: "lowest wanted spikes per step" },
    maximum: { from: 0, to: 1, byDefault: 0.5, meaning: "highest wanted spikes per step" },
    strength: { from: 0, to: 1e6, byDefault: 1, meaning: "factor of the squared distance" },
  },
  problems({ minimum = 0.01, maximum = 0.5 }, path): readonly Problem[] {
    if (minimum <= maximum) return [];
    const message = `minimum must not exceed maximum, got ${minimum} and ${maximum}`;
    return [{ code: "training/loss-option", path: `${path}.minimum`, message }];
  },
  evaluate({ minimum = 0.01, maximum = 0.5, strength = 1 }, { values, stepCount, sampleCount, classCount }) {
    const chances = stepCount * sampleCount;
    const rates = new Float64Array(classCount);
    values.forEach((value, i) => {
      rates[i % classCount] = (rates[i % classCount] ?? 0) + value / chances;
    });
    const distances = rates.map((rate) => Math.max(0, rate - maximum) - Math.max(0, minimum - rate));
    const loss = (strength * distances.reduce((sum, distance) => sum + distance * distance, 0)) / classCount;
    const share = (2 * strength) / (chances * classCount);
    return { loss, gradient: values.map((_, i) => share * (distances[i % classCount] ?? 0)) };
  },
};
