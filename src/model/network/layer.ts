import { neuronOf, type NeuronSpec } from "../neuron/index.ts";
import { tensor, type Quantizer, type Tensor } from "../tensor/index.ts";
import type { Delays } from "./delays.ts";
import type { Normalization } from "./normalization.ts";

/** Synapses and the neurons that they feed. */
export type Layer = DenseLayer | ConvLayer;

interface LayerCommon {
  readonly name: string;
  readonly neuronCount: number;
  readonly neuron: NeuronSpec;
  /** Parameters that differ from neuron to neuron, by name, in place of those in `neuron`. Shape [neuron]. */
  readonly neuronParameters?: Readonly<Record<string, Tensor>>;
  /** Spikes are pooled before they reach the synapses. */
  readonly inputPooling?: InputPooling;
  /** Present when the weights lie on this quantizer's grid; scales of channels are those of the weights' last axis. */
  readonly quantizer?: Quantizer;
  /** Currents are normalized before the bias is added. */
  readonly normalization?: Normalization;
}

/** All-to-all synapses into a population of neurons; recurrent when `recurrentWeights` is given. */
export interface DenseLayer extends LayerCommon {
  readonly kind: "dense";
  /** Shape [input, neuron]: row i is what a spike of (pooled) input i adds to every neuron; [row, neuron] with `delays`. */
  readonly weights: Tensor;
  /** Added to the input of every step. Shape [neuron]. */
  readonly bias?: Tensor;
  /** Which input, and how long ago, each row of the weights sees. */
  readonly delays?: Delays;
  /** Shape [neuron, neuron]: row i is what a spike of neuron i adds in the next step. */
  readonly recurrentWeights?: Tensor;
  /** The grid of the recurrent weights; that of the weights when absent. */
  readonly recurrentQuantizer?: Quantizer;
}

/** Two-dimensional convolution; inputs and neurons are numbered channels-last: (row · columns + column) · channels + channel. */
export interface ConvLayer extends LayerCommon {
  readonly kind: "conv";
  /** What the synapses see, after `inputPooling`. */
  readonly input: Grid;
  /** The neurons, after `pooling`. */
  readonly output: Grid;
  readonly stride: number;
  /** Rows and columns of silence around the input. */
  readonly padding: number;
  readonly groups: number;
  /** Shape [kernel row, kernel column, input channel / groups, output channel]. */
  readonly weights: Tensor;
  /** Shape [output channel]. */
  readonly bias?: Tensor;
  /** Currents are pooled before they reach the neurons. */
  readonly pooling?: Pooling;
}

/** Rows × columns of channels. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

/** Windows of `size` × `size`, `stride` apart; what does not fill a window is left out. */
export interface Pooling {
  readonly kind: "max" | "sum" | "average";
  readonly size: number;
  readonly stride: number;
}

/** Pooling of spikes that arrive as `grid`; the largest of bits is their union. */
export interface InputPooling extends Pooling {
  readonly grid: Grid;
}

/** Rows · columns · channels. */
export function cellCount({ rows, columns, channels }: Grid): number {
  return rows * columns * channels;
}

/** The grid after pooling. */
export function pooledGrid(grid: Grid, { size, stride }: Pooling): Grid {
  const shrink = (length: number): number => Math.floor((length - size) / stride) + 1;
  return { rows: shrink(grid.rows), columns: shrink(grid.columns), channels: grid.channels };
}

/** The sums of a convolution before `pooling`. */
export function convolvedGrid(layer: Pick<ConvLayer, "input" | "stride" | "padding" | "weights">): Grid {
  const [kernelRows = 0, kernelColumns = 0, , channels = 0] = layer.weights.shape;
  const slide = (length: number, kernel: number): number =>
    Math.floor((length + 2 * layer.padding - kernel) / layer.stride) + 1;
  return { rows: slide(layer.input.rows, kernelRows), columns: slide(layer.input.columns, kernelColumns), channels };
}

/** Inputs of a layer's synapses: what arrives, pooled, or one for each delayed row. */
export function synapseInputCount(layer: Layer, arriving: number): number {
  const delays = delaysOf(layer);
  if (delays !== undefined) return delays.sources.length;
  return layer.inputPooling === undefined
    ? arriving
    : cellCount(pooledGrid(layer.inputPooling.grid, layer.inputPooling));
}

/** Delays of a layer's synapses, where it has them. */
export function delaysOf(layer: Layer): Delays | undefined {
  return layer.kind === "dense" ? layer.delays : undefined;
}

/** The last axis of a layer's weights: neurons, or output channels. */
export function layerColumns({ kind, neuronCount, weights }: Layer): number {
  return kind === "conv" ? (weights.shape.at(-1) ?? 1) : neuronCount;
}

/** Weights from a layer's neurons to themselves, where it has them. */
export function recurrentWeightsOf(layer: Layer): Tensor | undefined {
  return layer.kind === "dense" ? layer.recurrentWeights : undefined;
}

/** The grid of a layer's recurrent weights. */
export function recurrentQuantizerOf(layer: Layer): Quantizer | undefined {
  return (layer.kind === "dense" ? layer.recurrentQuantizer : undefined) ?? layer.quantizer;
}

/** A dense layer with zero weights. */
export function denseLayer(
  name: string,
  shape: { readonly inputCount: number; readonly neuronCount: number; readonly recurrent?: boolean },
  neuron: NeuronSpec,
): DenseLayer {
  const { inputCount, neuronCount } = shape;
  return {
    kind: "dense",
    name,
    neuronCount,
    neuron,
    weights: tensor([inputCount, neuronCount]),
    ...(shape.recurrent === true ? { recurrentWeights: tensor([neuronCount, neuronCount]) } : {}),
  };
}

/**
 * A convolution with zero weights and output channels as named. The grid of its neurons follows.
 * @param kernel  Rows and columns of the (square) kernel.
 */
export function convLayer(
  name: string,
  shape: {
    readonly input: Grid;
    readonly channels: number;
    readonly kernel: number;
    readonly stride?: number;
    readonly padding?: number;
    readonly groups?: number;
    readonly pooling?: Pooling;
    readonly inputPooling?: InputPooling;
  },
  neuron: NeuronSpec,
): ConvLayer {
  const { input, channels, kernel, stride = 1, padding = 0, groups = 1, pooling, inputPooling } = shape;
  const weights = tensor([kernel, kernel, input.channels / groups, channels]);
  const sums = convolvedGrid({ input, stride, padding, weights });
  const output = pooling === undefined ? sums : pooledGrid(sums, pooling);
  return {
    kind: "conv",
    name,
    neuronCount: cellCount(output),
    neuron,
    input,
    output,
    stride,
    padding,
    groups,
    weights,
    ...(pooling === undefined ? {} : { pooling }),
    ...(inputPooling === undefined ? {} : { inputPooling }),
  };
}

/** Whether a layer can fire at all. */
export function layerFires(layer: Layer): boolean {
  return neuronOf(layer.neuron).spike.op !== "constant";
}
