// A graph as a chain of populations: what leads to each, from the population before it and from itself.

import { assertDefined, UserError } from "../../base/index.ts";
import { shownName } from "./graph.ts";
import type { NirPlan } from "./plan.ts";

/** One population and the nodes between it and the one before. */
export interface Link {
  /** A node whose neurons fire: a population, or a Threshold. */
  readonly at: number;
  /** The population before it, or the Input. */
  readonly before: number;
  /** Nodes without neurons on the way, from `before` or back from `at` itself, in the order of computation. */
  readonly between: readonly number[];
  readonly isRecurrent: boolean;
}

/** From the Input on, and what is left out because it leads nowhere. */
export interface Chain {
  readonly input: number;
  readonly links: readonly Link[];
  readonly unused: readonly string[];
}

/** @throws `nir/no-chain` (exit "unsupported") naming the node and the reason */
export function chainOf(plan: NirPlan): Chain {
  const input = single(plan, plan.graph.inputs, "Input");
  const output = single(plan, plan.graph.outputs, "Output");
  const ends = backFrom(plan, output, input);
  const weighted = ends.between.find((node) => !passesOn.has(nodeAt(plan, node).node.type));
  if (weighted !== undefined) throw noChain(nodeAt(plan, weighted).path, "no neurons follow it");
  const links: Link[] = [];
  const seen = new Set<number>([input]);
  let at = one(plan, ends.sources, output);
  while (at !== input) {
    seen.add(at);
    const { sources, between } = backFrom(plan, at, input);
    const others = [...sources].filter((source) => source !== at);
    for (const node of between) seen.add(node);
    const before = one(plan, others, at);
    if (links.some((link) => link.at === before)) {
      throw noChain(nodeAt(plan, at).path, `it lies on a cycle with ${shownName(nodeAt(plan, before).path)}`);
    }
    links.unshift({ at, before, between, isRecurrent: sources.has(at) });
    at = before;
  }
  const unused = plan.graph.nodes.flatMap(({ path, node }, index) =>
    seen.has(index) || passesOn.has(node.type) ? [] : [path],
  );
  return { input, links, unused };
}

export function nodeAt(plan: NirPlan, index: number): NirPlan["graph"]["nodes"][number] {
  return assertDefined(plan.graph.nodes[index], "node");
}

/** The shape of what a node gives. */
export function shapeAt(plan: NirPlan, index: number): readonly number[] {
  return assertDefined(plan.shapes[index], "shape");
}

export function noChain(path: string, why: string): UserError {
  const hint = "check:nir and `lacuna inspect` take any graph; training and hardware need a chain of layers";
  return new UserError("nir/no-chain", `node ${shownName(path)}: ${why}`, { exit: "unsupported", path, hint });
}

/** Nodes that give what they get. */
export const passesOn: ReadonlySet<string> = new Set(["Input", "Output", "Flatten"]);

// ---------------------------------------------------------------------------------------------------------------------

function single(plan: NirPlan, ports: readonly number[], kind: string): number {
  const [port] = ports;
  if (port !== undefined && ports.length === 1) return port;
  const names = ports.map((index) => shownName(nodeAt(plan, index).path)).join(", ");
  throw new UserError("nir/no-chain", `the graph has ${ports.length} ${kind} nodes (${names}); a chain has one`, {
    exit: "unsupported",
  });
}

/** Where a walk back stops. */
function isStop(plan: NirPlan, index: number, input: number): boolean {
  return index === input || plan.populations.has(index) || nodeAt(plan, index).node.type === "Threshold";
}

/** The populations whose outputs arrive at a node, and all nodes on the way. */
function backFrom(
  plan: NirPlan,
  at: number,
  input: number,
): { readonly sources: ReadonlySet<number>; readonly between: readonly number[] } {
  const [sources, between] = [new Set<number>(), new Set<number>()];
  const open = [...nodeAt(plan, at).from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (isStop(plan, index, input)) sources.add(index);
    else if (!between.has(index)) {
      between.add(index);
      open.push(...nodeAt(plan, index).from);
    }
  }
  return { sources, between: plan.order.filter((index) => between.has(index)) };
}

function one(plan: NirPlan, sources: Iterable<number>, at: number): number {
  const list = [...sources];
  const [source] = list;
  if (source !== undefined && list.length === 1) return source;
  const { path } = nodeAt(plan, at);
  if (source === undefined) throw noChain(path, "nothing leads to it");
  const names = list.map((index) => shownName(nodeAt(plan, index).path)).join(" and ");
  throw noChain(path, `several outputs arrive and are added, of ${names}; in a chain each layer sees one`);
}
