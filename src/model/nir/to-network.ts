// A chain of synapses and neurons as a Network; whatever else a graph holds is refused with the node and the reason.

import { assertDefined, UserError } from "../../base/index.ts";
import type { DenseLayer, InputPooling, Layer, Network } from "../network/index.ts";
import { neuronOf, type NeuronSpec } from "../neuron/index.ts";
import { tensor, type Tensor } from "../tensor/index.ts";
import { dialectTraits } from "./dialect-traits.ts";
import { fieldList, fieldNumbers, shownName, type NirPrimitive } from "./graph.ts";
import type { NirPlan } from "./plan.ts";
import type { Population } from "./populations.ts";
import { cellsOf, windowsOf } from "./shapes.ts";

/** A network and where it does otherwise than the graph. */
export interface ConvertedNetwork {
  readonly network: Network;
  readonly notes: readonly string[];
}

/** @throws `nir/no-chain` (exit "unsupported") naming the node and the reason */
export function networkOfNir(
  plan: NirPlan,
  options: { readonly name: string; readonly stepCount: number },
): ConvertedNetwork {
  const notes: string[] = [];
  const layers: Layer[] = [];
  let part: Part = { at: single(plan, plan.graph.inputs, "Input"), pooling: undefined, synapse: undefined };
  const input = assertDefined(plan.shapes[part.at], "shape");
  for (;;) {
    const next = follow(plan, part.at);
    if (next === undefined) break;
    const { node, path } = nodeAt(plan, next);
    const population = plan.populations.get(next);
    if (population !== undefined) {
      layers.push(layerOf(plan, part, next, population, notes));
      part = { at: next, pooling: undefined, synapse: undefined };
    } else if (node.type === "Output") break;
    else part = { ...take(plan, part, next, node, path), at: next };
  }
  const last = assertDefined(layers.at(-1), "layer");
  if (part.synapse !== undefined || part.pooling !== undefined) {
    throw noChain(nodeAt(plan, part.at).path, "no neurons follow its weights");
  }
  for (const { notes: own } of plan.populations.values()) notes.push(...own);
  if (dialectTraits[plan.discretization.dialect].sendsLate)
    notes.push("every layer's spikes come one step earlier than in the dialect");
  const readout = neuronOf(last.neuron).spike.op === "constant" ? "membrane" : "count";
  const network: Network = {
    kind: "network",
    name: options.name,
    inputCount: cellsOf(input),
    stepCount: options.stepCount,
    layers,
    readout: { kind: readout },
  };
  return { network, notes: [...new Set(notes)] };
}

// ---------------------------------------------------------------------------------------------------------------------

/** What was met since the last neurons. */
interface Part {
  readonly at: number;
  readonly pooling: InputPooling | undefined;
  readonly synapse:
    | { readonly node: NirPrimitive; readonly path: string; readonly input: readonly number[] }
    | undefined;
}

function noChain(path: string, why: string): UserError {
  const hint = "check:nir and `lacuna inspect` take any graph; training and hardware need a chain of layers";
  return new UserError("nir/no-chain", `node ${shownName(path)}: ${why}`, { exit: "unsupported", path, hint });
}

function nodeAt(plan: NirPlan, index: number): NirPlan["graph"]["nodes"][number] {
  return assertDefined(plan.graph.nodes[index], "node");
}

function single(plan: NirPlan, ports: readonly number[], kind: string): number {
  const [port] = ports;
  if (port !== undefined && ports.length === 1) return port;
  throw new UserError("nir/no-chain", `the graph has ${ports.length} ${kind} nodes; a chain has one`, {
    exit: "unsupported",
  });
}

/** The one user of a node that does not lead back. */
function follow(plan: NirPlan, at: number): number | undefined {
  const users = plan.graph.nodes.flatMap(({ from }, user) =>
    from.includes(at) && !isRecurrent(plan, user, at) ? [user] : [],
  );
  if (users.length > 1) throw noChain(nodeAt(plan, at).path, `its output goes to ${users.length} nodes`);
  return users[0];
}

/** Weights from a population back to itself. */
function isRecurrent(plan: NirPlan, node: number, population: number): boolean {
  const {
    from,
    node: { type },
  } = nodeAt(plan, node);
  if (type !== "Affine" && type !== "Linear") return false;
  return from.length === 1 && from[0] === population && nodeAt(plan, population).from.includes(node);
}

function take(plan: NirPlan, part: Part, index: number, node: NirPrimitive, path: string): Part {
  if (nodeAt(plan, index).from.length > 1) throw noChain(path, "several outputs arrive and are added");
  const input = assertDefined(plan.shapes[part.at], "shape");
  switch (node.type) {
    case "Flatten":
    case "Input":
    case "Output":
      return part;
    case "Affine":
    case "Linear":
    case "Conv2d":
      if (part.synapse !== undefined) throw noChain(path, "weights follow weights without neurons between");
      return { ...part, synapse: { node, path, input } };
    case "SumPool2d":
    case "AvgPool2d":
      if (part.synapse !== undefined) throw noChain(path, "currents are pooled; a chain pools spikes");
      if (part.pooling !== undefined) throw noChain(path, "two poolings follow each other");
      return { ...part, pooling: poolingOf(node, path, input) };
    default:
      throw noChain(path, `a chain of layers has no ${node.type}`);
  }
}

