import { add, constant, mul, sub } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { decayParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** LIF whose input is a weighted mean with its past, as Sinabs norm_input has it: v' = decay · v + (1 − decay) · input. */
export function blendedLif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "blendedLif",
      parameters: { decay: decayParameter(0.875, "share of the potential kept per step") },
      charge: ({ v, input, decay }) => add(mul(decay, v), mul(sub(constant(1), decay), input)),
    },
    reset,
    variant,
  );
}
