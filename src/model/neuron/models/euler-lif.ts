import { add, mul, sub } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { coefficient, restParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** LIF by one Euler step of τ v̇ = rest − v + input, as Norse and NIR have it: v' = v + rate · ((input + rest) − v), rate = step / τ. */
export function eulerLif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "eulerLif",
      parameters: { rate: coefficient(0.125, "step over time constant", 0, 1), ...restParameter },
      charge: ({ v, input, rate, rest }) => add(v, mul(rate, sub(add(input, rest), v))),
    },
    reset,
    variant,
  );
}