function poolingOf(
  node: NirPrimitive,
  path: string,
  [channels = 1, rows = 1, columns = 1]: readonly number[],
): InputPooling {
  const [tall, wide] = windowsOf(node);
  if (tall === undefined || wide === undefined || tall.size !== wide.size || tall.stride !== wide.stride) {
    throw noChain(path, "its windows are not square");
  }
  if (tall.before > 0 || wide.before > 0) throw noChain(path, "it pads what it pools");
  const kind = node.type === "SumPool2d" ? "sum" : "average";
  return { kind, size: tall.size, stride: tall.stride, grid: { rows, columns, channels } };
}

function layerOf(plan: NirPlan, part: Part, index: number, population: Population, notes: string[]): Layer {
  const { path } = nodeAt(plan, index);
  const { synapse } = part;
  if (synapse === undefined) throw noChain(path, "no weights lead to its neurons");
  const gains = foldGain(population);
  const shape = assertDefined(plan.shapes[index], "shape");
  const order = channelsLast(shape);
  const own = Object.entries(gains.neuronParameters).map(([name, values]) => {
    return [
      name,
      tensor(
        [values.length],
        Float32Array.from(order, (from) => values[from] ?? 0),
      ),
    ] as const;
  });
  const common = {
    name: path,
    neuronCount: population.count,
    neuron: gains.neuron,
    ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) as Record<string, Tensor> }),
    ...(part.pooling === undefined ? {} : { inputPooling: part.pooling }),
  };
  if (synapse.node.type === "Conv2d") return convLayer(common, synapse, shape, gains);
  return denseLayer(plan, index, common, synapse, gains, notes);
}

type Common = Omit<DenseLayer, "kind" | "weights" | "bias">;

/** The gain and drift of scaled neurons, to be carried by weights and bias. */
interface Gains {
  readonly neuron: NeuronSpec;
  readonly neuronParameters: Readonly<Record<string, Float32Array>>;
  gain(neuron: number): number;
  drift(neuron: number): number;
}

function foldGain({ neuron, neuronParameters = {} }: Population): Gains {
  if (neuron.variant?.isScaled !== true) return { neuron, neuronParameters, gain: () => 1, drift: () => 0 };
  const { isScaled: _, ...variant } = neuron.variant;
  const { gain = 1, drift = 0, ...parameters } = neuron.parameters;
  const { gain: gains, drift: drifts, ...others } = neuronParameters;
  return {
    neuron: {
      model: neuron.model,
      reset: neuron.reset,
      parameters,
      ...(Object.keys(variant).length === 0 ? {} : { variant }),
    },
    neuronParameters: others,
    gain: (n) => gains?.[n] ?? gain,
    drift: (n) => drifts?.[n] ?? drift,
  };
}

/** For each place of a grid numbered channels last, the place with channels first, as NIR numbers it. */
function channelsLast(shape: readonly number[]): number[] {
  const [channels = 1, rows = 1, columns = 1] = shape.length === 3 ? shape : [1, 1, cellsOf(shape)];
  return Array.from({ length: channels * rows * columns }, (_, at) => {
    const [channel, cell] = [at % channels, Math.floor(at / channels)];
    return channel * rows * columns + cell;
  });
}

function denseLayer(
  plan: NirPlan,
  index: number,
  common: Common,
  { node, input }: NonNullable<Part["synapse"]>,
  gains: Gains,
  notes: string[],
): DenseLayer {
  const matrix = assertDefined(fieldNumbers(node, "weight"), "weight");
  const [outputs = 0, inputs = 0] = matrix.shape;
  const order = channelsLast(input.length === 1 ? flattenedFrom(plan, index, input) : input);
  const weights = new Float32Array(inputs * outputs);
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++) {
      weights[i * outputs + o] = (matrix.values[o * inputs + (order[i] ?? i)] ?? 0) * gains.gain(o);
    }
  }
  const back = recurrence(plan, index);
  const bias = Float32Array.from({ length: outputs }, (_, o) => {
    const own = (fieldNumbers(node, "bias")?.values[o] ?? 0) + (back?.bias?.[o] ?? 0);
    return own * gains.gain(o) + gains.drift(o);
  });
  if (
    back?.bias?.some((value) => value !== 0) === true &&
    dialectTraits[plan.discretization.dialect].recurrentDelay === "currents"
  ) {
    notes.push("the bias of a recurrent connection arrives in the first step too; in the dialect it does not");
  }
  if (back !== undefined && plan.populations.get(index)?.firesFirst === true) {
    throw noChain(common.name, "its recurrent weights see the spikes of the same step");
  }
  return {
    ...common,
    kind: "dense",
    weights: tensor([inputs, outputs], weights),
    ...(bias.some((value) => value !== 0) ? { bias: tensor([outputs], bias) } : {}),
    ...(back === undefined ? {} : { recurrentWeights: recurrentTensor(back.weights, outputs, gains) }),
  };
}

