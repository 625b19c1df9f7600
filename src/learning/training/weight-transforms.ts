// Pruning and quantization while training: both only change what the forward pass makes of the weights that learn.

import { assertDefined, UserError } from "../../base/index.ts";
import type { Executor, LayerArrays } from "../../compute/index.ts";
import { recurrentQuantizerOf, recurrentWeightsOf, type Network } from "../../model/network/index.ts";
import { largestLevel, type Quantizer } from "../../model/tensor/index.ts";
import { partName, prunableParts } from "../pruning/index.ts";
import {
  alignQuantizer,
  defaultScheme,
  fitScheme,
  rangeGradient,
  stepRange,
  type GridKind,
} from "../quantization/index.ts";
import {
  changesMasks,
  prunes,
  refitMasks,
  type PruningOptions,
  type PruningProgress,
  type PruningState,
} from "./prune-course.ts";

export interface CompressionOptions extends PruningOptions {
  /** Quantize while training: 1 (sign), 2 (ternary)…16 bits. */
  readonly weightBits?: number | undefined;
  /** Bits of each layer, in place of `weightBits`. */
  readonly layerBits?: readonly number[] | undefined;
  /** Weights stay on the grids that the network's layers have. */
  readonly keepGrids?: boolean | undefined;
  /** The kind of every grid; symmetric, with one scale per array, unless given. */
  readonly grid?: Partial<GridKind> | undefined;
  /**
   * The range of every grid learns, so many times as fast as the weights, and gradients know the side of the level; without it
   * grids are fitted until half of the epochs are over.
   */
  readonly rangeRate?: number | undefined;
}

/** Masks and grids by layer and array; plain data for checkpoints. */
export interface TransformState extends PruningState {
  readonly quantizers: Readonly<Record<string, Quantizer>>;
}

export const noTransforms: TransformState = { masks: {}, quantizers: {} };

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
  const isFirst = Object.keys(state.quantizers).length === 0;
  if (options.keepGrids === true) return { ...pruned, quantizers: isFirst ? quantizersOf(network) : state.quantizers };
  if (!quantizes(options) || !(isFitting(options, progress) || isFirst)) return pruned;
  const quantizers: Record<string, Quantizer> = {};
  for (const { name, layer, key, values, columns } of prunableParts(network, masters)) {
    const mask = pruned.masks[name];
    const bits = bitsOf(options, layer);
    if (bits === 1) refuseZeros(network, layer, mask);
    const kept = mask === undefined ? values : values.map((w, i) => w * (mask[i] ?? 1));
    const fitted = fitScheme(kept, columns, { ...defaultScheme, ...options.grid, bits });
    const forward = key === "recurrentWeights" ? quantizers[partName(layer, "weights")] : undefined;
    // Both are added up to one sum, which has one unit.
    quantizers[name] = forward === undefined ? fitted : alignQuantizer(fitted, forward);
  }
  return { ...pruned, quantizers };
}

/** Tell the executor what to make of its weights. */
export function applyTransforms(executor: Executor, network: Network, state: TransformState): void {
  for (const { name, layer, key } of prunableParts(network, executor.read("masters"))) {
    executor.setTransform(layer, key, { mask: state.masks[name], quantizer: state.quantizers[name] });
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
  const quantizers: Record<string, Quantizer> = {};
  for (const { name, layer, key, values } of prunableParts(network, arrays.masters)) {
    const quantizer = assertDefined(state.quantizers[name], "quantizer");
    const { bits, scale } = quantizer;
    const span = scale * largestLevel(bits);
    const range = { bits, input: span, output: span };
    const gradient = assertDefined(arrays.gradients[layer]?.[key], "gradient");
    const mask = state.masks[name];
    const seen = mask === undefined ? values : values.map((w, i) => w * (mask[i] ?? 1));
    const found = rangeGradient(range, seen, gradient);
    gradient.set(found.weights);
    const moved = stepRange(range, found, values.length, learningRate * (options.rangeRate ?? 0));
    const own = { ...quantizer, scale: Math.fround(moved.input / largestLevel(bits)) };
    const forward = key === "recurrentWeights" ? quantizers[partName(layer, "weights")] : undefined;
    quantizers[name] = forward === undefined ? own : followScale(quantizer, state.quantizers, { layer, forward });
  }
  return { ...state, quantizers };
}

// ---------------------------------------------------------------------------------------------------------------------

/** @throws `training/weight-bits`, `training/range-rate` for grids whose ranges cannot learn */
function quantizes({ weightBits, layerBits, keepGrids, rangeRate, grid }: CompressionOptions): boolean {
  const asked = layerBits ?? (weightBits === undefined ? [] : [weightBits]);
  const bad = asked.find((bits) => !(Number.isInteger(bits) && bits >= 1 && bits <= 16));
  if (bad !== undefined) throw new UserError("training/weight-bits", `expected 1…16 whole weight bits, got ${bad}`);
  const { symmetry, per, scale } = { ...defaultScheme, ...grid };
  if (rangeRate !== undefined && (symmetry !== "symmetric" || per !== "tensor" || scale === "powerOfTwo")) {
    const message = "ranges learn for symmetric grids with one free scale; these are fitted";
    throw new UserError("training/range-rate", message, { hint: "leave rangeRate out" });
  }
  return keepGrids === true || asked.length > 0;
}

/** @throws `training/no-grids` */
function quantizersOf(network: Network): TransformState["quantizers"] {
  const entries = network.layers.flatMap((layer, l) => {
    if (layer.quantizer === undefined) {
      const message = `"${layer.name}": its weights lie on no grid that could be kept`;
      throw new UserError("training/no-grids", message, { hint: "quantize the network first" });
    }
    const own = recurrentQuantizerOf(layer) ?? layer.quantizer;
    const recurrent = recurrentWeightsOf(layer) === undefined ? [] : [[partName(l, "recurrentWeights"), own] as const];
    return [[partName(l, "weights"), layer.quantizer] as const, ...recurrent];
  });
  return Object.fromEntries(entries);
}

/** @throws `training/one-bit-zeros` */
function refuseZeros(network: Network, layer: number, mask: Uint8Array | undefined): void {
  const count = mask?.filter((kept) => kept === 0).length ?? 0;
  if (count === 0) return;
  const message = `"${network.layers[layer]?.name}": one bit says −1 or 1, and ${count} weights are pruned to 0`;
  throw new UserError("training/one-bit-zeros", message, { hint: "use 2 bits (ternary), or no pruning" });
}

/** The grid of recurrent weights, as far from that of the weights as before: both keep a unit in common. */
function followScale(
  quantizer: Quantizer,
  before: TransformState["quantizers"],
  { layer, forward }: { readonly layer: number; readonly forward: Quantizer },
): Quantizer {
  const { scale } = assertDefined(before[partName(layer, "weights")], "quantizer");
  return { ...quantizer, scale: forward.scale * (quantizer.scale / scale) };
}

function bitsOf({ weightBits, layerBits }: CompressionOptions, layer: number): number {
  return assertDefined(layerBits?.[layer] ?? weightBits, "bits");
}

function isFitting(options: CompressionOptions, { epoch, epochs, refit }: PruningProgress): boolean {
  if (!quantizes(options) || options.keepGrids === true || options.rangeRate !== undefined) return false;
  return refit === 0 && epoch / epochs <= 0.5;
}
