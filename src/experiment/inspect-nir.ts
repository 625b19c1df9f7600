// What a NIR file holds, for people: a table of nodes, the graph as text, findings, and what each target can do with it.

import { neuronSupport, type NeuronSupport } from "../hardware/rtl/index.ts";
import {
  flattenNir,
  inferShapes,
  isNirData,
  nodeRule,
  orderNodes,
  readNir,
  readNirData,
  shownName,
  type FlatNode,
  type NirFinding,
  type NirPlan,
  type Population,
} from "../model/nir/index.ts";
import type { Platform } from "../platform/index.ts";
import { graphLines } from "./graph-lines.ts";
import { tryPlan, type ImportOptions } from "./import-nir.ts";
import { supportOf, unknownSupport, type SupportLine } from "./support-lines.ts";

export interface NirSummary {
  readonly version: string;
  readonly nodes: readonly NodeSummary[];
  /** One line per unbroken way: "input → fc1 → lif1". */
  readonly graph: readonly string[];
  readonly findings: readonly NirFinding[];
  /** How a dialect steps the neurons, when one is known. */
  readonly neurons: readonly {
    readonly nodes: readonly string[];
    readonly neuron: string;
    readonly notes: readonly string[];
    readonly support: NeuronSupport;
  }[];
  readonly support: readonly SupportLine[];
  /** For files of recordings, which hold no graph. */
  readonly recordings: readonly RecordingSummary[];
}

export interface RecordingSummary {
  readonly node: string;
  readonly name: string;
  /** "2 samples × 10 steps of 0.0001 s × 6 neurons". */
  readonly holds: string;
}

export interface NodeSummary {
  readonly name: string;
  readonly type: string;
  readonly shape: string;
  /** "tau 0.001…0.002 s, r 1". */
  readonly parameters: string;
  /** Share of non-zero weights, for nodes with weights. */
  readonly density: number | undefined;
}

