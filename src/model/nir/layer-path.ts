// Which nodes of a link lead forward, from the population before, and which lead back from the population itself.

import { nodeAt, passesOn, type Link } from "./chain.ts";
import type { NirPrimitive } from "./graph.ts";
import type { NirPlan } from "./plan.ts";

/** The nodes of a link by direction. */
export interface Path {
  readonly forward: readonly number[];
  readonly back: readonly number[];
  /** Why the way forward is no single path. */
  readonly why?: string;
}

/** Nodes on the way from the population before, and on the way back from the population itself. */
export function pathOf(plan: NirPlan, { at, before, between }: Link): Path {
  const reached = (start: number): Set<number> => {
    const seen = new Set<number>();
    // A cycle may run against the order of computation, so that once is not enough.
    for (let size = -1; size !== seen.size;) {
      size = seen.size;
      for (const index of between)
        if (nodeAt(plan, index).from.some((source) => source === start || seen.has(source))) seen.add(index);
    }
    return seen;
  };
  const [ahead, behind] = [reached(before), reached(at)];
  const forward = between.filter((index) => !behind.has(index) || ahead.has(index));
  const back = between.filter((index) => behind.has(index));
  const isShared = forward.some((index) => behind.has(index) || !ahead.has(index));
  let previous = before;
  const isPath = forward.every((index) => {
    const { from } = nodeAt(plan, index);
    const follows = from.length === 1 && from[0] === previous;
    previous = index;
    return follows;
  });
  const arriving = nodeAt(plan, at).from.filter((source) => source !== at && !behind.has(source));
  if (!isShared && isPath && arriving.length === 1 && arriving[0] === previous) return { forward, back };
  if (!isShared && forward.every((index) => isDelayedMatrix(plan, index, before))) return { forward, back };
  return { forward, back, why: "several ways lead through it and are added" };
}

/** Whether a node is a matrix, a delay before one, or passes on: rows of a layer with delays. */
export function isDelayedMatrix(plan: NirPlan, index: number, before: number): boolean {
  const { node, from } = nodeAt(plan, index);
  const types = from.map((source) => (source === before ? "Input" : nodeAt(plan, source).node.type));
  if (node.type === "Affine" || node.type === "Linear")
    return types.every((type) => passesOn.has(type) || type === "Delay");
  return (node.type === "Delay" || passesOn.has(node.type)) && types.every((type) => passesOn.has(type));
}

/** A Scale from a population back to itself. */
export function ownScale(plan: NirPlan, { at, isRecurrent }: Link, back: readonly number[]): NirPrimitive | undefined {
  const [only] = back;
  if (!isRecurrent || only === undefined || back.length !== 1) return undefined;
  const { node, from } = nodeAt(plan, only);
  const population = plan.populations.get(at);
  if (node.type !== "Scale" || from.length !== 1 || population?.firesFirst === true) return undefined;
  return population?.neuron.variant?.spikes === "many" ? undefined : node;
}
