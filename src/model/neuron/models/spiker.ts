import { above, add, div, floor, select, sub } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { coefficient, thresholdParameter } from "./parameters.ts";
import { resetPotential, type Reset } from "./reset.ts";

/**
 * Spiker's integer neuron: a step begins with the old potential, which either fires and resets or leaks by a shift, never both; then
 * the input is added. Saturates where its potential is stored, not after each addition.
 */
export function spiker(reset: Reset): Neuron {
  return defineNeuron({
    name: "spiker",
    state: ["v"],
    parameters: {
      divisor: coefficient(16, "2 to the power of the shift: v leaks by v / divisor, rounded down", 1),
      threshold: thresholdParameter,
    },
    step: ({ v, input, divisor, threshold }) => {
      const spike = above(v, threshold);
      const leaked = sub(v, floor(div(v, divisor)));
      return { spike, next: { v: add(select(spike, resetPotential(reset, spike, v, threshold), leaked), input) } };
    },
  });
}
