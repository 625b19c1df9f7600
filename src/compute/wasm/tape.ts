// What the forward pass of a training step keeps for the backward pass: the cheaper of two sets, either what the adjoint multiplies
// gradients with (often the surrogate alone), or everything that the step read.

import {
  add,
  constant,
  mapOperands,
  operands,
  reference,
  select,
  topologicalOrder,
  type Adjoint,
  type Expression,
  type Neuron,
} from "../../model/neuron/index.ts";

export interface Tape {
  /** Expressions of the step's own names, and `surrogate.<k>`: one saved vector each. */
  readonly saved: readonly Expression[];
  /** The adjoint, simplified. */
  readonly gradients: Readonly<Record<string, Expression>>;
  /** Argument of `surrogate.<k>`. */
  readonly surrogates: readonly Expression[];
}

/** @param wanted  Gradients that the backward pass needs: `input`, the state, learned parameters. */
export function planTape(neuron: Neuron, adjoint: Adjoint, wanted: readonly string[]): Tape {
  const gradients = Object.fromEntries(wanted.map((name) => [name, simplify(adjoint.gradients[name] ?? constant(0))]));
  const factors = gradientFactors(Object.values(gradients), new Set(Object.keys(neuron.parameters)));
  const inputs = ["input", ...neuron.state].map(reference);
  return {
    saved: factors.length <= inputs.length ? factors : inputs,
    gradients,
    surrogates: adjoint.surrogates,
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const zero = constant(0);

/** Both arms of a choice that were added up apart become one choice again. */
function simplify(root: Expression): Expression {
  const simpler = new Map<Expression, Expression>();
  const of = (node: Expression): Expression => simpler.get(node) ?? node;
  for (const node of topologicalOrder([root])) {
    if (node.op !== "add") simpler.set(node, mapOperands(node, of));
    else simpler.set(node, joined(of(node.a), of(node.b)));
  }
  return of(root);
}

function joined(a: Expression, b: Expression): Expression {
  if (a.op === "select" && b.op === "select" && a.condition === b.condition) {
    if (a.a === zero && b.b === zero) return choose(a.condition, b.a, a.b);
    if (a.b === zero && b.a === zero) return choose(a.condition, a.a, b.b);
  }
  return add(a, b);
}

function choose(condition: Expression, a: Expression, b: Expression): Expression {
  return a === b ? a : select(condition, a, b);
}

/** The largest parts of `roots` that know nothing of gradients, without constants and parameters. */
function gradientFactors(roots: readonly Expression[], parameters: ReadonlySet<string>): Expression[] {
  const known = new Map<Expression, "free" | "forward" | "backward">();
  const factors = new Set<Expression>();
  const order = topologicalOrder(roots);
  for (const node of order) {
    if (node.op === "constant") known.set(node, "free");
    else if (node.op === "reference") {
      if (node.name.startsWith("gradient.")) known.set(node, "backward");
      else known.set(node, parameters.has(node.name) ? "free" : "forward");
    } else {
      const kinds = new Set(operands(node).map((operand) => known.get(operand)));
      const isBackward = kinds.has("backward");
      known.set(node, isBackward ? "backward" : kinds.has("forward") ? "forward" : "free");
      if (isBackward) for (const operand of operands(node)) if (known.get(operand) === "forward") factors.add(operand);
    }
  }
  for (const root of roots) if (known.get(root) === "forward") factors.add(root);
  return order.filter((node) => factors.has(node));
}
