// A Network as a NIR graph. What NIR cannot say (how a neuron resets, seconds per step) is noted in metadata of our own.

import {
  assertDefined,
  dataGroup,
  dataNumbers,
  dataText,
  memberOf,
  UserError,
  type DataGroup,
  type DataItem,
} from "../../base/index.ts";
import { recurrentWeightsOf, type Layer, type Network } from "../network/index.ts";
import type { DialectName } from "../neuron/index.ts";
import { nirIntegers, nirNode, type NirEdge, type NirGraph, type NirNode } from "./graph.ts";
import { resetChoices, type ResetChoice } from "./populations.ts";

/** What our own files note beside the graph. */
export interface NirNote {
  readonly dialect?: DialectName | undefined;
  readonly stepSeconds?: number | undefined;
  readonly reset?: ResetChoice | undefined;
  readonly stepCount?: number | undefined;
  /** The experiment document, as JSON. */
  readonly config?: string | undefined;
}

/** Metadata with a note added; what others noted stays. */
export function withNote(metadata: DataGroup | undefined, note: NirNote): DataGroup {
  const own: readonly (readonly [string, DataItem | undefined])[] = [
    ["lacuna_config", note.config === undefined ? undefined : dataText(note.config)],
    ["lacuna_dialect", note.dialect === undefined ? undefined : dataText(note.dialect)],
    ["lacuna_dt", note.stepSeconds === undefined ? undefined : dataNumbers(note.stepSeconds)],
    ["lacuna_reset", note.reset === undefined ? undefined : dataText(note.reset)],
    ["lacuna_steps", note.stepCount === undefined ? undefined : dataNumbers(note.stepCount, "int64")],
  ];
  const kept = (metadata?.members ?? []).filter(
    ([name]) => !own.some(([known, item]) => known === name && item !== undefined),
  );
  return dataGroup(
    [...kept, ...own.filter((entry): entry is [string, DataItem] => entry[1] !== undefined)],
    metadata?.attributes ?? [],
  );
}

/** The note of a file of ours. */
export function noteOf(metadata: DataGroup | undefined): {
  readonly [Key in keyof NirNote]: Key extends "dialect" | "reset" ? string | undefined : NirNote[Key];
} {
  const text = (name: string): string | undefined => {
    const item = metadata === undefined ? undefined : memberOf(metadata, name);
    return item?.kind === "texts" ? item.values[0] : undefined;
  };
  const number = (name: string): number | undefined => {
    const item = metadata === undefined ? undefined : memberOf(metadata, name);
    return item?.kind === "numbers" ? item.values[0] : undefined;
  };
  return {
    dialect: text("lacuna_dialect"),
    stepSeconds: number("lacuna_dt"),
    reset: text("lacuna_reset"),
    stepCount: number("lacuna_steps"),
    config: text("lacuna_config"),
  };
}

/** Whether a text names a reset. */
export function isResetChoice(text: string): text is ResetChoice {
  return resetChoices.some((known) => known === text);
}

/**
 * @throws `nir/no-neuron`, `nir/no-layer` (exit "unsupported") for what NIR has no node for
 */
