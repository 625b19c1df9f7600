// Pruning and quantization while training: both only change what the forward pass makes of the weights that learn.

import type { Executor, LayerArrays } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";
import { fitQuantizer, type Quantizer } from "../../model/tensor/index.ts";
import {
  gradualMagnitude,
  partName,
  prunableParts,
  pruneParts,
  pruningMethods,
  regrowParts,
  scheduledSparsity,
  zeroMasks,
  type Masks,
  type PruningContext,
  type PruningSpec,
} from "../pruning/index.ts";

export interface CompressionOptions {
  /** Share of weights that ends at zero. */
  readonly sparsity?: number | undefined;
  /** Which weights, and when; gradual magnitude pruning of single weights unless given. */
  readonly pruning?: PruningSpec | undefined;
  /** Weights that are zero now stay zero; not together with `sparsity`. */
  readonly keepZeros?: boolean | undefined;
  /** Quantize while training. */
  readonly weightBits?: number | undefined;
}

/** Masks and scales by layer and array; plain data for checkpoints. */
export interface TransformState {
  readonly masks: Masks;
  readonly scales: Readonly<Record<string, number>>;
}

export const noTransforms: TransformState = { masks: {}, scales: {} };

/** Where training is: this epoch, counted from 1, of so many. */
export interface EpochProgress {
  readonly epoch: number;
  readonly epochs: number;
}

/** Share of the epochs during which weights are still exchanged. */
const regrowUntil = 0.75;

/** Whether weights are anything but themselves. */
export function compresses({ sparsity = 0, keepZeros = false, weightBits }: CompressionOptions): boolean {
  return sparsity > 0 || keepZeros || weightBits !== undefined;
}

/** Whether masks and grids stay as they are from now on: only then is what an epoch is judged by what training hands back. */
export function isSettled(options: CompressionOptions, { epoch, epochs }: EpochProgress): boolean {
  const next = { epoch: epoch + 1, epochs };
  return epoch === epochs || !(isPruning(options, next) || isRegrowing(options, next) || isFitting(options, next));
}

/** Whether this epoch's pruning looks at gradients. */
export function needsGradients(options: CompressionOptions, progress: EpochProgress): boolean {
  const spec = pruningOf(options);
  const scores = isPruning(options, progress) && pruningMethods[spec.method].needsGradients;
  return scores || isRegrowing(options, progress);
}

/** Once per epoch: prune further, exchange weights, and fit the quantizers until half of the epochs are over. */
export function refitTransforms(
  options: CompressionOptions,
  state: TransformState,
  context: PruningContext & { readonly masters: readonly LayerArrays[]; readonly progress: EpochProgress },
): TransformState {
  const { network, masters, progress } = context;
  const { weightBits } = options;
  const masks = refitMasks(options, state.masks, context);
  const isFirst = Object.keys(state.scales).length === 0;
  if (weightBits === undefined || !(isFitting(options, progress) || isFirst)) return { masks, scales: state.scales };
  const scales = prunableParts(network, masters).map(({ name, values }) => {
    const mask = masks[name];
    const kept = mask === undefined ? values : values.map((w, i) => w * (mask[i] ?? 1));
    // A scale of 32 bits, so that kernels and this code mean the same grid.
    return [name, Math.fround(fitQuantizer(kept, weightBits).scale)] as const;
  });
  return { masks, scales: Object.fromEntries(scales) };
}

/** Tell the executor what to make of its weights. */
export function applyTransforms(
  executor: Executor,
  network: Network,
  options: CompressionOptions,
  state: TransformState,
): void {
  for (const { name, layer, key } of prunableParts(network, executor.read("masters"))) {
    executor.setTransform(layer, key, { mask: state.masks[name], quantizer: quantizerOf(options, state, name) });
  }
}

/** The grid of a layer's weights, when they are quantized. */
export function layerQuantizer(
  options: CompressionOptions,
  state: TransformState,
  layer: number,
): Quantizer | undefined {
  return quantizerOf(options, state, partName(layer, "weights"));
}

// ---------------------------------------------------------------------------------------------------------------------

function quantizerOf(
  { weightBits }: CompressionOptions,
  { scales }: TransformState,
  name: string,
): Quantizer | undefined {
  const scale = scales[name];
  return weightBits === undefined || scale === undefined ? undefined : { bits: weightBits, scale };
}

/** The pruning that is meant: methods for untrained networks prune once, before the first epoch. */
function pruningOf({ pruning = gradualMagnitude }: CompressionOptions): PruningSpec {
  return pruningMethods[pruning.method].atInitialization
    ? { ...pruning, schedule: { kind: "one-shot", start: 0, end: 0 } }
    : pruning;
}

function isPruning(options: CompressionOptions, { epoch, epochs }: EpochProgress): boolean {
  return (options.sparsity ?? 0) > 0 && (epoch - 1) / epochs <= pruningOf(options).schedule.end;
}

function isRegrowing(options: CompressionOptions, { epoch, epochs }: EpochProgress): boolean {
  return (options.sparsity ?? 0) > 0 && pruningOf(options).regrow > 0 && epoch / epochs <= regrowUntil;
}

function isFitting({ weightBits }: CompressionOptions, { epoch, epochs }: EpochProgress): boolean {
  return weightBits !== undefined && epoch / epochs <= 0.5;
}

function refitMasks(options: CompressionOptions, masks: Masks, context: Parameters<typeof refitTransforms>[2]): Masks {
  const { network, masters, progress, initial } = context;
  if (options.keepZeros === true && Object.keys(masks).length === 0) return zeroMasks(network, initial);
  const spec = pruningOf(options);
  const share = progress.epoch / progress.epochs;
  const parts = prunableParts(network, masters);
  // Pruned masters go on learning, so that a weight may come back by itself; an explicit exchange starts them from zero instead.
  if (spec.regrow > 0) for (const { name, values } of parts) zeroWhereMasked(values, masks[name]);
  let next = masks;
  if (isPruning(options, progress)) {
    next = pruneParts(parts, spec, scheduledSparsity(spec.schedule, options.sparsity ?? 0, share), context);
  }
  return isRegrowing(options, progress)
    ? regrowParts(parts, next, spec, Math.min(1, share / regrowUntil), context).masks
    : next;
}

function zeroWhereMasked(values: Float32Array, mask: Uint8Array | undefined): void {
  mask?.forEach((kept, i) => {
    if (kept === 0) values[i] = 0;
  });
}
