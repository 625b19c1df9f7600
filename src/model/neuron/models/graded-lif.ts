import { above, add, constant, mul, select } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { decayParameter, thresholdParameter } from "./parameters.ts";

/** LIF that sends its potential with the spike and empties itself, as graded spikes of Loihi 2 allow. */
export function gradedLif(): Neuron {
  return defineNeuron({
    name: "gradedLif",
    state: ["v"],
    parameters: {
      decay: decayParameter(0.875, "share of the potential kept per step"),
      threshold: thresholdParameter,
    },
    step: ({ v, input, decay, threshold }) => {
      const charged = add(mul(decay, v), input);
      const fires = above(charged, threshold);
      const [zero, sent] = [constant(0), select(fires, charged, constant(0))];
      return { spike: sent, next: { v: select(fires, zero, charged) } };
    },
  });
}
