// The neuron language: a graph of six operations. Nodes are interned, so equal expressions are the same object: readers
// may memoize by identity, and generated code never computes one thing twice.

import { operandsFirst } from "./graph.ts";

export type Expression =
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "reference"; readonly name: string }
  | { readonly op: "add" | "sub" | "mul" | "above"; readonly a: Expression; readonly b: Expression }
  | { readonly op: "select"; readonly condition: Expression; readonly a: Expression; readonly b: Expression };

const nodes = new Map<string, Expression>();
const identities = new WeakMap<Expression, number>();
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
    case "select":
      return [expression.condition, expression.a, expression.b];
    case "add":
    case "sub":
    case "mul":
    case "above":
      return [expression.a, expression.b];
    default:
      return expression satisfies never;
  }
}

/** Every node that `roots` need, operands before users, each once. */
export function topologicalOrder(roots: readonly Expression[]): Expression[] {
  return operandsFirst(roots, operands);
}

// ---------------------------------------------------------------------------------------------------------------------

function binary(op: "add" | "sub" | "mul" | "above", a: Expression, b: Expression): Expression {
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
