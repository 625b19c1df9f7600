import { above, add, mul } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { decayParameter, thresholdParameter } from "./parameters.ts";
import { resetPotential, type Reset } from "./reset.ts";

/** Leaky integrate-and-fire: v' = decay · v + input. The residue of a spike leaks in the next step. */
export function lif(reset: Reset): Neuron {
  return defineNeuron({
    name: "lif",
    state: ["v"],
    parameters: {
      decay: decayParameter(0.875, "share of the potential kept per step"),
      threshold: thresholdParameter,
    },
    step: ({ v, input, decay, threshold }) => {
      const charged = add(mul(decay, v), input);
      const spike = above(charged, threshold);
      return { spike, next: { v: resetPotential(reset, spike, charged, threshold) } };
    },
  });
}
