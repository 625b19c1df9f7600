// Pruning and quantization while training: both only change what the forward pass makes of the weights that learn.

import type { Executor, LayerArrays, TransformedKey } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";
import { fitQuantizer, type Quantizer } from "../../model/tensor/index.ts";
import { gradualSparsity, magnitudeMask } from "../pruning/index.ts";

export interface CompressionOptions {
  /** Share of weights that ends at zero, reached gradually over the first half. */
  readonly sparsity?: number | undefined;
  /** Neurons of a row that are pruned together. */
  readonly pruneBlock?: number | undefined;
  /** Quantize while training. */
  readonly weightBits?: number | undefined;
}

/** Masks and scales by layer and array; plain data for checkpoints. */
export interface TransformState {
  readonly masks: Readonly<Record<string, Uint8Array>>;
  readonly scales: Readonly<Record<string, number>>;
}

export const noTransforms: TransformState = { masks: {}, scales: {} };

/** Whether weights are anything but themselves. */
export function compresses({ sparsity = 0, weightBits }: CompressionOptions): boolean {
  return sparsity > 0 || weightBits !== undefined;
}

/** Once per epoch: prune further, and fit the quantizers, until half of the epochs are over. */
export function refitTransforms(
  options: CompressionOptions,
  state: TransformState,
  network: Network,
  masters: readonly LayerArrays[],
  progress: { readonly epoch: number; readonly epochs: number },
): TransformState {
  const { sparsity = 0, weightBits, pruneBlock = 1 } = options;
  const share = progress.epoch / Math.max(1, progress.epochs);
  const masks = { ...state.masks };
  const scales = { ...state.scales };
  const isPruning = sparsity > 0 && share <= 0.5 + 1 / progress.epochs;
  const isFitting = weightBits !== undefined && (share <= 0.5 || Object.keys(scales).length === 0);
  for (const { name, array, neuronCount } of transformedArrays(network, masters)) {
    if (isPruning) {
      const wanted = gradualSparsity(sparsity, share / 0.5);
      masks[name] = magnitudeMask(array, { neuronCount, sparsity: wanted, blockSize: pruneBlock });
    }
    if (!isFitting) continue;
    const mask = masks[name];
    const kept = mask === undefined ? array : array.map((w, i) => w * (mask[i] ?? 1));
    // A scale of 32 bits, so that kernels and this code mean the same grid.
    scales[name] = Math.fround(fitQuantizer(kept, weightBits).scale);
  }
  return { masks, scales };
}

/** Tell the executor what to make of its weights. */
export function applyTransforms(
  executor: Executor,
  network: Network,
  options: CompressionOptions,
  state: TransformState,
): void {
  for (const { name, layer, key } of transformedArrays(network, executor.read("masters"))) {
    executor.setTransform(layer, key, { mask: state.masks[name], quantizer: quantizerOf(options, state, name) });
  }
}

/** The grid of a layer's weights, when they are quantized. */
export function layerQuantizer(
  options: CompressionOptions,
  state: TransformState,
  layer: number,
): Quantizer | undefined {
  return quantizerOf(options, state, nameOf(layer, "weights"));
}

// ---------------------------------------------------------------------------------------------------------------------

function nameOf(layer: number, key: TransformedKey): string {
  return `${layer} ${key}`;
}

function quantizerOf(
  { weightBits }: CompressionOptions,
  { scales }: TransformState,
  name: string,
): Quantizer | undefined {
  const scale = scales[name];
  return weightBits === undefined || scale === undefined ? undefined : { bits: weightBits, scale };
}

interface TransformedArray {
  readonly name: string;
  readonly layer: number;
  readonly key: TransformedKey;
  readonly array: Float32Array;
  /** Values of a row: neurons, or output channels. */
  readonly neuronCount: number;
}

function transformedArrays(network: Network, masters: readonly LayerArrays[]): TransformedArray[] {
  return masters.flatMap((arrays, layer) => {
    const neuronCount = network.layers[layer]?.weights.shape.at(-1) ?? 1;
    return (["weights", "recurrentWeights"] as const).flatMap((key) => {
      const array = arrays[key];
      return array === undefined ? [] : [{ name: nameOf(layer, key), layer, key, array, neuronCount }];
    });
  });
}
