import { add, mul, sub } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { coefficient, restParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** Current-based LIF as Norse has it: the input jumps into i undiminished, i charges v by an Euler step, and only then decays. */
export function eulerCubaLif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "eulerCubaLif",
      state: ["i"],
      parameters: {
        rate: coefficient(0.125, "step over membrane time constant", 0, 1),
        currentRate: coefficient(0.5, "step over synaptic time constant", 0, 1),
        ...restParameter,
      },
      charge: ({ v, i, input, rate, rest }) => add(v, mul(rate, add(sub(rest, v), add(i, input)))),
      next: ({ i, input, currentRate }) => ({ i: sub(add(i, input), mul(currentRate, add(i, input))) }),
    },
    reset,
    variant,
  );
}
