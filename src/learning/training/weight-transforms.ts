// Pruning and quantization while training: both only change what the forward pass makes of the weights that learn.

import { assertDefined, UserError } from "../../base/index.ts";
import type { Executor, LayerArrays } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";
import { fitQuantizer, largestLevel, type Quantizer } from "../../model/tensor/index.ts";
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
import { rangeGradient, stepRange } from "../quantization/index.ts";

export interface CompressionOptions {
  /** Share of weights that ends at zero. */
  readonly sparsity?: number | undefined;
  /** Which weights, and when; gradual magnitude pruning of single weights unless given. */
  readonly pruning?: PruningSpec | undefined;
  /** Weights that are zero now stay zero; not together with `sparsity`. */
  readonly keepZeros?: boolean | undefined;
  /** Quantize while training: 2 (ternary)…16 bits. */
  readonly weightBits?: number | undefined;
  /** Bits of each layer, in place of `weightBits`. */
  readonly layerBits?: readonly number[] | undefined;
  /**
   * The range of every grid learns, so many times as fast as the weights, and gradients know the side of the level; without it
   * grids are fitted until half of the epochs are over.
   */
  readonly rangeRate?: number | undefined;
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
export function compresses(options: CompressionOptions): boolean {
  const { sparsity = 0, keepZeros = false } = options;
  return sparsity > 0 || keepZeros || quantizes(options);
}

/** Whether masks and grids stay as they are from now on: only then is what an epoch is judged by what training hands back. */
export function isSettled(options: CompressionOptions, { epoch, epochs }: EpochProgress): boolean {
  const next = { epoch: epoch + 1, epochs };
  if (epoch === epochs) return true;
  // Ranges that learn move until the end.
  if (options.rangeRate !== undefined) return false;
  return !(isPruning(options, next) || isRegrowing(options, next) || isFitting(options, next));
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
  const masks = refitMasks(options, state.masks, context);
  const isFirst = Object.keys(state.scales).length === 0;
  if (!quantizes(options) || !(isFitting(options, progress) || isFirst)) return { masks, scales: state.scales };
  const scales = prunableParts(network, masters).map(({ name, layer, values }) => {
    const mask = masks[name];
    const kept = mask === undefined ? values : values.map((w, i) => w * (mask[i] ?? 1));
    // A scale of 32 bits, so that kernels and this code mean the same grid.
    return [name, Math.fround(fitQuantizer(kept, bitsOf(options, layer)).scale)] as const;
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
    executor.setTransform(layer, key, { mask: state.masks[name], quantizer: quantizerOf(options, state, layer, name) });
  }
}

/**
 * One step of learned ranges: gradients become those of the weights behind the quantizer, in place, and grids move.
 * @param gradients  By the quantized weights; changed.
 */
export function learnRanges(
  options: CompressionOptions,
  state: TransformState,
  network: Network,
  arrays: { readonly masters: readonly LayerArrays[]; readonly gradients: readonly LayerArrays[] },
  learningRate: number,
): TransformState {
  const scales = prunableParts(network, arrays.masters).map(({ name, layer, key, values }) => {
    const bits = bitsOf(options, layer);
    const span = (state.scales[name] ?? 1) * largestLevel(bits);
    const range = { bits, input: span, output: span };
    const gradient = assertDefined(arrays.gradients[layer]?.[key], "gradient");
    const mask = state.masks[name];
    const seen = mask === undefined ? values : values.map((w, i) => w * (mask[i] ?? 1));
    const found = rangeGradient(range, seen, gradient);
    gradient.set(found.weights);
    const moved = stepRange(range, found, values.length, learningRate * (options.rangeRate ?? 0));
    return [name, Math.fround(moved.input / largestLevel(bits))] as const;
  });
  return { ...state, scales: Object.fromEntries(scales) };
}

/** The grid of a layer's weights, when they are quantized. */
export function layerQuantizer(
  options: CompressionOptions,
  state: TransformState,
  layer: number,
): Quantizer | undefined {
  return quantizerOf(options, state, layer, partName(layer, "weights"));
}

// ---------------------------------------------------------------------------------------------------------------------

/** @throws `training/weight-bits` for one bit: its gradient has nothing to pass through */
function quantizes({ weightBits, layerBits }: CompressionOptions): boolean {
  const asked = layerBits ?? (weightBits === undefined ? [] : [weightBits]);
  const bad = asked.find((bits) => !(Number.isInteger(bits) && bits >= 2));
  if (bad === undefined) return asked.length > 0;
  throw new UserError("training/weight-bits", `training quantizes to 2 bits (ternary) or more, got ${bad}`, {
    hint: "a grid of one bit can be fitted after training",
  });
}

function bitsOf({ weightBits, layerBits }: CompressionOptions, layer: number): number {
  return assertDefined(layerBits?.[layer] ?? weightBits, "bits");
}

function quantizerOf(
  options: CompressionOptions,
  { scales }: TransformState,
  layer: number,
  name: string,
): Quantizer | undefined {
  const scale = scales[name];
  return scale === undefined || !quantizes(options) ? undefined : { bits: bitsOf(options, layer), scale };
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

function isFitting(options: CompressionOptions, { epoch, epochs }: EpochProgress): boolean {
  return quantizes(options) && options.rangeRate === undefined && epoch / epochs <= 0.5;
}

function refitMasks(options: CompressionOptions, masks: Masks, context: Parameters<typeof refitTransforms>[2]): Masks {
  const { network, masters, progress, initial } = context;
  if (options.keepZeros === true && Object.keys(masks).length === 0) return zeroMasks(network, initial);
  const spec = pruningOf(options);
  const share = progress.epoch / progress.epochs;
  const parts = prunableParts(network, masters);
  // Gradients reach pruned masters, and nothing calls them back: left alone they would drift away and return as the largest.
  for (const { name, values } of parts) zeroWhereMasked(values, masks[name]);
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
