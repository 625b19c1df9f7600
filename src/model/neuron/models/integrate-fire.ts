import { add } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** Integrate-and-fire: v' = v + input, no leak. */
export function integrateFire(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "integrateFire",
      parameters: {},
      charge: ({ v, input }) => add(v, input),
    },
    reset,
    variant,
  );
}
