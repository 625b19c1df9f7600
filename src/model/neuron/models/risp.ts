import { constant, mul, sub } from "../expression.ts";
import { larger } from "../functions.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { coefficient, potential } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/**
 * RISP: a charge that keeps all or nothing, never falls below a floor, and fires from its threshold on; firing empties it. Its delays
 * and weights belong to the synapses. Variant timing "spikeFirst" fires one step later.
 */
export function risp(_reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "risp",
      parameters: {
        leak: coefficient(0, "1: whatever was there is gone when something arrives", 0, 1),
        floor: potential(-1, "the charge counts as no less than this"),
      },
      charge: ({ v, plusInput, leak, floor }) => plusInput(mul(sub(constant(1), leak), larger(v, floor))),
    },
    { kind: "zero" },
    { fires: "atLeast", ...variant },
  );
}
