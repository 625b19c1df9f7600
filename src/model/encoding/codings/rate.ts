import { setSpike } from "../../tensor/index.ts";
import type { Coding } from "../coding.ts";
import { choiceField, countField, numberField } from "../field.ts";

/**
 * The rate of spikes is the value. Bernoulli: in each step a spike with probability p = clip(gain · x + offset, 0, 1), drawn as
 * uniform < p ("below", snnTorch's `rate`) or uniform ≤ p ("atMost", SpikingJelly's `PoissonEncoder`). Regular: spikes at
 * ⌊k / p⌋, the same every time.
 */
export interface RateEncoding {
  readonly kind: "rate";
  readonly gain: number;
  readonly offset: number;
  readonly pattern?: "bernoulli" | "regular";
  readonly comparison?: "below" | "atMost";
  readonly firstStep?: number;
}

export const rate: Coding<RateEncoding> = {
  kind: "rate",
  summary: "spikes at random (Bernoulli) or at regular distances; their rate is the value",
  fields: {
    gain: numberField("multiplies the value", { above: 0 }, 1),
    offset: numberField("added to the value", {}, 0),
    pattern: choiceField("random or evenly spaced", ["bernoulli", "regular"], "bernoulli"),
    comparison: choiceField("a uniform number must be below p, or at most p", ["below", "atMost"], "below"),
    firstStep: countField("steps before this one are silent", 0, 0),
  },
  encodeSample: ({ gain, offset, pattern, comparison, firstStep }, values, { spikes, sample, random }) => {
    const { stepCount } = spikes;
    for (let feature = 0; feature < values.length; feature++) {
      const probability = Math.min(1, Math.max(0, gain * (values[feature] ?? 0) + offset));
      if (pattern === "regular") {
        for (const step of regularSteps(probability, stepCount, firstStep)) setSpike(spikes, step, sample, feature);
      } else if (probability > 0 || comparison === "atMost") {
        for (let step = firstStep; step < stepCount; step++) {
          const uniform = random.at(feature * stepCount + step) / 2 ** 32;
          if (firesAt(uniform, probability, comparison)) setSpike(spikes, step, sample, feature);
        }
      }
    }
  },
};

/** Whether a uniform number in [0, 1) means a spike. */
export function firesAt(uniform: number, probability: number, comparison: "below" | "atMost"): boolean {
  return comparison === "below" ? uniform < probability : uniform <= probability;
}

/** Steps of a regular train: first + ⌊k / probability⌋. */
export function regularSteps(probability: number, stepCount: number, firstStep: number): number[] {
  const steps: number[] = [];
  if (probability <= 0) return steps;
  for (let k = 0; ; k++) {
    const step = Math.floor(Math.fround(firstStep + k * (1 / probability)));
    if (step >= stepCount) return steps;
    steps.push(step);
  }
}
