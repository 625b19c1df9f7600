import { nearestName } from "../../base/index.ts";
import { nestedName, shownName, type NirFinding, type NirGraph } from "./graph.ts";

/** Everything wrong with the edges of a graph and of the graphs in it. */
export function checkEdges(graph: NirGraph, path = ""): NirFinding[] {
  const findings: NirFinding[] = [];
  const names = graph.nodes.map(({ name }) => name);
  const known = new Set(names);
  const seen = new Set<string>();
  const place = path === "" ? "edges" : `edges of ${shownName(path)}`;
  const missing = new Set<string>();
  let duplicates = 0;
  for (const [from, to] of graph.edges) {
    for (const name of [from, to]) if (!known.has(name)) missing.add(name);
    const key = JSON.stringify([from, to]);
    if (seen.has(key)) duplicates++;
    seen.add(key);
  }
  for (const name of [...missing].slice(0, mostReported)) findings.push(missingNode(name, names, place));
  if (duplicates > 0) {
    const message = `${duplicates} edge${duplicates === 1 ? " occurs" : "s occur"} twice; each counts once`;
    findings.push({ severity: "note", code: "nir/duplicate-edge", path: place, message, repair: "duplicate-edges" });
  }
  if (missing.size === 0) findings.push(...checkReach(graph, path, place));
  for (const node of graph.nodes) {
    if (node.kind === "subgraph") findings.push(...checkEdges(node.graph, nestedName(path, node.name)));
  }
  return findings;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Suggestions are costly in files made to be. */
const mostReported = 20;

function missingNode(name: string, names: readonly string[], path: string): NirFinding {
  const near = nearestName(
    name,
    names.slice(0, 200).filter(({ length }) => length <= 100),
  );
  return {
    severity: "error",
    code: "nir/missing-node",
    path,
    message: `there is no node ${shownName(name)}`,
    hint:
      near === undefined
        ? `the nodes are ${names.slice(0, 10).map(shownName).join(", ")}`
        : `did you mean ${shownName(near)}? Rename it in the program that wrote the file, and export again`,
  };
}

function checkReach(graph: NirGraph, path: string, place: string): NirFinding[] {
  const findings: NirFinding[] = [];
  const typed = (type: string): number =>
    graph.nodes.filter((node) => node.kind === "primitive" && node.type === type).length;
  for (const type of ["Input", "Output"]) {
    if (typed(type) > 0) continue;
    findings.push({
      severity: "error",
      code: "nir/missing-port",
      path: place,
      message: `the graph has no ${type} node`,
    });
  }
  const touched = new Set(graph.edges.flat());
  for (const { name } of graph.nodes) {
    if (touched.has(name) || graph.nodes.length === 1) continue;
    const message = "no edge leads to or from it; it does nothing";
    const here = `node ${shownName(nestedName(path, name))}`;
    findings.push({ severity: "note", code: "nir/unconnected-node", path: here, message });
  }
  return findings;
}
