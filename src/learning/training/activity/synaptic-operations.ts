import { weightOption, type ActivityRegularizer } from "./regularizer.ts";

/** weight · Σ spikes · fan-out: the additions that the next layer really has to do. */
export const synapticOperations: ActivityRegularizer = {
  title: "every synaptic operation costs the same: spikes weighted by fan-out",
  options: { weight: { ...weightOption, byDefault: 1e-5 } },
  apply: ({ counts, sampleCount, neuronCount, fanOut }, { weight = 0 }, gradient) => {
    let penalty = 0;
    counts.forEach((count, i) => {
      const out = fanOut[i % neuronCount] ?? 0;
      penalty += count * out;
      gradient[i] = (gradient[i] ?? 0) + (weight * out) / sampleCount;
    });
    return (weight * penalty) / sampleCount;
  },
};
