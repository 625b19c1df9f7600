import { add, constant, div, mul, sub } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { coefficient } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/**
 * A membrane as a resistor beside a capacitor, by one Euler step: v' = input · R / (R · C) · step + (1 − step / (R · C)) · v. The decay
 * is 1 − step / (R · C), not an exponential.
 */
export function lapicque(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "lapicque",
      parameters: {
        resistance: coefficient(1, "R", 1e-9, 1e9),
        capacitance: coefficient(8, "C", 1e-12, 1e9),
        step: coefficient(1, "seconds per time step", 1e-12, 1e6),
      },
      charge: ({ v, input, resistance, capacitance, step }) => {
        const tau = mul(resistance, capacitance);
        const gained = mul(mul(mul(input, resistance), div(constant(1), tau)), step);
        return add(gained, mul(sub(constant(1), div(step, tau)), v));
      },
    },
    reset,
    variant,
  );
}
