// The nodes between the neurons of one layer and the next: pooling, delays, weights, feedback.

import { assertDefined, dataNumbers, UserError, type DataNumbers } from "../../base/index.ts";
import {
  delaysOf,
  recurrentWeightsOf,
  type ConvLayer,
  type DenseLayer,
  type Grid,
  type Layer,
  type Pooling,
} from "../network/index.ts";
import { toChannelsFirst } from "./channel-order.ts";
import { nirIntegers, nirNode, type NirEdge, type NirNode } from "./graph.ts";
import type { NodeNames } from "./node-names.ts";
import { nodeNote } from "./note.ts";
import { cellsOf } from "./shapes.ts";

/** What a layer sees: a node and the shape of what it gives, and the layer whose spikes they are. */
export interface Place {
  readonly node: string;
  readonly shape: readonly number[];
  readonly before: Layer | undefined;
}

export interface PartOptions {
  readonly names: NodeNames;
  /** Of the layer's neurons. */
  readonly name: string;
  readonly stepSeconds: number;
  /** What a neuron's spike adds to its own next input. */
  readonly ownWeight: ((neuron: number) => number) | undefined;
}

/** Nodes and edges from `place` to the neurons of `layer`. @throws `nir/no-layer` (exit "unsupported") with the remedy */
export function layerPart(
  layer: Layer,
  place: Place,
  options: PartOptions,
): { readonly nodes: readonly NirNode[]; readonly edges: readonly NirEdge[] } {
  const part: Part = { layer, options, nodes: [], edges: [], place };
  if (layer.inputPooling !== undefined) poolSpikes(part, layer.inputPooling);
  if (layer.kind === "conv") convolve(part, layer);
  else connect(part, layer);
  feedBack(part);
  return { nodes: part.nodes, edges: part.edges };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Grows node by node from a place to a layer's neurons. */
interface Part {
  readonly layer: Layer;
  readonly options: PartOptions;
  readonly nodes: NirNode[];
  readonly edges: NirEdge[];
  /** The last node and the shape of what it gives. */
  place: Place;
}

function poolSpikes(part: Part, pooling: Pooling & { readonly grid: Grid }): void {
  see(part, pooling.grid);
  if (pooling.kind !== "max") return pool(part, pooling, pooling.grid);
  const { before } = part.place;
  const isBinary = before !== undefined && before.neuron.variant?.spikes !== "many";
  if (!isBinary) throw unsaid(part, "NIR has no max-pooling", "use average or sum pooling: AP2 or SP2");
  // Of bits, the largest is 1 where the sum is above 0: a sum and a threshold.
  pool(part, { ...pooling, kind: "sum" }, pooling.grid);
  const { shape } = part.place;
  const half = new Float64Array(cellsOf(shape)).fill(0.5);
  add(part, "any", "Threshold", { threshold: dataNumbers(half, "float64", shape) }, shape);
}

function convolve(part: Part, layer: ConvLayer): void {
  const { input, stride, padding, groups, weights, bias, pooling } = layer;
  see(part, input);
  const [rows = 0, columns = 0, perGroup = 0, channels = 0] = weights.shape;
  const values = new Float32Array(weights.data.length);
  weights.data.forEach((weight, at) => {
    const [channel, rest] = [at % channels, Math.floor(at / channels)];
    const [from, cell] = [rest % perGroup, Math.floor(rest / perGroup)];
    values[(channel * perGroup + from) * rows * columns + cell] = weight;
  });
  const slid = (length: number, kernel: number): number => Math.floor((length + 2 * padding - kernel) / stride) + 1;
  const sums = { channels, rows: slid(input.rows, rows), columns: slid(input.columns, columns) };
  addWeights(
    part,
    "Conv2d",
    {
      input_shape: nirIntegers([input.rows, input.columns]),
      weight: dataNumbers(values, "float32", [channels, perGroup, rows, columns]),
      bias: dataNumbers(bias?.data ?? new Float32Array(channels), "float32"),
      stride: nirIntegers([stride, stride]),
      padding: nirIntegers([padding, padding]),
      dilation: nirIntegers([1, 1]),
      groups: nirIntegers(groups),
    },
    [channels, sums.rows, sums.columns],
  );
  if (pooling?.kind === "max") {
    const hint = 'pool spikes instead of currents ("pooling of spikes"), or use average or sum pooling';
    throw unsaid(part, "NIR has no max-pooling of currents", hint);
  }
  if (pooling !== undefined) pool(part, pooling, sums);
  close(part);
}

function connect(part: Part, layer: DenseLayer): void {
  const { shape } = part.place;
  const order = toChannelsFirst(shape);
  const delays = delaysOf(layer);
  if (delays !== undefined) return connectDelayed(part, layer, order);
  flatten(part);
  addMatrix(part, layer, order, (input, neuron) => layer.weights.data[input * layer.neuronCount + neuron] ?? 0);
  close(part);
}

function feedBack(part: Part): void {
  const { name } = part.options;
  const recurrent = recurrentWeightsOf(part.layer)?.data;
  const count = part.layer.neuronCount;
  const { ownWeight } = part.options;
  if ((recurrent ?? ownWeight) === undefined) return;
  if (part.layer.neuron.variant?.timing === "spikeFirst") {
    const why = "in NIR, feedback of neurons that fire before their input arrives would come a step earlier";
    throw unsaid(part, why, "leave the feedback out, or fire in the same step");
  }
  if (part.layer.neuron.model === "thresholdUnit") {
    const why = "feedback of neurons without memory is a cycle to which NIR gives no time";
    throw unsaid(part, why, "leave the feedback out, or use integrateFire");
  }
  if (recurrent !== undefined) {
    const weight = transposed(count, count, (from, to) => recurrent[from * count + to] ?? 0);
    cycle(part, nirNode(named(part, "recurrent"), "Linear", { weight }), name);
  }
  if (ownWeight !== undefined) {
    const shape = part.layer.kind === "conv" ? part.place.shape : [count];
    const scale = dataNumbers(Float64Array.from(toChannelsFirst(shape, count), ownWeight), "float64", shape);
    cycle(part, nirNode(named(part, "own"), "Scale", { scale }), name);
  }
}

/** Row k of an input goes through the k-th Delay, each with weights of its own; what arrives is added. */
function connectDelayed(part: Part, layer: DenseLayer, order: readonly number[]): void {
  const { neuronCount, weights } = layer;
  const { sources, steps } = assertDefined(delaysOf(layer), "delays");
  const start = part.place;
  const slots: Map<number, number>[] = [];
  sources.forEach((source, row) => {
    const slot = slots.find((rows) => !rows.has(source));
    if (slot === undefined) slots.push(new Map([[source, row]]));
    else slot.set(source, row);
  });
  slots.forEach((rowOf, k) => {
    part.place = start;
    flatten(part);
    const late = Float64Array.from(order, (cell) => (steps[rowOf.get(cell) ?? -1] ?? 0) * part.options.stepSeconds);
    add(part, "delay", "Delay", { delay: dataNumbers(late) }, [late.length]);
    const { bias: _, ...unbiased } = layer;
    const weightOf = (cell: number, neuron: number): number => {
      const row = rowOf.get(cell);
      return row === undefined ? 0 : (weights.data[row * neuronCount + neuron] ?? 0);
    };
    addMatrix(part, k === 0 ? layer : unbiased, order, weightOf);
    close(part);
  });
}

function addMatrix(
  part: Part,
  layer: DenseLayer,
  order: readonly number[],
  weightOf: (cell: number, neuron: number) => number,
): void {
  const { bias, neuronCount } = layer;
  const weight = transposed(order.length, neuronCount, (place, neuron) => weightOf(order[place] ?? 0, neuron));
  addWeights(
    part,
    bias === undefined ? "Linear" : "Affine",
    { weight, ...(bias === undefined ? {} : { bias: dataNumbers(bias.data, "float32") }) },
    [neuronCount],
  );
}

/** What arrives must have the shape of a grid. */
function see(part: Part, grid: Grid): void {
  const wanted = [grid.channels, grid.rows, grid.columns];
  if (part.place.shape.join() === wanted.join()) return;
  const why = `it sees ${cellsOf(part.place.shape)} neurons in a row as ${wanted.join(" × ")}, and NIR has no node for that`;
  throw unsaid(part, why, "put a convolution before it, or make it a dense layer");
}

function flatten(part: Part): void {
  const { shape } = part.place;
  if (shape.length === 1) return;
  const all = { input_type: nirIntegers(shape), start_dim: nirIntegers(0), end_dim: nirIntegers(-1) };
  add(part, "flatten", "Flatten", all, [cellsOf(shape)]);
}

function pool(part: Part, { kind, size, stride }: Pooling, grid: Grid): void {
  const slid = (length: number): number => Math.floor((length - size) / stride) + 1;
  const windows = {
    kernel_size: nirIntegers([size, size]),
    stride: nirIntegers([stride, stride]),
    padding: nirIntegers([0, 0]),
  };
  const type = kind === "sum" ? "SumPool2d" : "AvgPool2d";
  add(part, "pool", type, windows, [grid.channels, slid(grid.rows), slid(grid.columns)]);
}

function addWeights(
  part: Part,
  type: "Conv2d" | "Affine" | "Linear",
  fields: Readonly<Record<string, DataNumbers>>,
  shape: number[],
): void {
  const { quantizer } = part.layer;
  const grid =
    quantizer === undefined
      ? undefined
      : JSON.stringify({
          ...quantizer,
          ...(quantizer.channelScales === undefined ? {} : { channelScales: [...quantizer.channelScales] }),
        });
  add(part, "weights", type, fields, shape, grid);
}

function add(
  part: Part,
  what: string,
  type: Parameters<typeof nirNode>[1],
  fields: Readonly<Record<string, DataNumbers>>,
  shape: readonly number[],
  quantizer?: string,
): void {
  const name = named(part, what);
  part.nodes.push(nirNode(name, type, fields, nodeNote({ quantizer }).metadata));
  part.edges.push([part.place.node, name]);
  part.place = { ...part.place, node: name, shape };
}

function close(part: Part): void {
  part.edges.push([part.place.node, part.options.name]);
}

function cycle(part: Part, node: NirNode, name: string): void {
  part.nodes.push(node);
  part.edges.push([name, node.name], [node.name, name]);
}

function named(part: Part, what: string): string {
  return part.options.names.own(`${part.options.name}.${what}`);
}

function unsaid(part: Part, why: string, hint: string): UserError {
  const { name } = part.layer;
  return new UserError("nir/no-layer", `"${name}": ${why}`, { exit: "unsupported", path: name, hint });
}
/** NIR's matrices are [out, in]. */
function transposed(inputs: number, outputs: number, weightOf: (input: number, output: number) => number): DataNumbers {
  const values = new Float32Array(inputs * outputs);
  for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) values[o * inputs + i] = weightOf(i, o);
  return dataNumbers(values, "float32", [outputs, inputs]);
}
