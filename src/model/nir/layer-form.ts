// The form of a link: pooling of spikes, then a matrix or delayed matrices, or a convolution and pooling of its currents.

import type { InputPooling, Pooling } from "../network/index.ts";
import { gridOf } from "./channel-order.ts";
import { nodeAt, passesOn, shapeAt, type Link } from "./chain.ts";
import type { NirPrimitive } from "./graph.ts";
import { isDelayedMatrix } from "./layer-path.ts";
import type { NirPlan } from "./plan.ts";
import { windowsOf } from "./shapes.ts";

/** What a layer can take as it stands. */
export interface Form {
  readonly pooling?: InputPooling;
  /** The pooled spikes, where rows see them. */
  readonly source?: { readonly at: number; readonly shape: readonly number[] };
  readonly conv?: {
    readonly at: number;
    readonly input: readonly number[];
    readonly sums: readonly number[];
    readonly scale: NirPrimitive | undefined;
    readonly pooling: Pooling | undefined;
  };
  /** The only weights, where they are a matrix. */
  readonly matrix?: number;
  readonly why?: string;
}

/** Pooling of spikes, then a matrix, or a convolution and pooling of its currents; else why not. */
export function formOf(plan: NirPlan, link: Link, forward: readonly number[], pooled: InputPooling | undefined): Form {
  const isMatrix = (index: number): boolean => /^(Affine|Linear)$/.test(nodeAt(plan, index).node.type);
  const start = { at: link.before, shape: shapeAt(plan, link.before) };
  // Parallel matrices, each behind its delay, are rows of one layer.
  if (forward.filter(isMatrix).length > 1 && forward.every((index) => isDelayedMatrix(plan, index, link.before))) {
    if (pooled !== undefined) return { why: "spikes are pooled and delayed" };
    return { source: start, matrix: forward.find(isMatrix) ?? link.at };
  }
  const nodes = forward.filter((index) => !passesOn.has(nodeAt(plan, index).node.type));
  const typeAt = (i: number): string => nodeAt(plan, nodes[i] ?? link.at).node.type;
  let i = 0;
  let pooling = pooled;
  let source = start;
  if (pooled === undefined && /Pool/.test(typeAt(0))) {
    const found = poolingOf(nodeAt(plan, nodes[0] ?? 0).node, source.shape);
    if (typeof found === "string") return { why: found };
    pooling = found;
    source = { at: nodes[0] ?? 0, shape: shapeAt(plan, nodes[0] ?? 0) };
    i = 1;
  }
  const delayAt = i;
  if (typeAt(i) === "Delay") i++;
  if (delayAt < i && pooling !== undefined) return { why: "spikes are pooled and delayed" };
  const weights = nodes[i];
  if (weights === undefined) return { why: "no weights lead to its neurons" };
  const type = typeAt(i);
  const given = { ...(pooling === undefined ? {} : { pooling }), source };
  if (isMatrix(weights)) {
    return nodes.length === i + 1 ? { ...given, matrix: weights } : { ...given, ...behind(plan, nodes.slice(i + 1)) };
  }
  if (type !== "Conv1d" && type !== "Conv2d") return { why: `a layer has no ${type} there` };
  if (delayAt < i) return { why: "a convolution has no delays" };
  const from = nodeAt(plan, weights).from[0] ?? link.before;
  const after = nodes.slice(i + 1).map((index) => nodeAt(plan, index).node);
  const conv = { at: weights, input: shapeAt(plan, from), sums: shapeAt(plan, weights) };
  const [next, more] = after;
  if (more !== undefined) return { why: "more than one node follows its convolution" };
  if (next === undefined || next.type === "Scale") {
    return { ...given, conv: { ...conv, scale: next, pooling: undefined } };
  }
  if (!/Pool/.test(next.type)) return { why: `a layer has no ${next.type} behind its convolution` };
  const currents = poolingOf(next, conv.sums);
  if (typeof currents === "string") return { why: currents };
  const { grid: _, ...plain } = currents;
  return { ...given, conv: { ...conv, scale: undefined, pooling: plain } };
}

/** A Scale behind a matrix is part of it; anything else is a second map. */
function behind(plan: NirPlan, nodes: readonly number[]): { readonly why?: string } {
  const types = nodes.map((index) => nodeAt(plan, index).node.type);
  return types.length === 1 && types[0] === "Scale" ? {} : { why: "weights follow weights without neurons between" };
}

/** Square windows that lie in the image, or why not. */
export function poolingOf(node: NirPrimitive, shape: readonly number[]): InputPooling | string {
  const grid = gridOf(shape);
  const [tall, wide] = windowsOf(node);
  if (grid === undefined || tall === undefined || wide === undefined) return "it pools no image";
  if (tall.size !== wide.size || tall.stride !== wide.stride) return "its windows are not square";
  if (tall.before > 0 || wide.before > 0) return "it pads what it pools";
  return { kind: node.type === "SumPool2d" ? "sum" : "average", size: tall.size, stride: tall.stride, grid };
}
