// The forward pass of a convolution: for each pixel the sums of its window's positions, pooled, and the neurons' update behind them.

import { assertDefined } from "../../../base/index.ts";
import { poolingShare } from "../../../model/network/index.ts";
import {
  apply,
  i32,
  KernelBuilder,
  load,
  maskBits,
  sum,
  times,
  vector,
  type Kernel,
  type Local,
} from "../../kernel/language.ts";
import { addProducts, addVectors, argument, argumentCount, loadVectors, storeVectors, zeroVectors } from "../code.ts";
import { updateVectors, type ForwardOptions } from "../forward.ts";
import { scaledCurrent } from "../normalize-channels.ts";
import type { LayerPlan, Plan } from "../plan.ts";
import { eachPatchEvent } from "./patches.ts";
import { addPatterns } from "./patterns.ts";
import { convolutionScratch, type ConvolutionPlan } from "./plan.ts";
import { blockParts, eachBlock, memberCells, type Block } from "./positions.ts";

/** How the sums of a position are formed; `direct` ones were formed before, once for all steps, `normalized` ones in every step. */
export type PatchMethod = "events" | "tables" | "direct" | "normalized";

/** Units: samples. All steps of a convolution. */
export function convolutionForwardKernel(
  name: string,
  plan: Plan,
  layer: LayerPlan,
  options: ForwardOptions & { readonly method: PatchMethod },
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (sample) => {
    const cell = k.keep(times(sample, layer.tileBytes));
    const first = k.keep(times(sample, plan.sampleRows));
    k.loop(first, sum(first, k.argument(argument.steps)), 1, (row) => {
      const spikes = k.keep(sum(times(row, 4 * layer.output.words), i32(layer.output.bits)));
      k.loop(spikes, sum(spikes, i32(4 * layer.output.words)), 4, (word) => k.store(word, 0, i32(0)));
      const saved = k.keep(times(row, layer.tileBytes));
      blockSums(k, plan, layer, { ...options, sample, row }, (block, sums) => {
        const at = k.keep(sum(cell, block.place));
        updateBlock(k, layer, options, { block, sums, at, saved: k.keep(sum(saved, block.place)), spikes });
      });
    });
  });
  return k.finish();
}

/** Runs `write` with the pooled sums of every block of a row. */
export function blockSums(
  k: KernelBuilder,
  plan: Plan,
  layer: LayerPlan,
  place: {
    readonly method: PatchMethod;
    readonly sample: Local;
    readonly row: Local;
    /** Remember which positions won. */
    readonly training: boolean;
  },
  write: (block: Block, sums: readonly Local[]) => void,
): void {
  const { method, sample, row, training } = place;
  const convolution = assertDefined(layer.convolution, "convolution");
  const scratch = k.keep(sum(times(k.argument(argument.thread), plan.scratchBytes), i32(plan.scratch)));
  const cell = k.keep(times(sample, layer.tileBytes));
  const rowStart = k.keep(times(row, layer.tileBytes));
  const winners = k.keep(sum(times(row, convolution.winnerBytes), i32(convolution.winners)));
  const bits = k.keep(sum(times(row, 4 * convolution.rowWords), i32(convolution.bits)));
  const values = k.keep(sum(times(row, 4 * convolution.cells), i32(convolution.values ?? 0)));
  eachBlock(k, convolution, (block) => {
    switch (method) {
      case "direct":
        write(block, loadVectors(k, k.keep(sum(cell, block.place)), layer.base ?? 0, 4 * convolution.blockVectors));
        break;
      case "normalized":
        write(block, normalizedSums(k, layer, block, k.keep(sum(rowStart, block.place))));
        break;
      case "events":
      case "tables": {
        const found = windowSums(k, convolution, { scratch, winners: training ? winners : undefined }, (member) => {
          const start = k.keep(sum(block.firstBit, i32(member)));
          return patchSums(k, layer, method, { bits, values, start, block });
        });
        write(block, found);
        break;
      }
      default:
        method satisfies never;
    }
  });
}

