import { add, constant, div, mul, select, sub } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane, startAtReset } from "./membrane.ts";
import { coefficient, potential, restParameter, tauParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/**
 * Izhikevich's neuron as SpikingJelly steps it: v' = v + (input + a0 · (v − rest) · (v − critical) − w) / tau, then
 * w' = w + (a · (v' − rest) − w) / tauW from the new v', and a spike adds b to w.
 */
export function izhikevich(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "izhikevich",
      state: ["w"],
      parameters: {
        tau: tauParameter,
        a0: coefficient(1, "curvature", 0),
        ...restParameter,
        critical: potential(0.8, "potential from which it rises by itself"),
        tauW: tauParameter,
        a: coefficient(0, "how the recovery follows the potential"),
        b: potential(0, "what a spike adds to the recovery"),
      },
      initial: startAtReset(reset),
      charge: ({ v, w, input, tau, a0, rest, critical }) =>
        add(v, div(sub(add(input, mul(mul(a0, sub(v, rest)), sub(v, critical))), w), tau)),
      next: ({ w, charged, spike, tauW, a, b, rest }) => ({
        w: add(add(w, div(sub(mul(a, sub(charged, rest)), w), tauW)), select(spike, b, constant(0))),
      }),
    },
    reset,
    variant,
  );
}
