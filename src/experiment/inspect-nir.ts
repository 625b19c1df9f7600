// What a NIR file holds, for people: a table of nodes, the graph as text, findings, and what each target can do with it.

import { UserError } from "../base/index.ts";
import { families } from "../hardware/family/index.ts";
import { lowerNetwork } from "../hardware/golden/index.ts";
import { targets } from "../hardware/target/index.ts";
import {
  flattenNir,
  inferShapes,
  networkOfNir,
  orderNodes,
  shownName,
  type FlatNode,
  type NirFinding,
  type NirPlan,
} from "../model/nir/index.ts";
import type { Platform } from "../platform/index.ts";
import { readNirFile, tryPlan, type ImportOptions } from "./import-nir.ts";
import { parseConfig } from "./parse-config.ts";

export interface NirSummary {
  readonly version: string;
  readonly nodes: readonly NodeSummary[];
  /** One line per node, in the order of computation: "input → fc1 → lif1". */
  readonly graph: readonly string[];
  readonly findings: readonly NirFinding[];
  /** How a dialect steps the neurons, when one is known. */
  readonly neurons: readonly { readonly node: string; readonly neuron: string; readonly notes: readonly string[] }[];
  readonly support: readonly SupportLine[];
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

export interface SupportLine {
  readonly target: string;
  readonly verdict: "supported" | "converted" | "not supported";
  readonly why: string;
}

/** @throws what reading HDF5 throws; a graph with errors is summarized with them */
export async function inspectNir(platform: Platform, file: string, options: ImportOptions): Promise<NirSummary> {
  const { graph, findings } = await readNirFile(platform, file);
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
    return { version: graph.version, nodes, graph: [], findings, neurons: [], support: [] };
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
    graph: graphLines(flat.nodes, order.order),
    findings,
    neurons: "plan" in planned ? neuronLines(planned.plan) : [],
    support: "plan" in planned ? supportOf(planned.plan) : [unknown(planned.error)],
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const inSeconds: ReadonlySet<string> = new Set(["tau", "tau_mem", "tau_syn", "delay"]);

function parametersOf({ node }: FlatNode): string {
  return [...node.fields]
    .filter(
      ([field]) => field !== "input_type" && !(field === "shape" && (node.type === "Input" || node.type === "Output")),
    )
    .map(([field, leaf]) => {
      const name = /^[a-z_]+$/.test(field) ? field : shownName(field);
      if (leaf.kind === "texts") return `${name} ${shownName(leaf.values[0] ?? "")}`;
      if (leaf.values.length <= 4 && new Set(leaf.values).size <= 2)
        return `${name} ${short([...new Set(leaf.values)])}${unitOf(field)}`;
      return `${name} ${rangeText(leaf.values)}${unitOf(field)}`;
    })
    .join(", ");
}

function unitOf(field: string): string {
  return inSeconds.has(field) ? " s" : "";
}

function short(values: readonly number[]): string {
  return values.map((value) => String(Number(value.toPrecision(4)))).join("×");
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

function graphLines(nodes: readonly FlatNode[], order: readonly number[]): string[] {
  const users = new Map<number, string[]>();
  nodes.forEach(({ from, path }) =>
    from.forEach((source) => users.set(source, [...(users.get(source) ?? []), shownName(path).slice(1, -1)])),
  );
  return order.flatMap((index) => {
    const to = users.get(index);
    return to === undefined ? [] : [`${shownName(nodes[index]?.path ?? "").slice(1, -1)} → ${to.join(", ")}`];
  });
}

function neuronLines(plan: NirPlan): NirSummary["neurons"] {
  return [...plan.populations].map(([index, { neuron, neuronParameters, notes }]) => {
    const own = Object.keys(neuronParameters ?? {});
    const values = Object.entries(neuron.parameters).map(([name, value]) =>
      own.includes(name) ? `${name} per neuron` : `${name} ${short([value])}`,
    );
    const variant = Object.entries(neuron.variant ?? {}).map(([key, value]) =>
      value === true ? key : `${key} ${String(value)}`,
    );
    const text = [`${neuron.model}, reset ${neuron.reset.kind}`, ...variant, ...values].join(", ");
    return { node: plan.graph.nodes[index]?.path ?? "", neuron: text, notes };
  });
}

function unknown(error: UserError): SupportLine {
  const hint = error.hint === undefined ? "" : `; ${error.hint}`;
  return { target: "any", verdict: "not supported", why: `${error.code}: ${error.message}${hint}` };
}

function supportOf(plan: NirPlan): SupportLine[] {
  const runs: SupportLine = {
    target: "graph interpreter",
    verdict: "supported",
    why: "every node, as the dialect says",
  };
  try {
    const { network, notes } = networkOfNir(plan, { name: "inspected", stepCount: 1 });
    const training: SupportLine = {
      target: "training and evaluation",
      verdict: notes.length === 0 ? "supported" : "converted",
      why: [`a chain of ${network.layers.length} layers`, ...notes].join("; "),
    };
    return [runs, training, ...Object.keys(targets).map((name) => targetLine(name, network))];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = `${error.code}: ${error.message}`;
    const others = ["training and evaluation", ...Object.keys(targets)];
    return [runs, ...others.map((target): SupportLine => ({ target, verdict: "not supported", why }))];
  }
}

function targetLine(name: string, network: Parameters<typeof lowerNetwork>[0]): SupportLine {
  try {
    const integers = lowerNetwork(network, parseConfig({}, "defaults").numerics);
    const target = targets[name as keyof typeof targets];
    const choice = { family: "layer-pipeline", weightStorage: "dense", lanes: network.layers.map(() => 2) } as const;
    const [problem] = families["layer-pipeline"].check(integers, choice, target);
    if (problem !== undefined)
      return { target: name, verdict: "not supported", why: `${problem.code}: ${problem.message}` };
    const loss = "weights to 8 bits, decays to 8 bits below the point, potentials saturate; measure it with eval";
    return { target: name, verdict: "converted", why: loss };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { target: name, verdict: "not supported", why: `${error.code}: ${error.message}` };
  }
}