/** Units: samples. Currents of a direct input, once for all steps; their winners stand in the sample's first row. */
export function directConvolutionKernel(name: string, plan: Plan, layer: LayerPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const convolution = assertDefined(layer.convolution, "convolution");
  const scratch = k.keep(sum(times(k.argument(argument.thread), plan.scratchBytes), i32(plan.scratch)));
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (sample) => {
    const cell = k.keep(times(sample, layer.tileBytes));
    const winners = k.keep(sum(times(sample, plan.sampleRows * convolution.winnerBytes), i32(convolution.winners)));
    const values = k.keep(sum(times(sample, 4 * convolution.cells), i32(assertDefined(convolution.direct, "direct"))));
    eachBlock(k, convolution, (block) => {
      const sums = windowSums(k, convolution, { scratch, winners }, (member) => {
        const locals = startSums(k, layer, block);
        const start = k.keep(sum(block.firstBit, i32(member)));
        eachPatchValue(k, convolution, { values, start, group: block.group }, (weights, x) => {
          const at = k.keep(sum(weights, block.column));
          addProducts(k, locals, x, at, layer.weights.values);
        });
        return locals;
      });
      storeVectors(k, k.keep(sum(cell, block.place)), assertDefined(layer.base, "base"), sums);
    });
  });
  return k.finish();
}

