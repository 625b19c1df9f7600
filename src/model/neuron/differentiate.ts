// Reverse mode on expressions: the adjoint of a step is again a set of expressions, so that one definition also gives the
// backward pass of every back end. `above` has no useful derivative; a surrogate stands in for it. The surrogate is not
// part of the language (it needs division), so its value appears as the reference `surrogate.<k>` of the k-th `above`
// node, whose argument is listed in `surrogates`.

import { add, constant, mul, reference, select, sub, topologicalOrder, type Expression } from "./expression.ts";
import type { Neuron } from "./neuron.ts";

/** The backward pass of one neuron step as expressions. */
export interface Adjoint {
  /**
   * Gradient of the loss with respect to each state variable before the step, each parameter, and `input`.
   * They refer to: everything the step refers to, `gradient.spike`, `gradient.<state>` (gradients of what the step
   * returned), and `surrogate.<k>`.
   */
  readonly gradients: Readonly<Record<string, Expression>>;
  /** Argument u of the k-th surrogate derivative g(u), an expression of the step's own names. */
  readonly surrogates: readonly Expression[];
}

/**
 * The adjoint of `neuron`.
 *
 * @param detachReset  No gradient through the reset: the spike that selects the next state counts as a constant.
 */
export function differentiate(neuron: Neuron, options: { readonly detachReset: boolean }): Adjoint {
  const roots = [neuron.spike, ...Object.values(neuron.next)];
  const adjoints = new Map<Expression, Expression>();
  const accumulate = (node: Expression, gradient: Expression): void => {
    const known = adjoints.get(node);
    adjoints.set(node, known === undefined ? gradient : sum(known, gradient));
  };
  accumulate(neuron.spike, reference("gradient.spike"));
  for (const [name, expression] of Object.entries(neuron.next)) accumulate(expression, reference(`gradient.${name}`));

  const surrogates: Expression[] = [];
  for (const node of topologicalOrder(roots).reverse()) {
    const gradient = adjoints.get(node);
    if (gradient === undefined) continue;
    switch (node.op) {
      case "constant":
      case "reference":
        break;
      case "add":
        accumulate(node.a, gradient);
        accumulate(node.b, gradient);
        break;
      case "sub":
        accumulate(node.a, gradient);
        accumulate(node.b, sub(zero, gradient));
        break;
      case "mul":
        accumulate(node.a, product(gradient, node.b));
        accumulate(node.b, product(gradient, node.a));
        break;
      case "above": {
        const weighted = mul(gradient, reference(`surrogate.${surrogates.length}`));
        surrogates.push(sub(node.a, node.b));
        accumulate(node.a, weighted);
        accumulate(node.b, sub(zero, weighted));
        break;
      }
      case "select":
        if (!options.detachReset) accumulate(node.condition, mul(gradient, sub(node.a, node.b)));
        accumulate(node.a, select(node.condition, gradient, zero));
        accumulate(node.b, select(node.condition, zero, gradient));
        break;
      default:
        node satisfies never;
    }
  }
  const names = [...neuron.state, ...Object.keys(neuron.parameters), "input"];
  const gradients = names.map((name) => [name, adjoints.get(reference(name)) ?? zero] as const);
  return { gradients: Object.fromEntries(gradients), surrogates };
}

// ---------------------------------------------------------------------------------------------------------------------

const zero = constant(0);

function sum(a: Expression, b: Expression): Expression {
  if (a === zero) return b;
  return b === zero ? a : add(a, b);
}

function product(a: Expression, b: Expression): Expression {
  if (b.op === "constant" && b.value === 1) return a;
  return b === zero ? zero : mul(a, b);
}
