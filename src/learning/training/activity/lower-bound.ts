import { weightOption, type ActivityRegularizer } from "./regularizer.ts";

/** weight · Σ max(0, least − mean spikes of a neuron)²: over the batch, because no neuron need fire for every sample. */
export const lowerBound: ActivityRegularizer = {
  title: "a neuron shall fire so often on average: against dead neurons",
  options: {
    weight: weightOption,
    least: { from: 0, to: 1e6, byDefault: 0.1, meaning: "wanted mean spikes of a neuron per sample" },
  },
  apply: ({ counts, sampleCount, neuronCount }, { weight = 0, least = 0 }, gradient) => {
    let penalty = 0;
    for (let n = 0; n < neuronCount; n++) {
      let sum = 0;
      for (let i = n; i < counts.length; i += neuronCount) sum += counts[i] ?? 0;
      const lack = Math.max(0, least - sum / sampleCount);
      penalty += lack * lack;
      const slope = (-2 * weight * lack) / sampleCount;
      for (let i = n; i < counts.length; i += neuronCount) gradient[i] = (gradient[i] ?? 0) + slope;
    }
    return weight * penalty;
  },
};
