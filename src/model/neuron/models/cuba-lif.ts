import { add, mul, type Expression } from "../expression.ts";
import type { Neuron } from "../neuron.ts";
import { defineMembrane } from "./membrane.ts";
import { decayParameter } from "./parameters.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/**
 * Current-based LIF: the input charges a decaying synaptic current i, which charges the potential. Variant current
 * "decaysTogether": what arrives decays with the current in the same step.
 */
export function cubaLif(reset: Reset, variant: Variant = {}): Neuron {
  return defineMembrane(
    {
      name: "cubaLif",
      state: ["i"],
      parameters: {
        currentDecay: decayParameter(0.5, "share of the synaptic current kept per step"),
        decay: decayParameter(0.875, "share of the potential kept per step"),
      },
      charge: (symbols) => add(mul(symbols.decay, symbols.v), currentOf(symbols, variant)),
      next: (symbols) => ({ i: currentOf(symbols, variant) }),
    },
    reset,
    variant,
  );
}

function currentOf({ i, input, plusInput, currentDecay }: Current, { current }: Variant): Expression {
  return current === "decaysTogether" ? mul(currentDecay, add(i, input)) : plusInput(mul(currentDecay, i));
}

interface Current {
  readonly i: Expression;
  readonly input: Expression;
  readonly plusInput: (base: Expression) => Expression;
  readonly currentDecay: Expression;
}
