import { UserError } from "../../base/index.ts";
import { nestedName, shownName, type NirGraph, type NirPrimitive } from "./graph.ts";

/** A graph without graphs in it: the ports of a nested graph are nodes that pass on what they get. */
export interface FlatGraph {
  readonly nodes: readonly FlatNode[];
  /** The outermost ports, by number. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface FlatNode {
  /** "lif1/lif" for node lif of the nested graph lif1. */
  readonly path: string;
  readonly node: NirPrimitive;
  /** Nodes whose outputs arrive here and are added, in ascending order, each once. */
  readonly from: readonly number[];
}

/**
 * @throws `nir/several-ports` (exit "unsupported") when an edge leads to or from a nested graph with several ports
 */
export function flattenNir(graph: NirGraph): FlatGraph {
  const nodes: { readonly path: string; readonly node: NirPrimitive; readonly from: Set<number> }[] = [];
  connect(graph, "", nodes);
  const top = (type: string): number[] =>
    nodes.flatMap(({ path, node }, i) => (node.type === type && !path.includes("/") ? [i] : []));
  return {
    nodes: nodes.map(({ path, node, from }) => ({ path, node, from: [...from].sort((a, b) => a - b) })),
    inputs: top("Input"),
    outputs: top("Output"),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** What an edge of the graph around can attach to. */
interface Ends {
  readonly entries: readonly number[];
  readonly exits: readonly number[];
}

function connect(
  graph: NirGraph,
  path: string,
  nodes: { path: string; node: NirPrimitive; from: Set<number> }[],
): Ends {
  const ends = new Map<string, Ends>();
  const ports = { Input: [] as number[], Output: [] as number[] };
  for (const node of graph.nodes) {
    const inner = nestedName(path, node.name);
    if (node.kind === "subgraph") {
      ends.set(node.name, connect(node.graph, inner, nodes));
      continue;
    }
    const index = nodes.push({ path: inner, node, from: new Set() }) - 1;
    ends.set(node.name, { entries: [index], exits: [index] });
    if (node.type === "Input" || node.type === "Output") ports[node.type].push(index);
  }
  for (const [from, to] of graph.edges) {
    const source = single(ends.get(from)?.exits, from, "Output");
    const target = single(ends.get(to)?.entries, to, "Input");
    nodes[target]?.from.add(source);
  }
  return { entries: ports.Input, exits: ports.Output };
}

function single(ports: readonly number[] | undefined, name: string, kind: string): number {
  const [port] = ports ?? [];
  if (port !== undefined && ports?.length === 1) return port;
  const message = `graph ${shownName(name)} has ${ports?.length ?? 0} ${kind} nodes; an edge to it needs exactly one`;
  throw new UserError("nir/several-ports", message, { exit: "unsupported" });
}