/** Runs `write` with the row of weights and the value of every cell of a patch. */
export function eachPatchValue(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  patch: { readonly values: Local; readonly start: Local; readonly group: Local | undefined },
  write: (weights: Local, x: Local) => void,
): void {
  const { kernelRows, kernelColumns, groupInputs, padded, pixelWidth } = plan;
  const weights = k.keep(i32(0));
  const first = patch.group === undefined ? patch.start : sum(patch.start, times(patch.group, groupInputs));
  const rowAt = k.keep(sum(patch.values, times(first, 4)));
  k.loop(i32(0), i32(kernelRows), 1, () => {
    const at = k.keep(rowAt);
    k.loop(i32(0), i32(kernelColumns), 1, () => {
      k.loop(i32(0), i32(4 * groupInputs), 4, (input) => {
        write(weights, k.keep(load("v128.splat", sum(at, input))));
        k.set(weights, sum(weights, i32(4 * pixelWidth)));
      });
      k.set(at, sum(at, i32(4 * padded.channels)));
    });
    k.set(rowAt, sum(rowAt, i32(4 * padded.columns * padded.channels)));
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** The bias, which normalized currents get later. */
function startSums(k: KernelBuilder, layer: LayerPlan, block: Block): Local[] {
  const { blockVectors } = assertDefined(layer.convolution, "convolution");
  if (layer.normalization !== undefined) return zeroVectors(k, 4 * blockVectors);
  return loadVectors(k, k.keep(block.column), layer.bias.values, 4 * blockVectors);
}

/** Currents that were kept, normalized, and the bias. */
function normalizedSums(k: KernelBuilder, layer: LayerPlan, block: Block, at: Local): Local[] {
  const { blockVectors } = assertDefined(layer.convolution, "convolution");
  const normalization = assertDefined(layer.normalization, "normalization");
  const channels = k.keep(block.column);
  return loadVectors(k, channels, layer.bias.values, 4 * blockVectors).map((bias, j) =>
    k.keep(apply("v.add", scaledCurrent(normalization, { at, channels, offset: 16 * j }), bias)),
  );
}

function patchSums(
  k: KernelBuilder,
  layer: LayerPlan,
  method: "events" | "tables",
  patch: { readonly bits: Local; readonly values: Local; readonly start: Local; readonly block: Block },
): Local[] {
  const { start, block } = patch;
  const plan = assertDefined(layer.convolution, "convolution");
  const sums = startSums(k, layer, block);
  if (method === "tables") {
    addPatterns(k, plan, { ...patch, column: block.column }, sums);
    return sums;
  }
  eachPatchEvent(k, plan, { bits: patch.bits, first: start, group: block.group }, (weights, bit) => {
    const at = k.keep(sum(weights, block.column));
    if (plan.values === undefined) {
      addVectors(k, sums, at, layer.weights.values);
      return;
    }
    const x = k.keep(load("v128.splat", sum(patch.values, times(bit, 4))));
    addProducts(k, sums, x, at, layer.weights.values);
  });
  return sums;
}

/** The sums of all positions of a window as one. Moves `winners` on. */
function windowSums(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  place: { readonly scratch: Local; readonly winners: Local | undefined },
  sumsOf: (member: number) => Local[],
): Local[] {
  const { window, padded } = plan;
  const { best } = convolutionScratch(plan);
  const parts = blockParts(plan);
  const members = memberCells(plan).map((cell) => cell * padded.channels);
  let sums: Local[] = [];
  members.forEach((member, m) => {
    sums = sumsOf(member);
    const isLast = m === members.length - 1;
    parts.forEach(({ first, count }, part) => {
      if (m === 0) return;
      const more: Local[] = [];
      for (let j = first; j < first + count; j++) {
        const own = assertDefined(sums[j], "sum");
        const earlier = k.keep(load("v128", place.scratch, best + 16 * j));
        if (window.kind === "max") {
          const isMore = k.keep(apply("v.gt", own, earlier));
          more.push(isMore);
          k.set(own, apply("v.select", own, earlier, isMore));
        } else {
          const total = apply("v.add", earlier, own);
          k.set(own, isLast ? apply("v.mul", total, vector(poolingShare(window))) : total);
        }
      }
      if (place.winners === undefined || window.kind !== "max") return;
      k.store(place.winners, 4 * (part * (members.length - 1) + m - 1), maskBits(more));
    });
    if (!isLast) storeVectors(k, place.scratch, best, sums);
  });
  if (place.winners !== undefined) k.set(place.winners, sum(place.winners, i32(winnerWords(plan) * 4)));
  return sums;
}

/** Words that a block's winners take. */
export function winnerWords(plan: ConvolutionPlan): number {
  return blockParts(plan).length * (plan.window.size ** 2 - 1);
}

function updateBlock(
  k: KernelBuilder,
  layer: LayerPlan,
  options: ForwardOptions,
  parts: {
    readonly block: Block;
    readonly sums: readonly Local[];
    readonly at: Local;
    readonly saved: Local;
    readonly spikes: Local;
  },
): void {
  const plan = assertDefined(layer.convolution, "convolution");
  const { block, at } = parts;
  blockParts(plan).forEach(({ first, count }) => {
    const offset = 16 * first;
    const state = layer.state.map((address) => loadVectors(k, at, address + offset, 4 * count));
    const saved = first === 0 ? parts.saved : k.keep(sum(parts.saved, i32(offset)));
    const sums = parts.sums.slice(first, first + count);
    const bits = updateVectors(k, layer, options, { at: sum(block.place, i32(offset)), sums, state, saved });
    layer.state.forEach((address, i) => {
      storeVectors(k, at, address + offset, assertDefined(state[i], "state"));
    });
    storeSpikes(k, plan, parts, { first, count, bits });
  });
}

/** The spikes of a part of a block go where their neurons stand in the row's bits. */
function storeSpikes(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  { block, spikes }: { readonly block: Block; readonly spikes: Local },
  { first, count, bits }: { readonly first: number; readonly count: number; readonly bits: Local },
): void {
  const { lanes } = plan;
  const neuron = k.keep(sum(block.neuron, i32(4 * first)));
  if (block.left === undefined) {
    const used = Math.min(4 * count, lanes.count - 4 * first);
    if (used < 32) k.set(bits, apply("i32.and", bits, i32(2 ** used - 1)));
  } else {
    const left = k.keep(apply("i32.sub", block.left, i32(4 * first)));
    k.if(apply("i32.lt_s", left, i32(32)), () => {
      const isSome = apply("i32.gt_s", left, i32(0));
      const used = apply("i32.mul", isSome, apply("i32.sub", apply("i32.shl", i32(1), left), i32(1)));
      k.set(bits, apply("i32.and", bits, used));
    });
  }
  const word = k.keep(sum(spikes, times(apply("i32.shr_u", neuron, i32(5)), 4)));
  if (lanes.count % 32 === 0) {
    k.store(word, 0, bits);
    return;
  }
  const wide = k.keep(
    apply("i64.shl", apply("i64.extend_u", bits), apply("i64.extend_u", apply("i32.and", neuron, i32(31)))),
  );
  k.store(word, 0, apply("i32.or", load("i32", word), apply("i32.wrap", wide)));
  const high = k.keep(apply("i32.wrap", apply("i64.shr_u", wide, { kind: "constant", type: "i64", value: 32 })));
  // The next word may belong to another thread, unless there is something for it.
  k.if(high, () => k.store(word, 4, apply("i32.or", load("i32", word, 4), high)));
}