export function nirOfNetwork(network: Network, stepSeconds: number, config?: string): NirGraph {
  const [input, output] = ["input", "output"].map((name) => unused(name, network));
  const nodes: NirNode[] = [
    nirNode(assertDefined(input, "name"), "Input", { shape: nirIntegers([network.inputCount]) }),
  ];
  const edges: NirEdge[] = [];
  let before = assertDefined(input, "name");
  let inputs = network.inputCount;
  for (const layer of network.layers) {
    if (layer.kind !== "dense") throw noLayer(layer, "convolutions number their neurons otherwise");
    if (layer.inputPooling !== undefined || layer.delays !== undefined || layer.normalization !== undefined) {
      throw noLayer(layer, "pooling, delays and normalization of dense layers are not written");
    }
    const weights = nirNode(`${layer.name}.weights`, layer.bias === undefined ? "Linear" : "Affine", {
      weight: transposed(layer.weights.data, inputs, layer.neuronCount),
      ...(layer.bias === undefined ? {} : { bias: dataNumbers(layer.bias.data, "float32") }),
    });
    nodes.push(weights, neuronNode(layer, stepSeconds));
    edges.push([before, weights.name], [weights.name, layer.name]);
    const recurrent = recurrentWeightsOf(layer);
    if (recurrent !== undefined) {
      const name = `${layer.name}.recurrent`;
      nodes.push(nirNode(name, "Linear", { weight: transposed(recurrent.data, layer.neuronCount, layer.neuronCount) }));
      edges.push([layer.name, name], [name, layer.name]);
    }
    before = layer.name;
    inputs = layer.neuronCount;
  }
  nodes.push(nirNode(assertDefined(output, "name"), "Output", { shape: nirIntegers([inputs]) }));
  edges.push([before, assertDefined(output, "name")]);
  const reset = assertDefined(network.layers[0], "layer").neuron.reset.kind;
  const note: NirNote = {
    dialect: "nir",
    stepSeconds,
    stepCount: network.stepCount,
    config,
    ...(reset === "none" ? {} : { reset }),
  };
  return { kind: "nir-graph", version: "", nodes, edges, metadata: withNote(undefined, note) };
}

// ---------------------------------------------------------------------------------------------------------------------

/** A name that no layer has. */
function unused(name: string, network: Network): string {
  return network.layers.some((layer) => layer.name === name) ? unused(`${name}_`, network) : name;
}

function noLayer(layer: Layer, why: string): UserError {
  return new UserError("nir/no-layer", `"${layer.name}": ${why}`, { exit: "unsupported", path: layer.name });
}

/** NIR's matrices are [out, in]. */
function transposed(rows: Float32Array, inputs: number, outputs: number): DataItem & { kind: "numbers" } {
  const values = new Float32Array(inputs * outputs);
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < outputs; o++) values[o * inputs + i] = rows[i * outputs + o] ?? 0;
  return dataNumbers(values, "float32", [outputs, inputs]);
}

function neuronNode(layer: Layer, stepSeconds: number): NirNode {
  const { neuron, neuronCount: count } = layer;
  const all = (values: (neuron: number) => number): DataItem & { kind: "numbers" } =>
    dataNumbers(Float64Array.from({ length: count }, (_, n) => values(n)));
  const own =
    (name: string) =>
    (n: number): number =>
      layer.neuronParameters?.[name]?.data[n] ?? assertDefined(neuron.parameters[name], name);
  const tau =
    (name: string) =>
    (n: number): number =>
      stepSeconds / (1 - own(name)(n));
  const perStep =
    (name: string) =>
    (n: number): number =>
      tau(name)(n) / stepSeconds;
  if (neuron.variant !== undefined) throw noNeuron(layer, "a variant of firing or reset");
  const reset = neuron.reset.kind === "value" ? neuron.reset.value : 0;
  const fires = { v_threshold: all(own("threshold")), v_reset: all(() => reset) };
  const zero = all(() => 0);
  switch (neuron.model) {
    case "integrateFire":
      return nirNode(layer.name, "IF", { r: all(() => 1 / stepSeconds), ...fires });
    case "lif":
      return nirNode(layer.name, "LIF", { tau: all(tau("decay")), r: all(perStep("decay")), v_leak: zero, ...fires });
    case "leakyIntegrator":
      return nirNode(layer.name, "LI", { tau: all(tau("decay")), r: all(perStep("decay")), v_leak: zero });
    case "cubaLif":
      return nirNode(layer.name, "CubaLIF", {
        tau_syn: all(tau("currentDecay")),
        tau_mem: all(tau("decay")),
        r: all(perStep("decay")),
        w_in: all(perStep("currentDecay")),
        v_leak: zero,
        ...fires,
      });
    default:
      throw noNeuron(layer, `the model ${neuron.model}`);
  }
}

function noNeuron(layer: Layer, what: string): UserError {
  return new UserError("nir/no-neuron", `"${layer.name}": NIR has no node for ${what}`, {
    exit: "unsupported",
    path: layer.name,
  });
}
