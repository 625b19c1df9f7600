import { add, constant, mul, select } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { decayParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/** Adaptive LIF: every spike raises the neuron's own threshold by `adaptStep`, which fades by `adaptDecay`. */
export function alif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "alif",
      state: ["a"],
      parameters: {
        decay: decayParameter(0.875, "share of the potential kept per step"),
        adaptDecay: decayParameter(0.9375, "share of the adaptation kept per step"),
        adaptStep: {
          role: "potential",
          range: { low: 0, high: 1e6 },
          initial: 0.125,
          meaning: "how much one spike raises the threshold",
        },
      },
      bar: ({ threshold, a }) => add(threshold, a),
      charge: ({ v, input, decay }) => add(mul(decay, v), input),
      next: ({ a, spike, adaptDecay, adaptStep }) => ({
        a: add(mul(adaptDecay, a), select(spike, adaptStep, constant(0))),
      }),
    },
    reset,
    variant,
  );
}
