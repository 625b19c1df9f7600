// The neuron language: a graph of a dozen operations. Nodes are interned, so equal expressions are the same object: readers
// may memoize by identity, and generated code never computes one thing twice. What can be said with these is said with
// these, in `functions.ts`: an operation is added only for what they cannot express.

import { operandsFirst } from "./graph.ts";

export type Expression =
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "reference"; readonly name: string }
  | { readonly op: BinaryOperation; readonly a: Expression; readonly b: Expression }
  | { readonly op: "floor" | "powerOfTwo"; readonly a: Expression }
  | { readonly op: "select"; readonly condition: Expression; readonly a: Expression; readonly b: Expression };

type BinaryOperation = "add" | "sub" | "mul" | "div" | "above" | "atLeast" | "through";

const nodes = new Map<string, Expression>();
const identities = new WeakMap<Expression, number>();
const values = new WeakMap<Expression, Expression>();
let nodeCount = 0;

/** A real number. */
export function constant(value: number): Expression {
  return intern(`constant ${Object.is(value, -0) ? 0 : value}`, { op: "constant", value: value + 0 });
}

/** A state variable, a parameter, or `input`. */
export function reference(name: string): Expression {
  return intern(`reference ${name}`, { op: "reference", name });
}

export const add = (a: Expression, b: Expression): Expression => binary("add", a, b);
export const sub = (a: Expression, b: Expression): Expression => binary("sub", a, b);
export const mul = (a: Expression, b: Expression): Expression => binary("mul", a, b);

/** 1 when a > b, strictly, else 0. Differentiated through the surrogate. */
export const above = (a: Expression, b: Expression): Expression => binary("above", a, b);

/** 1 when a ≥ b, else 0. Differentiated through the surrogate. */
export const atLeast = (a: Expression, b: Expression): Expression => binary("atLeast", a, b);
export const div = (a: Expression, b: Expression): Expression => binary("div", a, b);
/** The largest whole number that is not above `a`. Its derivative is 0. */
export const floor = (a: Expression): Expression => intern(`floor ${identity(a)}`, { op: "floor", a });
/** 2 to the power of a whole number in −126…127. */
export const powerOfTwo = (a: Expression): Expression => intern(`powerOfTwo ${identity(a)}`, { op: "powerOfTwo", a });
/**
 * The value of `value` with the gradient of `slope`: for a step that learns as if it were a line, or not at all. Only
 * differentiation sees it; every other reader gets `value`.
 */
export const through = (value: Expression, slope: Expression): Expression => binary("through", value, slope);

/** `a` where `condition` is 1, `b` where it is 0. */
export function select(condition: Expression, a: Expression, b: Expression): Expression {
  return intern(`select ${identity(condition)} ${identity(a)} ${identity(b)}`, { op: "select", condition, a, b });
}

/** The operands of a node, in order. */
export function operands(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case "constant":
    case "reference":
      return [];
    case "floor":
    case "powerOfTwo":
      return [expression.a];
    case "select":
      return [expression.condition, expression.a, expression.b];
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "above":
    case "atLeast":
    case "through":
      return [expression.a, expression.b];
    default:
      return expression satisfies never;
  }
}

/** The same node on other operands. */
export function mapOperands(expression: Expression, map: (operand: Expression) => Expression): Expression {
  switch (expression.op) {
    case "constant":
    case "reference":
      return expression;
    case "floor":
      return floor(map(expression.a));
    case "powerOfTwo":
      return powerOfTwo(map(expression.a));
    case "select":
      return select(map(expression.condition), map(expression.a), map(expression.b));
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "above":
    case "atLeast":
    case "through":
      return binary(expression.op, map(expression.a), map(expression.b));
    default:
      return expression satisfies never;
  }
}

/** The expression as everyone but differentiation reads it: without `through`. */
export function valueOf(root: Expression): Expression {
  const known = values.get(root);
  if (known !== undefined) return known;
  for (const node of topologicalOrder([root])) {
    const value =
      node.op === "through" ? values.get(node.a) : mapOperands(node, (operand) => values.get(operand) ?? operand);
    values.set(node, value ?? node);
  }
  return values.get(root) ?? root;
}

/** Whether a value is always 0 or 1. */
export function isBit(expression: Expression): boolean {
  switch (expression.op) {
    case "constant":
      return expression.value === 0 || expression.value === 1;
    case "above":
    case "atLeast":
      return true;
    case "select":
    case "mul":
      return isBit(expression.a) && isBit(expression.b);
    case "through":
      return isBit(expression.a);
    default:
      return false;
  }
}

/** Every node that `roots` need, operands before users, each once. */
export function topologicalOrder(roots: readonly Expression[]): Expression[] {
  return operandsFirst(roots, operands);
}

// ---------------------------------------------------------------------------------------------------------------------

function binary(op: BinaryOperation, a: Expression, b: Expression): Expression {
  return intern(`${op} ${identity(a)} ${identity(b)}`, { op, a, b });
}

function identity(node: Expression): number {
  return identities.get(node) ?? -1;
}

function intern(key: string, node: Expression): Expression {
  const known = nodes.get(key);
  if (known !== undefined) return known;
  nodes.set(key, node);
  identities.set(Object.freeze(node), nodeCount++);
  return node;
}
