import { mul } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { decayParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** Leaky integrate-and-fire: v' = decay · v + input. The residue of a spike leaks in the next step. */
export function lif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "lif",
      parameters: { decay: decayParameter(0.875, "share of the potential kept per step") },
      charge: ({ v, plusInput, decay }) => plusInput(mul(decay, v)),
    },
    reset,
    variant,
  );
}
