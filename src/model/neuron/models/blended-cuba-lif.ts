import { add, constant, mul, sub } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { decayParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** Current-based LIF as Sinabs has it: i' = currentDecay · (i + input), v' = decay · v + (1 − decay) · i'. */
export function blendedCubaLif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "blendedCubaLif",
      state: ["i"],
      parameters: {
        currentDecay: decayParameter(0.5, "share of the synaptic current kept per step"),
        decay: decayParameter(0.875, "share of the potential kept per step"),
      },
      charge: ({ v, i, input, currentDecay, decay }) =>
        add(mul(decay, v), mul(sub(constant(1), decay), mul(currentDecay, add(i, input)))),
      next: ({ i, input, currentDecay }) => ({ i: mul(currentDecay, add(i, input)) }),
    },
    reset,
    variant,
  );
}
