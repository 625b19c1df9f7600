import { constant, mul, select, sub, type Expression } from "../expression.ts";

/** What happens to the membrane potential after a spike. */
export type Reset =
  | { readonly kind: "subtract" }
  | { readonly kind: "zero" }
  | { readonly kind: "value"; readonly value: number }
  /** Nothing: for readouts and neurons without memory of their spikes. */
  | { readonly kind: "none" };

/** The potential after the step: reset where `spike` is 1, `charged` elsewhere. */
export function resetPotential(
  reset: Reset,
  spike: Expression,
  charged: Expression,
  threshold: Expression,
): Expression {
  return reset.kind === "none" ? charged : select(spike, afterReset(reset, charged, threshold), charged);
}

/** The potential that a reset leaves. */
export function afterReset(reset: Reset, charged: Expression, threshold: Expression): Expression {
  switch (reset.kind) {
    case "subtract":
      return sub(charged, threshold);
    case "zero":
      return constant(0);
    case "value":
      return constant(reset.value);
    case "none":
      return charged;
    default:
      return reset satisfies never;
  }
}

/** The same after `count` spikes at once. */
export function resetAfterMany(
  reset: Reset,
  count: Expression,
  charged: Expression,
  threshold: Expression,
): Expression {
  return reset.kind === "subtract"
    ? sub(charged, mul(count, threshold))
    : resetPotential(reset, count, charged, threshold);
}