/** @throws what reading HDF5 throws; a graph with errors is summarized with them */
export async function inspectNir(platform: Platform, file: string, options: ImportOptions): Promise<NirSummary> {
  const tree = await platform.hdf5.read(await platform.files.read(file), file);
  if (isNirData(tree)) {
    const recordings = readNirData(tree, file).observables.map(recordingOf);
    return { version: "", nodes: [], graph: [], findings: [], neurons: [], support: [], recordings };
  }
  const { graph, findings } = readNir(tree, file);
  const isSound = !findings.some(({ severity }) => severity === "error");
  if (!isSound) {
    const nodes = graph.nodes.map((node) => ({
      name: node.name,
      type: node.kind === "subgraph" ? "NIRGraph" : node.type,
      shape: "",
      parameters:
        node.kind === "subgraph"
          ? `${node.graph.nodes.length} nodes`
          : parametersOf({ path: node.name, node, from: [] }),
      density: undefined,
    }));
    return { version: graph.version, nodes, graph: [], findings, neurons: [], support: [], recordings: [] };
  }
  const flat = flattenNir(graph);
  const order = orderNodes(flat, "currents");
  const { shapes } = inferShapes(flat, order);
  const planned = tryPlan(graph, file, options);
  const listed = order.order.flatMap((index) => {
    const node = flat.nodes[index];
    return node === undefined ? [] : [{ node, shape: shapes[index] }];
  });
  return {
    version: graph.version,
    nodes: listed.map(({ node, shape }) => ({
      name: node.path,
      type: node.node.type,
      shape: shape === undefined ? "unknown" : shape.join(" × "),
      parameters: parametersOf(node),
      density: densityOf(node),
    })),
    graph: graphLines(flat.nodes, order),
    findings,
    neurons: "plan" in planned ? neuronLines(planned.plan) : [],
    support: "plan" in planned ? supportOf(planned.plan) : [unknownSupport(planned.error)],
    recordings: [],
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const inSeconds: ReadonlySet<string> = new Set(["tau", "tau_mem", "tau_syn", "delay"]);

/** What a table need not say: it follows from the node before, or is as usual. */
function isUsual(node: FlatNode["node"], field: string): boolean {
  const isPort = node.type === "Input" || node.type === "Output";
  if (field === "input_type" || field === "input_shape" || (field === "shape" && isPort)) return true;
  const leaf = node.fields.get(field);
  const usual = field === "dilation" || field === "groups" ? 1 : undefined;
  return leaf?.kind === "numbers" && leaf.values.every((value) => value === usual);
}

function parametersOf({ node }: FlatNode): string {
  const { fields } = nodeRule(node.type);
  const known = Object.keys(fields).filter((field) => node.fields.has(field));
  const others = [...node.fields.keys()].filter((field) => !Object.hasOwn(fields, field));
  return [...known, ...others]
    .filter((field) => !isUsual(node, field))
    .map((field) => {
      const leaf = node.fields.get(field);
      const name = /^[a-z_]+$/.test(field) ? field : shownName(field);
      if (leaf === undefined || leaf.kind === "texts") return `${name} ${shownName(leaf?.values[0] ?? "")}`;
      const isWhole = Object.hasOwn(fields, field) && fields[field]?.holds !== "numbers";
      if (isWhole) return `${name} ${short(new Set(leaf.values).size === 1 ? leaf.values.slice(0, 1) : leaf.values)}`;
      const size = field === "weight" ? `${leaf.shape.join("×")}, ` : "";
      return `${name} ${size}${rangeText(leaf.values)}${unitOf(field)}`;
    })
    .join(", ");
}

function unitOf(field: string): string {
  return inSeconds.has(field) ? " s" : "";
}

function short(values: Float32Array | Float64Array | readonly number[]): string {
  return Array.from(values, (value) => String(Number(value.toPrecision(4)))).join("×");
}

function rangeText(values: Float32Array | Float64Array): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low === high ? short([low]) : `${short([low])}…${short([high])}`;
}

function densityOf({ node }: FlatNode): number | undefined {
  const weights = node.fields.get("weight");
  if (weights?.kind !== "numbers" || weights.values.length === 0) return undefined;
  let count = 0;
  for (const value of weights.values) if (value !== 0) count++;
  return count / weights.values.length;
}

/** In the order of computation; equal populations share a line. */
function neuronLines(plan: NirPlan): NirSummary["neurons"] {
  const lines = plan.order.flatMap((index) => {
    const population = plan.populations.get(index);
    return population === undefined ? [] : [{ node: plan.graph.nodes[index]?.path ?? "", ...neuronText(population) }];
  });
  const groups = Map.groupBy(lines, ({ neuron, notes }) => JSON.stringify([neuron, notes]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { neuron, notes, support } = first;
    return [{ nodes: group.map(({ node }) => node), neuron, notes, support }];
  });
}

function neuronText({ neuron, neuronParameters, notes }: Population): Omit<NirSummary["neurons"][number], "nodes"> {
  const own = Object.keys(neuronParameters ?? {});
  const values = Object.entries(neuron.parameters).map(([name, value]) =>
    own.includes(name) ? `${name} per neuron` : `${name} ${short([value])}`,
  );
  const variant = Object.entries(neuron.variant ?? {}).map(([key, value]) =>
    value === true ? key : `${key} ${String(value)}`,
  );
  const text = [`${neuron.model}, reset ${neuron.reset.kind}`, ...variant, ...values].join(", ");
  return { neuron: text, notes, support: neuronSupport(neuron) };
}

function recordingOf({ node, name, record }: ReturnType<typeof readNirData>["observables"][number]): RecordingSummary {
  if (record.kind === "time-grid") {
    const [samples = 0, steps = 0, neurons = 0] = record.shape;
    return { node, name, holds: `${samples} samples × ${steps} steps of ${record.step} s × ${neurons} neurons` };
  }
  const count = record.samples.reduce((sum, { times }) => sum + times.length, 0);
  const holds = `${record.samples.length} samples, ${count} events of ${record.neuronCount} neurons in ${record.end} s`;
  return { node, name, holds };
}
