import { setSpike } from "../../tensor/index.ts";
import { rankFeatures, type Coding } from "../coding.ts";
import { countField, numberField } from "../field.ts";

/**
 * Only the order counts: the `perStep` largest values fire in the first step, the next in the second, and so on; what no step is
 * left for stays silent. Ties go to the lower feature.
 */
export interface RankOrderEncoding {
  readonly kind: "rankOrder";
  readonly perStep: number;
  readonly threshold: number;
}

export const rankOrder: Coding<RankOrderEncoding> = {
  kind: "rankOrder",
  summary: "features fire in the order of their values, so many per step",
  fields: {
    perStep: countField("features that fire in a step", 1, 16),
    threshold: numberField("values at or below it never fire", { from: 0, below: 1 }, 0),
  },
  encodeSample: ({ perStep, threshold }, values, { spikes, sample }) => {
    rankFeatures(values, (value) => value > threshold)
      .slice(0, perStep * spikes.stepCount)
      .forEach((feature, rank) => setSpike(spikes, Math.floor(rank / perStep), sample, feature));
  },
};
