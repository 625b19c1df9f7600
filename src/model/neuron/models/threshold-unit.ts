import { add } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { potential } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** No memory at all: fires on input + bias alone. What follows a mixture over time (`mixOverTime`) or a normalization. */
export function thresholdUnit(_reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "thresholdUnit",
      parameters: { bias: potential(0, "added to every input") },
      charge: ({ input, bias }) => add(input, bias),
    },
    { kind: "none" },
    variant,
  );
}
