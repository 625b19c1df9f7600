import { add, constant, mul } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { decayParameter } from "./parameters.ts";

/** Leaky integrator: v' = decay · v + input; never fires. For readouts by membrane. */
export function leakyIntegrator(): Neuron {
  return defineNeuron({
    name: "leakyIntegrator",
    state: ["v"],
    parameters: { decay: decayParameter(0.875, "share of the potential kept per step") },
    step: ({ v, input, decay }) => ({ spike: constant(0), next: { v: add(mul(decay, v), input) } }),
  });
}
