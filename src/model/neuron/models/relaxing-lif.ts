import { add, div, sub } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane, startAtRest } from "./membrane.ts";
import { restParameter, tauParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/**
 * LIF as SpikingJelly writes it, relaxing to a resting potential within `tau` steps: v' = v + (input − (v − rest)) / tau, or with
 * variant input "whole": v' = v − (v − rest) / tau + input.
 */
export function relaxingLif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "relaxingLif",
      parameters: { tau: tauParameter, ...restParameter },
      initial: startAtRest,
      charge: ({ v, input, tau, rest }) =>
        variant.input === "whole"
          ? add(sub(v, div(sub(v, rest), tau)), input)
          : add(v, div(sub(input, sub(v, rest)), tau)),
    },
    reset,
    variant,
  );
}
