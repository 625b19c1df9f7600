import { setSpike } from "../../tensor/index.ts";
import { rankFeatures, type Coding } from "../coding.ts";
import { flagField } from "../field.ts";

/**
 * Intensity to latency in bins of equal population: the values above 0 are sorted and cut into T bins of ⌊n / T⌋ features (the
 * rest, the smallest, stay silent; with fewer than T values each has a step of its own). The bin is the step.
 * @source M. Mozafari et al., SpykeTorch, 2019, doi:10.3389/fnins.2019.00625
 */
export interface IntensityLatencyEncoding {
  readonly kind: "intensityLatency";
  /** Keep firing once fired, as SpykeTorch's spike-wave tensors do. */
  readonly sustain: boolean;
}

export const intensityLatency: Coding<IntensityLatencyEncoding> = {
  kind: "intensityLatency",
  summary: "brightest first, every step the same number of features",
  fields: { sustain: flagField("a feature that has fired fires in every later step", false) },
  encodeSample: ({ sustain }, values, { spikes, sample }) => {
    const { stepCount } = spikes;
    const ranked = rankFeatures(values, (value) => value > 0);
    const binSize = Math.max(1, Math.floor(ranked.length / stepCount));
    ranked.slice(0, binSize * stepCount).forEach((feature, rank) => {
      const first = Math.floor(rank / binSize);
      const last = sustain ? stepCount - 1 : first;
      for (let step = first; step <= last; step++) setSpike(spikes, step, sample, feature);
    });
  },
};
