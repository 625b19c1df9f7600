import { dataGroup, dataText, type DataGroup, type DataItem, type DataTexts } from "../../base/index.ts";
import type { NirEdge, NirGraph, NirNode } from "./graph.ts";

/** The version that our own files name: the layout that they follow. */
export const nirVersion = "1.0";

/** The tree of a file that holds `graph`, others' metadata and unknown fields included. */
export function writeNir(graph: NirGraph): DataGroup {
  return dataGroup([
    ["node", graphGroup(graph)],
    ["version", dataText(graph.version === "" ? nirVersion : graph.version)],
  ]);
}

// ---------------------------------------------------------------------------------------------------------------------

function graphGroup(graph: NirGraph): DataGroup {
  return dataGroup([
    ["edges", edgeTexts(graph.edges)],
    ...withMetadata(graph.metadata),
    ["nodes", dataGroup(graph.nodes.map((node) => [node.name, nodeGroup(node)] as const))],
    ["type", dataText("NIRGraph")],
  ]);
}

function nodeGroup(node: NirNode): DataGroup {
  if (node.kind === "subgraph") return graphGroup(node.graph);
  return dataGroup([...node.fields, ...withMetadata(node.metadata), ["type", dataText(node.type)]]);
}

function withMetadata(metadata: DataGroup | undefined): (readonly [string, DataItem])[] {
  return metadata === undefined ? [] : [["metadata", metadata]];
}

function edgeTexts(edges: readonly NirEdge[]): DataTexts {
  return { kind: "texts", shape: [edges.length, 2], values: edges.flat() };
}
