// Pruning and quantization while training: both only change what the forward pass makes of the weights that learn.

import { assertDefined, UserError } from "../../base/index.ts";
import type { Executor, LayerArrays } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";
import { fitQuantizer, largestLevel, type Quantizer } from "../../model/tensor/index.ts";
import { partName, prunableParts } from "../pruning/index.ts";
import { rangeGradient, stepRange } from "../quantization/index.ts";
import {
  changesMasks,
  prunes,
  refitMasks,
  type PruningOptions,
  type PruningProgress,
  type PruningState,
} from "./prune-course.ts";

export interface CompressionOptions extends PruningOptions {
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
export interface TransformState extends PruningState {
  readonly scales: Readonly<Record<string, number>>;
}

export const noTransforms: TransformState = { masks: {}, scales: {} };

/** Whether weights are anything but themselves. */
export function compresses(options: CompressionOptions): boolean {
  return prunes(options) || options.keepZeros === true || quantizes(options);
}

/** Whether masks and grids stay as they are from now on: only then is what an epoch is judged by what training hands back. */
export function isSettled(
  options: CompressionOptions,
  { epoch, epochs, refits }: Omit<PruningProgress, "refit">,
): boolean {
  const next = { epoch: epoch + 1, epochs, refit: 0, refits };
  if (epoch === epochs) return true;
  // Ranges that learn move until the end.
  if (options.rangeRate !== undefined) return false;
  return !(changesMasks(options, next) || isFitting(options, next));
}

/** At a refit: prune further, exchange weights, and, once per epoch until half of them are over, fit the quantizers. */
export function refitTransforms(
  options: CompressionOptions,
  state: TransformState,
  context: Parameters<typeof refitMasks>[2],
): TransformState {
  const { network, masters, progress } = context;
  const pruned = { ...state, ...refitMasks(options, state, context) };
  const isFirst = Object.keys(state.scales).length === 0;
  if (!quantizes(options) || !(isFitting(options, progress) || isFirst)) return pruned;
  const scales = prunableParts(network, masters).map(({ name, layer, values }) => {
    const mask = pruned.masks[name];
    const kept = mask === undefined ? values : values.map((w, i) => w * (mask[i] ?? 1));
    // A scale of 32 bits, so that kernels and this code mean the same grid.
    return [name, Math.fround(fitQuantizer(kept, bitsOf(options, layer)).scale)] as const;
  });
  return { ...pruned, scales: Object.fromEntries(scales) };
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

function isFitting(options: CompressionOptions, { epoch, epochs, refit }: PruningProgress): boolean {
  return quantizes(options) && options.rangeRate === undefined && refit === 0 && epoch / epochs <= 0.5;
}
