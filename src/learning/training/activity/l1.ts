import { weightOption, type ActivityRegularizer } from "./regularizer.ts";

/** weight · spikes per sample. */
export const l1: ActivityRegularizer = {
  title: "every spike costs the same",
  options: { weight: weightOption },
  apply: ({ counts, sampleCount }, { weight = 0 }, gradient) => {
    let penalty = 0;
    counts.forEach((count, i) => {
      penalty += count;
      gradient[i] = (gradient[i] ?? 0) + weight / sampleCount;
    });
    return (weight * penalty) / sampleCount;
  },
};
