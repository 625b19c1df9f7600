// A neuron is dead when no input could ever show its existence: it cannot fire, or nobody listens. Removing it changes no sum by a
// single bit, because a zero weight or a spike that never comes adds nothing. What dies with it is found in the next round.

import { assertDefined } from "../../../base/index.ts";
import { neuronOf, stepNeuron } from "../../neuron/index.ts";
import { tensor, type Quantizer, type Tensor } from "../../tensor/index.ts";
import { delaysOf, recurrentWeightsOf, type ConvLayer, type DenseLayer, type Layer } from "../layer.ts";
import type { Network } from "../network.ts";

/** What a network lost. */
export interface Removal {
  readonly network: Network;
  /** Neurons removed, or whole output channels of a convolution, by layer. Shape [layer]. */
  readonly removed: readonly number[];
}

/**
 * The network without dead hidden neurons (and output channels of convolutions): every decision, count and potential of the
 * classes stays the same, bit for bit. At least one neuron stays in every layer.
 */
export function removeDeadNeurons(network: Network): Removal {
  let current = network;
  const removed = network.layers.map(() => 0);
  for (;;) {
    const index = current.layers.findIndex((_, l) => l < current.layers.length - 1 && keptOf(current, l) !== undefined);
    if (index < 0) return { network: current, removed };
    const kept = assertDefined(keptOf(current, index), "kept neurons");
    removed[index] = (removed[index] ?? 0) + columnsOf(assertDefined(current.layers[index], "layer")) - kept.length;
    current = withoutColumns(current, index, kept);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** Neurons of a dense layer, output channels of a convolution. */
function columnsOf(layer: Layer): number {
  return layer.weights.shape.at(-1) ?? 0;
}

/** Columns of a hidden layer that matter; undefined when all do, or when the layer cannot be cut. */
function keptOf(network: Network, index: number): number[] | undefined {
  const layer = assertDefined(network.layers[index], "layer");
  const next = assertDefined(network.layers[index + 1], "next layer");
  if (layer.kind === "conv" && (layer.groups !== 1 || layer.neuronParameters !== undefined)) return undefined;
  if (next.kind === "conv" && next.groups !== 1) return undefined;
  if (delaysOf(next) !== undefined || layer.normalization !== undefined) return undefined;
  const columns = columnsOf(layer);
  const isReached = reached(layer);
  const isHeard = heard(network, index);
  const all = Array.from({ length: columns }, (_, column) => column);
  const kept = all.filter((column) => isReached(column) && isHeard[column] === 1);
  if (kept.length === columns || columns === 1) return undefined;
  return kept.length > 0 ? kept : [0];
}

/** Whether a column gets any input: without it, a neuron that stays at rest never fires. */
function reached(layer: Layer): (column: number) => boolean {
  if (!restsWithoutInput(layer)) return () => true;
  const columns = columnsOf(layer);
  const isReached = new Uint8Array(columns);
  const mark = (values: Float32Array): void =>
    values.forEach((value, i) => {
      if (value !== 0) isReached[i % columns] = 1;
    });
  mark(layer.weights.data);
  if (layer.bias !== undefined) mark(layer.bias.data);
  const recurrent = recurrentWeightsOf(layer);
  if (recurrent !== undefined) mark(recurrent.data);
  return (column) => isReached[column] === 1;
}

/** Whether a neuron at rest stays silent for ever when its input is 0: by its definition, not by its name. */
function restsWithoutInput(layer: Layer): boolean {
  const neuron = neuronOf(layer.neuron);
  const rest = Object.fromEntries(neuron.state.map((name) => [name, 0]));
  // Parameters of single neurons could make one of them restless; no need to look at each for a rare case.
  if (layer.neuronParameters !== undefined) return false;
  const { spike, state } = stepNeuron(neuron, { ...layer.neuron.parameters, ...rest, input: 0 });
  return spike === 0 && Object.values(state).every((value) => value === 0);
}

/** Columns whose spikes some weight passes on, to the next layer or to other neurons of their own. Shape [column]. */
function heard(network: Network, index: number): Uint8Array {
  const layer = assertDefined(network.layers[index], "layer");
  const next = assertDefined(network.layers[index + 1], "next layer");
  const columns = columnsOf(layer);
  const isHeard = new Uint8Array(columns);
  const nextColumns = columnsOf(next);
  // Rows of both kinds of layers end in the channel that a spike belongs to.
  next.weights.data.forEach((value, i) => {
    if (value !== 0) isHeard[Math.floor(i / nextColumns) % columns] = 1;
  });
  recurrentWeightsOf(layer)?.data.forEach((value, i) => {
    const from = Math.floor(i / columns);
    if (value !== 0 && from !== i % columns) isHeard[from] = 1;
  });
  return isHeard;
}

function withoutColumns(network: Network, index: number, kept: readonly number[]): Network {
  const layers = network.layers.map((layer, l): Layer => {
    if (l === index) return layer.kind === "dense" ? cutDense(layer, kept) : cutConv(layer, kept);
    const before = network.layers[index];
    return l === index + 1 && before !== undefined ? cutRows(layer, columnsOf(before), kept) : layer;
  });
  return { ...network, layers };
}

function cutDense(layer: DenseLayer, kept: readonly number[]): DenseLayer {
  const { neuronCount, weights, bias, recurrentWeights, neuronParameters, quantizer, recurrentQuantizer } = layer;
  const own = Object.entries(neuronParameters ?? {}).map(([name, values]) => [name, pick(values, neuronCount, kept)]);
  return {
    ...layer,
    neuronCount: kept.length,
    weights: pick(weights, neuronCount, kept),
    ...(bias === undefined ? {} : { bias: pick(bias, neuronCount, kept) }),
    ...(recurrentWeights === undefined
      ? {}
      : { recurrentWeights: pickRows(pick(recurrentWeights, neuronCount, kept), neuronCount, kept) }),
    ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) as Record<string, Tensor> }),
    ...(quantizer === undefined ? {} : { quantizer: cutQuantizer(quantizer, kept) }),
    ...(recurrentQuantizer === undefined ? {} : { recurrentQuantizer: cutQuantizer(recurrentQuantizer, kept) }),
  };
}

