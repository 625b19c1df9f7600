// Synapses of a network as synapses of hardware: what is linear is folded into shapes, rows and the unit of the weights.

import { UserError } from "../../base/index.ts";
import {
  convolvedGrid,
  type ConvLayer,
  type DenseLayer,
  type InputPooling,
  type Layer,
  type Pooling,
} from "../../model/network/index.ts";
import { windowCount, windowsAround, type IntegerConvolution, type Windows } from "./convolution.ts";
import type { SynapseShape } from "./synapses.ts";

export interface LoweredSynapses {
  readonly shape: SynapseShape;
  /** Real weights, before `fold`. */
  readonly weights: Float32Array;
  /** Quantized weights to those of the shape. */
  readonly fold?: (weights: Int16Array) => Int16Array;
  /** What an average leaves of a weight: the unit shrinks by it. */
  readonly share: number;
  readonly bias: Float32Array | undefined;
  /** How often a neuron's sum contains its bias, in shares. */
  readonly biasTimes: number;
}

/** @throws `lower/pooling` where window sums of a dense layer's input overlap */
export function lowerSynapses(layer: Layer, inputCount: number): LoweredSynapses {
  return layer.kind === "dense" ? lowerDense(layer, inputCount) : lowerConvolution(layer, inputCount);
}

// ---------------------------------------------------------------------------------------------------------------------

function lowerDense(layer: DenseLayer, inputCount: number): LoweredSynapses {
  const { neuronCount, recurrentWeights, inputPooling, bias } = layer;
  const forward =
    inputPooling === undefined || inputPooling.kind === "max" ? layer.weights.data : summedRows(layer, inputPooling);
  const share = shareOf(inputPooling);
  if (recurrentWeights !== undefined && share !== 1) {
    const message = `"${layer.name}": averages feed it, but not its own spikes, and both share one unit`;
    throw new UserError("lower/pooling", message, { path: layer.name, hint: 'pool by "sum"', exit: "unsupported" });
  }
  const weights = new Float32Array(forward.length + (recurrentWeights?.data.length ?? 0));
  weights.set(forward);
  if (recurrentWeights !== undefined) weights.set(recurrentWeights.data, forward.length);
  return {
    shape: { inputCount, neuronCount, ...(recurrentWeights === undefined ? {} : { isRecurrent: true }) },
    weights,
    share,
    bias: bias?.data,
    biasTimes: 1,
  };
}

/** One row per spike that arrives before the pooling: the row of its window. */
function summedRows(layer: DenseLayer, pooling: InputPooling): Float32Array {
  if (pooling.stride < pooling.size) {
    const message = `"${layer.name}": windows of ${pooling.size}×${pooling.size}, ${pooling.stride} apart, overlap`;
    throw new UserError("lower/pooling", `${message}, and a dense layer cannot add them up`, {
      path: layer.name,
      hint: `use stride ${pooling.size}`,
      exit: "unsupported",
    });
  }
  const { rows, columns, channels } = pooling.grid;
  const { neuronCount, weights } = layer;
  const [rowWindows, columnWindows] = [windowCount(rows, pooling), windowCount(columns, pooling)];
  const expanded = new Float32Array(rows * columns * channels * neuronCount);
  for (let cell = 0; cell < rows * columns * channels; cell++) {
    const channel = cell % channels;
    const pixel = (cell - channel) / channels;
    const [row] = windowsAround(Math.floor(pixel / columns), rowWindows, pooling);
    const [column] = windowsAround(pixel % columns, columnWindows, pooling);
    if (row === undefined || column === undefined) continue;
    const from = ((row * columnWindows + column) * channels + channel) * neuronCount;
    expanded.set(weights.data.subarray(from, from + neuronCount), cell * neuronCount);
  }
  return expanded;
}

function lowerConvolution(layer: ConvLayer, inputCount: number): LoweredSynapses {
  const { inputPooling, pooling, stride, padding, groups, weights, output, neuronCount } = layer;
  const [kernelRows = 0, kernelColumns = 0] = weights.shape;
  const summed = inputPooling !== undefined && inputPooling.kind !== "max" ? inputPooling : undefined;
  // A convolution whose results are added up window by window is one with a larger kernel and a longer stride.
  const added = pooling !== undefined && pooling.kind !== "max" ? pooling : undefined;
  const reach = added === undefined ? 0 : (added.size - 1) * stride;
  const convolution: IntegerConvolution = {
    input: summed?.grid ?? layer.input,
    ...(summed === undefined ? {} : { inputSums: windows(summed) }),
    kernelRows: kernelRows + reach,
    kernelColumns: kernelColumns + reach,
    stride: stride * (added?.stride ?? 1),
    padding,
    groups,
    sums: added === undefined ? convolvedGrid(layer) : output,
    ...(pooling?.kind === "max" ? { largest: windows(pooling) } : {}),
    output,
  };
  return {
    shape: { inputCount, neuronCount, convolution },
    weights: weights.data,
    ...(added === undefined ? {} : { fold: (integers) => widenKernel(integers, layer, added) }),
    share: shareOf(summed) * shareOf(pooling),
    bias: layer.bias?.data,
    // A window sum contains the bias once per member, each with its share.
    biasTimes: added === undefined ? 1 : added.size ** 2 * shareOf(pooling),
  };
}

/** The kernel of window sums: the kernel itself, added up at every position of a window. */
function widenKernel(integers: Int16Array, { name, weights, stride }: ConvLayer, { size }: Pooling): Int16Array {
  const [rows = 0, columns = 0, groupInputs = 0, channels = 0] = weights.shape;
  const inner = groupInputs * channels;
  const wide = columns + (size - 1) * stride;
  const sums = new Int32Array((rows + (size - 1) * stride) * wide * inner);
  for (let member = 0; member < size * size; member++) {
    const [down, right] = [Math.floor(member / size) * stride, (member % size) * stride];
    for (let tap = 0; tap < rows * columns; tap++) {
      const to = ((Math.floor(tap / columns) + down) * wide + (tap % columns) + right) * inner;
      for (let i = 0; i < inner; i++) sums[to + i] = (sums[to + i] ?? 0) + (integers[tap * inner + i] ?? 0);
    }
  }
  if (sums.some((sum) => Math.abs(sum) >= 2 ** 15)) {
    const message = `"${name}": windows of ${size}×${size} add its weights up beyond 16 bits`;
    throw new UserError("lower/pooling", message, { path: name, hint: "use fewer weight bits", exit: "unsupported" });
  }
  return Int16Array.from(sums);
}

function windows({ size, stride }: Pooling): Windows {
  return { size, stride };
}

function shareOf(pooling: Pooling | undefined): number {
  return pooling?.kind === "average" ? 1 / pooling.size ** 2 : 1;
}