/** The grid that a Flatten before this layer's weights joined, or the shape itself. */
function flattenedFrom(plan: NirPlan, index: number, input: readonly number[]): readonly number[] {
  let at = index;
  for (let step = 0; step < plan.graph.nodes.length; step++) {
    const before = nodeAt(plan, at).from.find((source) => !isRecurrent(plan, source, index));
    if (before === undefined || (step > 0 && plan.populations.has(before))) break;
    const shape = plan.shapes[before];
    if (shape?.length === 3 && cellsOf(shape) === cellsOf(input)) return shape;
    at = before;
  }
  const [before] = nodeAt(plan, at).from;
  const shape = before === undefined ? undefined : plan.shapes[before];
  return shape?.length === 3 && cellsOf(shape) === cellsOf(input) ? shape : input;
}

function recurrence(
  plan: NirPlan,
  index: number,
): { readonly weights: ArrayLike<number>; readonly bias: Float64Array | undefined } | undefined {
  const backs = nodeAt(plan, index).from.filter((source) => isRecurrent(plan, source, index));
  const [back] = backs;
  if (back === undefined) return undefined;
  const { node, path } = nodeAt(plan, back);
  if (backs.length > 1) throw noChain(path, "a layer has one recurrent connection");
  const bias = fieldNumbers(node, "bias")?.values;
  return {
    weights: assertDefined(fieldNumbers(node, "weight"), "weight").values,
    bias: bias === undefined ? undefined : Float64Array.from(bias),
  };
}

function recurrentTensor(values: ArrayLike<number>, count: number, gains: Gains): Tensor {
  const weights = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let o = 0; o < count; o++) weights[i * count + o] = (values[o * count + i] ?? 0) * gains.gain(o);
  }
  return tensor([count, count], weights);
}

function convLayer(
  common: Common,
  { node, path, input }: NonNullable<Part["synapse"]>,
  shape: readonly number[],
  gains: Gains,
): Layer {
  const [tall, wide] = windowsOf(node).map((window) => ({ ...window, isEven: window.before === window.after }));
  const isSquare =
    tall?.stride === wide?.stride && tall?.before === wide?.before && tall?.isEven === true && wide?.isEven === true;
  if (tall === undefined || wide === undefined || !isSquare)
    throw noChain(path, "stride and padding differ by direction");
  if (tall.dilation !== 1 || wide.dilation !== 1) throw noChain(path, "a layer has no dilation");
  const kernel = assertDefined(fieldNumbers(node, "weight"), "weight");
  const [outputs = 0, perGroup = 0, rows = 0, columns = 0] = kernel.shape;
  const [channels = 0, inputRows = 0, inputColumns = 0] = input;
  const plane = cellsOf(shape) / outputs;
  const gainOf = uniformGain(gains, outputs, plane, path);
  const weights = new Float32Array(kernel.values.length);
  let to = 0;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let i = 0; i < perGroup; i++)
        for (let o = 0; o < outputs; o++)
          weights[to++] = (kernel.values[((o * perGroup + i) * rows + y) * columns + x] ?? 0) * gainOf(o);
  const own = fieldNumbers(node, "bias")?.values;
  const bias = Float32Array.from({ length: outputs }, (_, o) => (own?.[o] ?? 0) * gainOf(o) + gains.drift(o * plane));
  const [, outRows = 1, outColumns = 1] = shape;
  return {
    ...common,
    kind: "conv",
    input: { rows: inputRows, columns: inputColumns, channels },
    output: { rows: outRows, columns: outColumns, channels: outputs },
    stride: tall.stride,
    padding: tall.before,
    groups: fieldList(node, "groups")?.[0] ?? 1,
    weights: tensor([rows, columns, perGroup, outputs], weights),
    ...(bias.some((value) => value !== 0) ? { bias: tensor([outputs], bias) } : {}),
  };
}

/** A convolution shares its weights, so its neurons must share their gain. */
function uniformGain(gains: Gains, outputs: number, plane: number, path: string): (channel: number) => number {
  for (let n = 0; n < outputs * plane; n++) {
    const first = Math.floor(n / plane) * plane;
    if (gains.gain(n) !== gains.gain(first) || gains.drift(n) !== gains.drift(first)) {
      throw noChain(path, "its neurons scale their input differently");
    }
  }
  return (channel) => gains.gain(channel * plane);
}
