import { constant, select, sub, type Expression } from "../expression.ts";

/** What happens to the membrane potential in the step of a spike. */
export type Reset =
  | { readonly kind: "subtract" }
  | { readonly kind: "zero" }
  | { readonly kind: "value"; readonly value: number };

/** The potential after the step: reset where `spike` is 1, `charged` elsewhere. */
export function resetPotential(
  reset: Reset,
  spike: Expression,
  charged: Expression,
  threshold: Expression,
): Expression {
  switch (reset.kind) {
    case "subtract":
      return select(spike, sub(charged, threshold), charged);
    case "zero":
      return select(spike, constant(0), charged);
    case "value":
      return select(spike, constant(reset.value), charged);
    default:
      return reset satisfies never;
  }
}
