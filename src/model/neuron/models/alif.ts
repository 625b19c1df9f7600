import { above, add, constant, mul, select } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { decayParameter, thresholdParameter } from "./parameters.ts";
import { resetPotential, type Reset } from "./reset.ts";

/** Adaptive LIF: every spike raises the neuron's own threshold by `adaptStep`, which fades by `adaptDecay`. */
export function alif(reset: Reset): Neuron {
  return defineNeuron({
    name: "alif",
    state: ["v", "a"],
    parameters: {
      decay: decayParameter(0.875, "share of the potential kept per step"),
      threshold: thresholdParameter,
      adaptDecay: decayParameter(0.9375, "share of the adaptation kept per step"),
      adaptStep: {
        role: "potential",
        range: { low: 0, high: 1e6 },
        initial: 0.125,
        meaning: "how much one spike raises the threshold",
      },
    },
    step: ({ v, a, input, decay, threshold, adaptDecay, adaptStep }) => {
      const charged = add(mul(decay, v), input);
      const raised = add(threshold, a);
      const spike = above(charged, raised);
      const step = select(spike, adaptStep, constant(0));
      return {
        spike,
        next: { v: resetPotential(reset, spike, charged, raised), a: add(mul(adaptDecay, a), step) },
      };
    },
  });
}
