import { add, constant, div, mul, sub } from "../expression.ts";
import { larger } from "../functions.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane, startAtReset } from "./membrane.ts";
import { coefficient, restParameter, tauParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** LIF with a learned gain and no negative potential: v' = max(0, k · (v + (input − (v − rest)) / tau)), or the input whole. */
export function klif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "klif",
      parameters: { tau: tauParameter, k: coefficient(1, "gain", 1e-6), ...restParameter },
      initial: startAtReset(reset),
      charge: ({ v, input, tau, k, rest }) => {
        const charged =
          variant.input === "whole"
            ? add(sub(v, div(sub(v, rest), tau)), input)
            : add(v, div(sub(input, sub(v, rest)), tau));
        return larger(mul(k, charged), constant(0));
      },
      rescale: (value, { k }) => (variant.isRescaled === true ? div(value, k) : value),
    },
    reset,
    variant,
  );
}
