import { add, constant, mul, reference } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { decayParameter, variantParameters } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** Leaky integrator: v' = decay · v + input; never fires. For readouts by membrane. */
export function leakyIntegrator(_reset: Reset, { isScaled }: Variant = {}): Neuron {
  return defineNeuron<"v", string>({
    name: "leakyIntegrator",
    state: ["v"],
    parameters: {
      decay: decayParameter(0.875, "share of the potential kept per step"),
      ...variantParameters(isScaled === true ? { isScaled } : {}),
    },
    step: () => {
      const [v, input] = [reference("v"), reference("input")];
      const scaled = isScaled === true ? add(mul(reference("gain"), input), reference("drift")) : input;
      return { spike: constant(0), next: { v: add(mul(reference("decay"), v), scaled) } };
    },
  });
}
