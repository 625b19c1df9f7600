import { above, add } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { thresholdParameter } from "./parameters.ts";
import { resetPotential, type Reset } from "./reset.ts";

/** Integrate-and-fire: v' = v + input, no leak. */
export function integrateFire(reset: Reset): Neuron {
  return defineNeuron({
    name: "integrateFire",
    state: ["v"],
    parameters: { threshold: thresholdParameter },
    step: ({ v, input, threshold }) => {
      const charged = add(v, input);
      const spike = above(charged, threshold);
      return { spike, next: { v: resetPotential(reset, spike, charged, threshold) } };
    },
  });
}
