// The order in which the nodes of one time step are computed. A cycle is cut at one edge, which then carries what its source gave
// one step before: the edge that closes the cycle when one walks from the inputs.

import { assertDefined, UserError } from "../../base/index.ts";
import type { FlatGraph, FlatNode } from "./flatten.ts";
import { shownName } from "./graph.ts";
import { nodeRule } from "./node-types.ts";

export interface StepOrder {
  /** Node numbers, sources before users, except along delayed edges. */
  readonly order: readonly number[];
  /** Edges that carry the step before, by the node that they lead to. */
  readonly delayed: ReadonlyMap<number, ReadonlySet<number>>;
}

/**
 * Where a cycle stores what it carries to the next step: behind the weights (`currents`: nothing arrives in the first step, not
 * even a bias) or before them (`spikes`: in the first step the weights see silence, and their bias arrives).
 */
export type RecurrentDelay = "currents" | "spikes";

/** @throws `nir/cycle-without-neuron` naming a node of the cycle */
export function orderNodes({ nodes, inputs }: FlatGraph, delay: RecurrentDelay): StepOrder {
  const users: number[][] = nodes.map(() => []);
  nodes.forEach(({ from }, to) => from.forEach((source) => users[source]?.push(to)));
  const roots = [...inputs, ...nodes.keys()];
  const { finished, closing } = walk(roots, users);
  const delayed = new Map<number, Set<number>>();
  for (const [from, to] of closing) {
    const [source, target] = delay === "spikes" ? beforeWeights(nodes, from, to) : [from, to];
    assertNeuronInCycle(nodes, users, from, to);
    delayed.set(target, (delayed.get(target) ?? new Set()).add(source));
  }
  const order = delay === "spikes" && closing.length > 0 ? reorder(nodes, users, delayed) : finished.toReversed();
  return { order, delayed };
}

// ---------------------------------------------------------------------------------------------------------------------

type Edge = readonly [from: number, to: number];

/** Depth first, without recursion: files may hold long chains. */
function walk(
  roots: readonly number[],
  users: readonly (readonly number[])[],
): { finished: number[]; closing: Edge[] } {
  const state = new Uint8Array(users.length);
  const finished: number[] = [];
  const closing: Edge[] = [];
  for (const root of roots) {
    if (state[root] !== 0) continue;
    const stack: { node: number; next: number }[] = [{ node: root, next: 0 }];
    state[root] = 1;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const user = users[top.node]?.[top.next++];
      if (user === undefined) {
        state[top.node] = 2;
        finished.push(top.node);
        stack.pop();
      } else if (state[user] === 1) closing.push([top.node, user]);
      else if (state[user] === 0) {
        state[user] = 1;
        stack.push({ node: user, next: 0 });
      }
    }
  }
  return { finished, closing };
}

/** From the closing edge back through nodes without state to the neuron whose spikes they carry. */
function beforeWeights(nodes: readonly FlatNode[], from: number, to: number): Edge {
  let [source, target] = [from, to];
  for (let step = 0; step < nodes.length; step++) {
    const node = assertDefined(nodes[source], "node");
    const [before] = node.from;
    if (nodeRule(node.node.type).neuron === true || before === undefined || node.from.length > 1 || source === to)
      break;
    [source, target] = [before, source];
  }
  return [source, target];
}

/** The cycle that an edge closes must hold a state, or nothing says how far back in time it reaches. */
function assertNeuronInCycle(
  nodes: readonly FlatNode[],
  users: readonly (readonly number[])[],
  from: number,
  to: number,
): void {
  const isNeuron = (node: number): boolean => nodeRule(assertDefined(nodes[node], "node").node.type).neuron === true;
  // Whether `from` is reached from `to` without passing a neuron.
  const seen = new Set([to]);
  const open = isNeuron(to) || isNeuron(from) ? [] : [to];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === from) {
      const name = shownName(assertDefined(nodes[to], "node").path);
      const message = `node ${name}: it lies on a cycle without any neuron, so its value would depend on itself`;
      throw new UserError("nir/cycle-without-neuron", message);
    }
    for (const user of users[node] ?? []) {
      if (seen.has(user) || isNeuron(user)) continue;
      seen.add(user);
      open.push(user);
    }
  }
}

/** Sources before users, where delayed edges count for nothing (Kahn). */
function reorder(
  nodes: readonly FlatNode[],
  users: readonly (readonly number[])[],
  delayed: ReadonlyMap<number, ReadonlySet<number>>,
): number[] {
  const waiting = nodes.map(({ from }, to) => from.filter((source) => delayed.get(to)?.has(source) !== true).length);
  const order = waiting.flatMap((count, node) => (count === 0 ? [node] : []));
  for (let i = 0; i < order.length; i++) {
    const node = order[i] ?? 0;
    for (const user of users[node] ?? []) {
      if (delayed.get(user)?.has(node) === true) continue;
      waiting[user] = (waiting[user] ?? 0) - 1;
      if (waiting[user] === 0) order.push(user);
    }
  }
  return order;
}
