import { assertDefined, dataNumbers, type DataLeaf, type DataNumbers } from "../../base/index.ts";
import { flattenNir, type FlatGraph } from "./flatten.ts";
import { fieldNumbers, nestedName, nirIntegers, type NirGraph, type NirPrimitive, type RepairName } from "./graph.ts";
import { nodeRule } from "./node-types.ts";
import { orderNodes } from "./order.ts";
import { cellsOf, inferShapes } from "./shapes.ts";

/** Every repair and what it does. */
export const repairs: Readonly<Record<RepairName, string>> = {
  "duplicate-edges": "keep one of equal edges",
  "input-shape": "write the input_shape of convolutions that follows from the nodes before them",
  "output-shape": "write the shape that arrives at an Output that says another",
  scalars: "write single numbers as arrays of the population's shape",
  "v-reset": "write v_reset = 0 where it is absent",
};

/** A graph with some repairs done, and each change in words. */
export function repairNir(
  graph: NirGraph,
  wanted: readonly RepairName[],
): { readonly graph: NirGraph; readonly changes: readonly string[] } {
  const changes: string[] = [];
  const flat = flattenNir(graph);
  const { shapes } = inferShapes(flat, orderNodes(flat, "currents"));
  const shapeOf = new Map(flat.nodes.map(({ path }, i) => [path, shapes[i]]));
  const context: Context = { wanted: new Set(wanted), changes, shapeOf, arrivingOf: arrivals(flat, shapes) };
  return { graph: repairGraph(graph, "", context), changes };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Context {
  readonly wanted: ReadonlySet<RepairName>;
  readonly changes: string[];
  readonly shapeOf: ReadonlyMap<string, readonly number[] | undefined>;
  readonly arrivingOf: ReadonlyMap<string, readonly number[] | undefined>;
}

function arrivals(
  flat: FlatGraph,
  shapes: readonly (readonly number[] | undefined)[],
): Map<string, readonly number[] | undefined> {
  return new Map(flat.nodes.map(({ path, from }) => [path, from[0] === undefined ? undefined : shapes[from[0]]]));
}

function repairGraph(graph: NirGraph, path: string, context: Context): NirGraph {
  const edges = new Map(graph.edges.map((edge) => [JSON.stringify(edge), edge]));
  const fewer = context.wanted.has("duplicate-edges") && edges.size < graph.edges.length;
  if (fewer)
    context.changes.push(`${path === "" ? "graph" : path}: ${graph.edges.length - edges.size} equal edges removed`);
  return {
    ...graph,
    edges: fewer ? [...edges.values()] : graph.edges,
    nodes: graph.nodes.map((node) => {
      const inner = nestedName(path, node.name);
      if (node.kind === "subgraph") return { ...node, graph: repairGraph(node.graph, inner, context) };
      return { ...node, fields: repairFields(node, inner, context) };
    }),
  };
}

function repairFields(node: NirPrimitive, path: string, context: Context): ReadonlyMap<string, DataLeaf> {
  const fields = new Map<string, DataLeaf>(node.fields);
  const set = (field: string, leaf: DataNumbers, why: string): void => {
    fields.set(field, leaf);
    context.changes.push(`${path}: ${field} ${why}`);
  };
  const { wanted } = context;
  const threshold = fieldNumbers(node, "v_threshold");
  if (wanted.has("v-reset") && threshold !== undefined && !fields.has("v_reset")) {
    set("v_reset", { ...threshold, values: threshold.values.map(() => 0) }, "= 0 written");
  }
  const arriving = context.arrivingOf.get(path);
  if (
    wanted.has("input-shape") &&
    node.type.startsWith("Conv") &&
    !fields.has("input_shape") &&
    arriving !== undefined
  ) {
    const shape = arriving.slice(1);
    set("input_shape", nirIntegers(shape.length === 1 ? (shape[0] ?? 0) : shape), `= [${shape.join(", ")}] written`);
  }
  const said = fieldNumbers(node, "shape");
  if (wanted.has("output-shape") && node.type === "Output" && arriving !== undefined && said !== undefined) {
    if (said.values.join() !== arriving.join())
      set("shape", nirIntegers(arriving), `= [${arriving.join(", ")}] written`);
  }
  if (wanted.has("scalars")) fillScalars(node, fields, context.shapeOf.get(path), set);
  return fields;
}

function fillScalars(
  node: NirPrimitive,
  fields: ReadonlyMap<string, DataLeaf>,
  shape: readonly number[] | undefined,
  set: (field: string, leaf: DataNumbers, why: string) => void,
): void {
  const rule = nodeRule(node.type);
  for (const [field, leaf] of fields) {
    if (leaf.kind !== "numbers" || leaf.values.length !== 1) continue;
    const value = assertDefined(leaf.values[0], "value");
    if (rule.neuron === true && shape !== undefined && (leaf.shape.length === 0 || cellsOf(shape) > 1)) {
      const values = new Float64Array(cellsOf(shape)).fill(value);
      set(field, dataNumbers(values, leaf.type, shape), `= ${value} written for [${shape.join(", ")}]`);
    } else if (perDimension.has(field) && node.type.endsWith("2d")) {
      set(field, nirIntegers([value, value]), `= ${value} written for both dimensions`);
    }
  }
}

const perDimension: ReadonlySet<string> = new Set(["stride", "padding", "dilation", "kernel_size"]);
