import { add, div, mul, sub } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane, startAtReset } from "./membrane.ts";
import { coefficient, potential, restParameter, tauParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** Quadratic integrate-and-fire: v' = v + (input + a0 · (v − rest) · (v − critical)) / tau. Diverges under strong drive without a hard reset. */
export function qif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "qif",
      parameters: {
        tau: tauParameter,
        a0: coefficient(1, "curvature", 0),
        ...restParameter,
        critical: potential(0.8, "potential from which it rises by itself"),
      },
      initial: startAtReset(reset),
      charge: ({ v, input, tau, a0, rest, critical }) =>
        add(v, div(add(input, mul(mul(a0, sub(v, rest)), sub(v, critical))), tau)),
    },
    reset,
    variant,
  );
}
