import { add, div, mul, sub } from "../expression.ts";
import { exponential } from "../functions.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane, startAtReset } from "./membrane.ts";
import { coefficient, potential, restParameter, tauParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** Exponential integrate-and-fire: v' = v + (input + rest − v + sharpness · e^((v − rheobase) / sharpness)) / tau. */
export function eif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "eif",
      parameters: {
        tau: tauParameter,
        sharpness: coefficient(1, "ΔT: how sudden a spike begins", 1e-6),
        ...restParameter,
        rheobase: potential(0.8, "θ: potential from which the exponential takes over"),
      },
      initial: startAtReset(reset),
      charge: ({ v, input, tau, sharpness, rest, rheobase }) => {
        const upstroke = mul(sharpness, exponential(div(sub(v, rheobase), sharpness)));
        return add(v, div(add(sub(add(input, rest), v), upstroke), tau));
      },
    },
    reset,
    variant,
  );
}
