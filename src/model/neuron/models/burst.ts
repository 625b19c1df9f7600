import { add, constant, div, floor, mul, sub, through } from "../expression.ts";
import { clamped } from "../functions.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { coefficient, thresholdParameter } from "./parameters.ts";

/**
 * Burst neuron: as many spikes in a step as thresholds fit, at most γ; what is left stays. Its spike carries their number times the
 * threshold. Rounding down learns straight through, the limits do not.
 */
export function burst(): Neuron {
  return defineNeuron({
    name: "burst",
    state: ["v"],
    parameters: { gamma: coefficient(5, "γ: most spikes in a step", 1, 1e3), threshold: thresholdParameter },
    step: ({ v, input, gamma, threshold }) => {
      const charged = add(v, div(input, threshold));
      const count = clamped(through(floor(charged), charged), constant(0), gamma);
      return { spike: mul(count, threshold), next: { v: sub(charged, count) } };
    },
  });
}
