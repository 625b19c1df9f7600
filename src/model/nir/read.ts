import { memberOf, suggestName, throwProblems, UserError, type DataGroup, type DataLeaf } from "../../base/index.ts";
import { checkNodes } from "./check-nodes.ts";
import { checkEdges } from "./check-edges.ts";
import { nestedName, shownName, type NirEdge, type NirFinding, type NirGraph, type NirNode } from "./graph.ts";
import { flattenNir } from "./flatten.ts";
import { isNodeType, nirNodeTypes } from "./node-types.ts";
import { orderNodes } from "./order.ts";
import { inferShapes } from "./shapes.ts";

/** A graph with everything that is to be said about it. */
export interface NirReading {
  readonly graph: NirGraph;
  /** Errors first. */
  readonly findings: readonly NirFinding[];
}

/**
 * A NIR graph from the tree of its file, with every finding. A graph with errors is returned as far as it could be read.
 * @param where  How messages call the file.
 */
export function readNir(tree: DataGroup, where: string): NirReading {
  const findings: NirFinding[] = [];
  const report: Report = (code, path, message, hint) => {
    findings.push({ severity: "error", code: `nir/${code}`, path, message, ...(hint === undefined ? {} : { hint }) });
  };
  const root = memberOf(tree, "node");
  const version = textOf(memberOf(tree, "version")) ?? "";
  if (root?.kind !== "group") {
    report("no-graph", where, 'there is no group "node"; it is HDF5, but no NIR file');
    return { graph: { kind: "nir-graph", version, nodes: [], edges: [], metadata: undefined }, findings };
  }
  const type = textOf(memberOf(root, "type"));
  if (type !== "NIRGraph")
    report("no-graph", where, `the root must be a NIRGraph, got ${shownName(type ?? "nothing")}`);
  const graph = { ...readGraph(root, "", report, 0), version };
  // What is broken in structure cannot be judged in detail.
  if (findings.length === 0) findings.push(...checkEdges(graph), ...checkNodes(graph));
  if (!findings.some(({ severity }) => severity === "error")) findings.push(...checkWhole(graph, where));
  return { graph, findings: findings.toSorted((a, b) => rank(a) - rank(b)) };
}

/**
 * The graph of a sound reading.
 * @throws the first error, with all of them
 */
export function soundGraph(reading: NirReading, where: string): NirGraph {
  const errors = reading.findings.filter(({ severity }) => severity === "error");
  throwProblems(
    errors.map((error) => ({ ...error, path: error.path === where ? where : `${where} at ${error.path}` })),
  );
  return reading.graph;
}

// ---------------------------------------------------------------------------------------------------------------------

type Report = (code: string, path: string, message: string, hint?: string) => void;

/** Graphs in graphs; deeper ones are refused. */
const deepest = 16;

const rank = ({ severity }: NirFinding): number => (severity === "error" ? 0 : 1);

/** What only the whole graph shows: cycles that nothing stores, shapes that do not fit each other. */
function checkWhole(graph: NirGraph, where: string): readonly NirFinding[] {
  try {
    const flat = flattenNir(graph);
    return inferShapes(flat, orderNodes(flat, "currents")).findings;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ severity: "error", code: error.code, path: where, message: error.message }];
  }
}

function readGraph(group: DataGroup, path: string, report: Report, depth: number): NirGraph {
  const empty: NirGraph = { kind: "nir-graph", version: "", nodes: [], edges: [], metadata: metadataOf(group) };
  const nodes = memberOf(group, "nodes");
  const here = path === "" ? "graph" : shownName(path);
  if (depth > deepest) {
    report("too-deep", here, `graphs lie more than ${deepest} deep in each other`);
    return empty;
  }
  if (nodes?.kind !== "group") {
    report("missing-field", here, 'a graph needs the group "nodes"');
    return empty;
  }
  const members = nodes.members.map(([name, item]) => readNode(name, item, path, report, depth));
  return { ...empty, nodes: members.filter((node) => node !== undefined), edges: readEdges(group, here, report) };
}

function readNode(
  name: string,
  item: DataGroup["members"][number][1],
  path: string,
  report: Report,
  depth: number,
): NirNode | undefined {
  const here = `node ${shownName(nestedName(path, name))}`;
  if (item.kind !== "group") {
    report("missing-type", here, "a node is a group; this is a data set");
    return undefined;
  }
  const type = textOf(memberOf(item, "type"));
  if (type === undefined) {
    report("missing-type", here, 'it has no text "type"');
    return undefined;
  }
  if (type === "NIRGraph") {
    return { kind: "subgraph", name, graph: readGraph(item, nestedName(path, name), report, depth + 1) };
  }
  if (!isNodeType(type)) {
    const known = suggestName(type.slice(0, 100), Object.keys(nirNodeTypes));
    report("unknown-node", here, `no NIR primitive is called ${shownName(type)}; ${known}`);
    return undefined;
  }
  const fields = item.members.filter(
    (member): member is [string, DataLeaf] => member[0] !== "type" && member[1].kind !== "group",
  );
  return { kind: "primitive", name, type, fields: new Map(fields), metadata: metadataOf(item) };
}

function readEdges(group: DataGroup, here: string, report: Report): readonly NirEdge[] {
  const edges = memberOf(group, "edges");
  // A graph without edges is written as an empty array of numbers.
  if (edges?.kind === "numbers" && edges.values.length === 0) return [];
  if (edges?.kind !== "texts" || edges.shape.length !== 2 || edges.shape[1] !== 2) {
    report("missing-field", here, 'a graph needs the texts "edges" of shape [edge, 2]');
    return [];
  }
  const { values } = edges;
  return Array.from({ length: values.length / 2 }, (_, e) => [values[2 * e] ?? "", values[2 * e + 1] ?? ""] as const);
}

function metadataOf(group: DataGroup): DataGroup | undefined {
  const metadata = memberOf(group, "metadata");
  return metadata?.kind === "group" ? metadata : undefined;
}

function textOf(item: ReturnType<typeof memberOf>): string | undefined {
  return item?.kind === "texts" && item.values.length === 1 ? item.values[0] : undefined;
}