/** Scales of the channels that are left. */
function cutQuantizer(quantizer: Quantizer, kept: readonly number[]): Quantizer {
  const { channelScales, scale } = quantizer;
  if (channelScales === undefined) return quantizer;
  return { ...quantizer, channelScales: Float32Array.from(kept, (channel) => channelScales[channel] ?? scale) };
}

function cutConv(layer: ConvLayer, kept: readonly number[]): ConvLayer {
  const channels = columnsOf(layer);
  const output = { ...layer.output, channels: kept.length };
  return {
    ...layer,
    output,
    neuronCount: output.rows * output.columns * output.channels,
    weights: pick(layer.weights, channels, kept),
    ...(layer.bias === undefined ? {} : { bias: pick(layer.bias, channels, kept) }),
    ...(layer.quantizer === undefined ? {} : { quantizer: cutQuantizer(layer.quantizer, kept) }),
  };
}

/** The layer behind: its rows, and the grids that count channels. */
function cutRows(layer: Layer, channels: number, kept: readonly number[]): Layer {
  const weights = pickRows(layer.weights, channels, kept);
  const { inputPooling } = layer;
  const pooling =
    inputPooling === undefined
      ? {}
      : { inputPooling: { ...inputPooling, grid: { ...inputPooling.grid, channels: kept.length } } };
  return layer.kind === "dense"
    ? { ...layer, weights, ...pooling }
    : { ...layer, weights, ...pooling, input: { ...layer.input, channels: kept.length } };
}

/** The columns `kept` of the last axis. */
function pick({ shape, data }: Tensor, columns: number, kept: readonly number[]): Tensor {
  const rows = data.length / columns;
  const picked = tensor([...shape.slice(0, -1), kept.length]);
  for (let row = 0; row < rows; row++) {
    kept.forEach((column, k) => (picked.data[row * kept.length + k] = data[row * columns + column] ?? 0));
  }
  return picked;
}

/** The rows whose channel is kept; rows count channels fastest. */
function pickRows({ shape, data }: Tensor, channels: number, kept: readonly number[]): Tensor {
  const columns = shape.at(-1) ?? 1;
  const groups = data.length / columns / channels;
  const rows = shape.length === 4 ? [...shape.slice(0, 2), kept.length] : [groups * kept.length];
  const picked = tensor([...rows, columns]);
  for (let group = 0; group < groups; group++) {
    kept.forEach((channel, k) => {
      const from = (group * channels + channel) * columns;
      picked.data.set(data.subarray(from, from + columns), (group * kept.length + k) * columns);
    });
  }
  return picked;
}
