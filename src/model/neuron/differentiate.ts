// Reverse mode on expressions: the adjoint of a step is again a set of expressions, so that one definition also gives the
// backward pass of every back end. A comparison has no useful derivative; a surrogate stands in for it. Which one is chosen
// later, so its value appears as the reference `surrogate.<k>` of the k-th comparison, whose argument is listed in
// `surrogates`.

import { add, constant, div, mul, operands, reference, select, sub, valueOf, type Expression } from "./expression.ts";
import { operandsFirst } from "./graph.ts";
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
  const { spike, next } = neuron.learned ?? neuron;
  const roots = [spike, ...Object.values(next)];
  const adjoints = new Map<Expression, Expression>();
  const accumulate = (node: Expression, gradient: Expression): void => {
    const known = adjoints.get(node);
    adjoints.set(node, known === undefined ? gradient : sum(known, gradient));
  };
  accumulate(spike, reference("gradient.spike"));
  for (const [name, expression] of Object.entries(next)) accumulate(expression, reference(`gradient.${name}`));

  const surrogates: Expression[] = [];
  for (const node of operandsFirst(roots, slopeOperands).reverse()) {
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
      case "div":
        accumulate(node.a, div(gradient, node.b));
        accumulate(node.b, sub(zero, div(mul(gradient, node), node.b)));
        break;
      case "floor":
        break;
      case "powerOfTwo":
        accumulate(node.a, mul(mul(gradient, node), constant(Math.LN2)));
        break;
      case "through":
        accumulate(node.b, gradient);
        break;
      case "above":
      case "atLeast": {
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
  const gradients = names.map((name) => [name, valueOf(adjoints.get(reference(name)) ?? zero)] as const);
  return { gradients: Object.fromEntries(gradients), surrogates: surrogates.map(valueOf) };
}

// ---------------------------------------------------------------------------------------------------------------------

const zero = constant(0);

/** What a gradient flows into. */
function slopeOperands(node: Expression): readonly Expression[] {
  return node.op === "through" ? [node.b] : operands(node);
}

function sum(a: Expression, b: Expression): Expression {
  if (a === zero) return b;
  return b === zero ? a : add(a, b);
}

function product(a: Expression, b: Expression): Expression {
  if (b.op === "constant" && b.value === 1) return a;
  return b === zero ? zero : mul(a, b);
}
