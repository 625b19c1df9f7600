import { weightOption, type ActivityRegularizer } from "./regularizer.ts";

/** weight · Σ max(0, spikes of a neuron in a sample − most)². */
export const upperBound: ActivityRegularizer = {
  title: "a neuron may fire so often in a sample; what is more costs its square",
  options: {
    weight: weightOption,
    most: { from: 0, to: 1e6, byDefault: 1, meaning: "free spikes of a neuron in a sample" },
  },
  apply: ({ counts, sampleCount }, { weight = 0, most = 0 }, gradient) => {
    let penalty = 0;
    counts.forEach((count, i) => {
      const excess = Math.max(0, count - most);
      penalty += excess * excess;
      gradient[i] = (gradient[i] ?? 0) + (2 * weight * excess) / sampleCount;
    });
    return (weight * penalty) / sampleCount;
  },
};
