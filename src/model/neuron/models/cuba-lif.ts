import { above, add, mul } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { decayParameter, thresholdParameter } from "./parameters.ts";
import { resetPotential, type Reset } from "./reset.ts";

/** Current-based LIF: the input charges a decaying synaptic current i, which charges the potential. */
export function cubaLif(reset: Reset): Neuron {
  return defineNeuron({
    name: "cubaLif",
    state: ["v", "i"],
    parameters: {
      currentDecay: decayParameter(0.5, "share of the synaptic current kept per step"),
      decay: decayParameter(0.875, "share of the potential kept per step"),
      threshold: thresholdParameter,
    },
    step: ({ v, i, input, currentDecay, decay, threshold }) => {
      const current = add(mul(currentDecay, i), input);
      const charged = add(mul(decay, v), current);
      const spike = above(charged, threshold);
      return { spike, next: { v: resetPotential(reset, spike, charged, threshold), i: current } };
    },
  });
}
