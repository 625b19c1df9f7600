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
  /** Real weights in the order in which an `IntegerLayer` keeps them. */
  readonly weights: Float32Array;
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
  const outputSums = pooling !== undefined && pooling.kind !== "max" ? windows(pooling) : undefined;
  const convolution: IntegerConvolution = {
    input: summed?.grid ?? layer.input,
    ...(summed === undefined ? {} : { inputSums: windows(summed) }),
    kernelRows,
    kernelColumns,
    stride,
    padding,
    groups,
    ...(outputSums === undefined ? {} : { outputSums }),
    sums: outputSums === undefined ? convolvedGrid(layer) : output,
    ...(pooling?.kind === "max" ? { largest: windows(pooling) } : {}),
    output,
  };
  const outputShare = shareOf(pooling);
  return {
    shape: { inputCount, neuronCount, convolution },
    weights: weights.data,
    share: shareOf(summed) * outputShare,
    bias: layer.bias?.data,
    // A window sum contains the bias once per member, each with its share.
    biasTimes: outputSums === undefined ? 1 : outputSums.size ** 2 * outputShare,
  };
}

function windows({ size, stride }: Pooling): Windows {
  return { size, stride };
}

function shareOf(pooling: Pooling | undefined): number {
  return pooling?.kind === "average" ? 1 / pooling.size ** 2 : 1;
}
