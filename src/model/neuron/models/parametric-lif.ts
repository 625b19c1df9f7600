import { add, mul, sub } from "../expression.ts";
import { sigmoid } from "../functions.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane, startAtRest } from "./membrane.ts";
import { coefficient, restParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/**
 * LIF whose leak is learned through a sigmoid, so that it stays between 0 and 1: k = σ(w), v' = v + (input − (v − rest)) · k, or with
 * variant input "whole": v' = v − (v − rest) · k + input.
 */
export function parametricLif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "parametricLif",
      parameters: { w: coefficient(-Math.LN2, "the leak is its sigmoid; −ln(τ − 1) for τ steps"), ...restParameter },
      initial: startAtRest,
      charge: ({ v, input, w, rest }) => {
        const k = sigmoid(w);
        return variant.input === "whole"
          ? add(sub(v, mul(sub(v, rest), k)), input)
          : add(v, mul(sub(input, sub(v, rest)), k));
      },
    },
    reset,
    variant,
  );
}
