import { add, constant, mul } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { coefficient, decayParameter, potential } from "./parameters.ts";

/** Current-based leaky integrator: i' = currentDecay · i + inputGain · input, v' = decay · v + gain · i' + drift; never fires. */
export function cubaIntegrator(): Neuron {
  return defineNeuron({
    name: "cubaIntegrator",
    state: ["v", "i"],
    parameters: {
      currentDecay: decayParameter(0.5, "share of the synaptic current kept per step"),
      decay: decayParameter(0.875, "share of the potential kept per step"),
      inputGain: coefficient(1, "what the input is multiplied with"),
      gain: coefficient(1, "what the current is multiplied with"),
      drift: potential(0, "added to the potential in every step"),
    },
    step: ({ v, i, input, currentDecay, decay, inputGain, gain, drift }) => {
      const current = add(mul(currentDecay, i), mul(inputGain, input));
      const next = add(add(mul(decay, v), mul(gain, current)), drift);
      return { spike: constant(0), next: { v: next, i: current } };
    },
  });
}
