// From the gradient of a convolution's currents to the spikes below, step by step: only neurons that have a gradient are visited.
// First each position of each window gets the list of the channels that reach it; then, kernel row by kernel row so that its weights
// stay in cache, the lists multiply rows of weights into a row of the input, held in registers.

import { assertDefined } from "../../../base/index.ts";
import { poolingShare, pooledGrid, type InputPooling } from "../../../model/network/index.ts";
import {
  apply,
  i32,
  load,
  sum,
  times,
  vector,
  type KernelBuilder,
  type Local,
  type Value,
} from "../../kernel/language.ts";
import { appendBits, loadVectors, storeVectors } from "../code.ts";
import type { LayerPlan } from "../plan.ts";
import { winnerWords } from "./forward.ts";
import { windowOffsets } from "./grids.ts";
import { loadShortBits } from "./patches.ts";
import { convolutionScratch, type BelowPlan, type ConvolutionPlan } from "./plan.ts";
import { blockParts, eachPixel } from "./positions.ts";
import { laneMask, receivers } from "./receivers.ts";

interface Place {
  readonly sample: Local;
  readonly row: Local;
  readonly scratch: Local;
}

/** Leaves dLoss/dSpike of this row for the layer below. */
export function inputGradient(k: KernelBuilder, layer: LayerPlan, below: BelowPlan, place: Place): void {
  const plan = assertDefined(layer.convolution, "convolution");
  const scratch = convolutionScratch(plan);
  const gradient = k.keep(sum(times(place.sample, below.gradientBytes), i32(below.gradient)));
  const decay = below.recursion?.decay ?? 0;
  k.loop(gradient, sum(gradient, i32(below.gradientBytes)), 16, (at) => {
    k.store(at, 0, decay === 0 ? load("v128", i32(0)) : apply("v.mul", load("v128", at), vector(decay)));
  });
  const from =
    below.recursion === undefined
      ? sum(times(place.row, layer.tileBytes), i32(assertDefined(layer.saved[0], "gradient")))
      : sum(place.scratch, i32(scratch.added));
  const own = k.keep(from);
  const winners = k.keep(sum(times(place.row, plan.winnerBytes), i32(plan.winners)));
  listReceivers(k, plan, { own, winners, scratch: place.scratch });
  multiplyLists(k, plan, below, { own, gradient, scratch: place.scratch });
  const to = k.keep(sum(times(place.row, below.rowBytes), i32(below.spikeGradient)));
  const { inputPooling } = plan.layer;
  if (inputPooling === undefined) copyOut(k, plan, below, { gradient, to });
  else unpoolOut(k, plan, below, inputPooling, { gradient, to, row: place.row });
}

// ---------------------------------------------------------------------------------------------------------------------

/** Lists [pixel][position of its window] of places (two bytes each, within a pixel) whose gradient is not zero. */
function listReceivers(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  place: { readonly own: Local; readonly winners: Local; readonly scratch: Local },
): void {
  const { window, blocks, blockVectors, pixelWidth } = plan;
  const { starts, entries } = convolutionScratch(plan);
  const members = window.size ** 2;
  const isRouted = window.kind === "max" && members > 1;
  const next = k.keep(sum(place.scratch, i32(entries)));
  const start = k.keep(sum(place.scratch, i32(starts)));
  const pixel = k.keep(place.own);
  eachPixel(k, plan, () => {
    for (let m = 0; m < members; m++) {
      k.store(start, 0, next);
      k.set(start, sum(start, i32(4)));
      const winners = k.keep(place.winners);
      k.loop(i32(0), i32(blocks), 1, (block) => {
        const at = k.keep(sum(pixel, times(block, 16 * blockVectors)));
        blockParts(plan).forEach(({ first, count }, part) => {
          const bits = nonZero(k, at, { first, count });
          if (isRouted) {
            const wins = assertDefined(receivers(k, plan, winners, part)[m], "receivers");
            k.set(bits, apply("i32.and", bits, wins));
          }
          const place = sum(times(block, 4 * blockVectors), i32(4 * first));
          appendBits(k, bits, place, next, { index: 0, entry: 2 }, 4 * count);
        });
        k.set(winners, sum(winners, i32(4 * winnerWords(plan))));
      });
    }
    k.set(place.winners, sum(place.winners, i32(4 * winnerWords(plan) * blocks)));
    k.set(pixel, sum(pixel, i32(4 * pixelWidth)));
  });
  k.store(start, 0, next);
}

function nonZero(k: KernelBuilder, at: Local, part: { readonly first: number; readonly count: number }): Local {
  const bits = Array.from({ length: part.count }, (_, j) => {
    const isSome = apply("v.ne", load("v128", at, 16 * (part.first + j)), vector(0));
    return apply("i32.shl", apply("v.bitmask", isSome), i32(4 * j));
  });
  return k.keep(bits.reduce((a, b) => apply("i32.or", a, b)));
}

/** A kernel row of the padded input gradient += weights of every listed channel · its gradient. */
function multiplyLists(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  below: BelowPlan,
  place: { readonly own: Local; readonly gradient: Local; readonly scratch: Local },
): void {
  const { window, kernelRows, kernelColumns, layer, padded, pixelWidth } = plan;
  const { starts } = convolutionScratch(plan);
  const { inputWidth } = below;
  const weightRow = 4 * kernelColumns * inputWidth;
  const inputRow = 4 * padded.columns * inputWidth;
  const step = layer.stride * window.stride;
  k.loop(i32(0), i32(kernelRows), 1, (kernelRow) => {
    const weights = k.keep(sum(times(kernelRow, pixelWidth * weightRow), i32(below.transposed)));
    const start = k.keep(sum(place.scratch, i32(starts)));
    const pixel = k.keep(place.own);
    const rowAt = k.keep(sum(place.gradient, times(kernelRow, inputRow)));
    k.loop(i32(0), i32(layer.output.rows), 1, () => {
      const pixelAt = k.keep(rowAt);
      k.loop(i32(0), i32(layer.output.columns), 1, () => {
        for (let m = 0; m < window.size ** 2; m++) {
          const [down, right] = [Math.floor(m / window.size), m % window.size];
          const offset = layer.stride * (down * inputRow + right * 4 * inputWidth);
          const from = k.keep(load("i32", start));
          const to = k.keep(load("i32", start, 4));
          k.set(start, sum(start, i32(4)));
          multiplyList(k, plan, { from, to, pixel, weights, weightRow, at: k.keep(sum(pixelAt, i32(offset))) });
        }
        k.set(pixel, sum(pixel, i32(4 * pixelWidth)));
        k.set(pixelAt, sum(pixelAt, i32(4 * step * inputWidth)));
      });
      k.set(rowAt, sum(rowAt, i32(step * inputRow)));
    });
  });
}

/** Most vectors of the input that are held while a list passes. */
const heldVectors = 16;

function multiplyList(
  k: KernelBuilder,
  { window }: ConvolutionPlan,
  parts: {
    readonly from: Local;
    readonly to: Local;
    readonly pixel: Local;
    readonly weights: Local;
    readonly weightRow: number;
    readonly at: Local;
  },
): void {
  const vectors = parts.weightRow / 16;
  const held = Math.ceil(vectors / Math.ceil(vectors / heldVectors));
  const pass = (column: Value, count: number): void => {
    const at = k.keep(sum(parts.at, column));
    const weights = k.keep(sum(parts.weights, column));
    const totals = loadVectors(k, at, 0, 4 * count);
    k.loop(parts.from, parts.to, 2, (position) => {
      const lane = k.keep(load("u16", position));
      const g = load("v128.splat", sum(parts.pixel, times(lane, 4)));
      const d = k.keep(window.kind === "average" ? apply("v.mul", g, vector(poolingShare(window))) : g);
      const row = k.keep(sum(weights, times(lane, parts.weightRow)));
      const products = totals.map((_, j) => k.keep(apply("v.mul", d, load("v128", row, 16 * j))));
      totals.forEach((total, j) => k.set(total, apply("v.add", total, assertDefined(products[j], "product"))));
    });
    storeVectors(k, at, 0, totals);
  };
  k.if(apply("i32.lt_s", parts.from, parts.to), () => {
    const whole = Math.floor(vectors / held);
    if (whole === 1) pass(i32(0), held);
    else k.loop(i32(0), i32(whole * held * 16), held * 16, (column) => pass(column, held));
    if (vectors > whole * held) pass(i32(whole * held * 16), vectors - whole * held);
  });
}

/** Without its padding, row by row. */
function copyOut(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  below: BelowPlan,
  { gradient, to }: { readonly gradient: Local; readonly to: Local },
): void {
  const { input, padding } = plan.layer;
  const { inputWidth } = below;
  const inputRow = 4 * plan.padded.columns * inputWidth;
  const from = k.keep(sum(gradient, i32(padding * inputRow + padding * 4 * inputWidth)));
  const target = k.keep(to);
  k.loop(i32(0), i32(input.rows), 1, () => {
    k.loop(i32(0), i32(4 * input.columns * inputWidth), 16, (at) => {
      k.store(sum(target, at), 0, load("v128", sum(from, at)));
    });
    k.set(from, sum(from, i32(inputRow)));
    k.set(target, sum(target, i32(4 * input.columns * inputWidth)));
  });
}

/** Through the pooling of spikes: the first of the largest gets a maximum's gradient, be they bits or graded; all get a sum's. */
function unpoolOut(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  below: BelowPlan,
  pooling: InputPooling,
  place: { readonly gradient: Local; readonly to: Local; readonly row: Local },
): void {
  const { grid, stride } = pooling;
  const pooled = pooledGrid(grid, pooling);
  const { inputWidth, source, rowBytes } = below;
  const padding = plan.layer.padding;
  const bits = k.keep(sum(times(place.row, 4 * source.words), i32(source.bits)));
  const sent = k.keep(sum(times(place.row, rowBytes), i32(source.graded?.values ?? 0)));
  k.loop(place.to, sum(place.to, i32(rowBytes)), 16, (at) => k.store(at, 0, load("v128", i32(0))));
  k.loop(i32(0), i32(pooled.rows), 1, (y) => {
    k.loop(i32(0), i32(pooled.columns), 1, (x) => {
      const cell = sum(times(y, plan.padded.columns), x, i32(padding * (plan.padded.columns + 1)));
      const from = k.keep(sum(place.gradient, times(cell, 4 * inputWidth)));
      const first = k.keep(sum(times(y, grid.columns * stride), times(x, stride)));
      eachInputPart(below, grid.channels, ({ lane, channel, count }) => {
        const members = windowOffsets(pooling).map((offset) => k.keep(sum(first, i32(offset))));
        const wins =
          pooling.kind !== "max"
            ? members.map(() => undefined)
            : source.graded === undefined
              ? firstFiring(
                  k,
                  members.map((pixel) => loadShortBits(k, bits, sum(times(pixel, grid.channels), i32(channel)), count)),
                )
              : firstLargest(k, members.length, count, (m, j) => {
                  const pixel = assertDefined(members[m], "member");
                  return load("v128", sum(sent, times(pixel, 4 * inputWidth)), 4 * lane + 16 * j);
                });
        members.forEach((pixel, m) => {
          const to = k.keep(sum(place.to, times(pixel, 4 * inputWidth)));
          const won = wins[m];
          for (let j = 0; 4 * j < count; j++) {
            const whole = load("v128", from, 4 * lane + 16 * j);
            const own =
              won === undefined
                ? apply("v.mul", whole, vector(poolingShare(pooling)))
                : apply("v.and", whole, laneMask(won, j));
            k.store(to, 4 * lane + 16 * j, apply("v.add", load("v128", to, 4 * lane + 16 * j), own));
          }
        });
      });
    });
  });
}

/** Parts of an input pixel's channels whose bits fill a word and whose places lie side by side. */
function eachInputPart(
  { shape, inputWidth }: BelowPlan,
  channels: number,
  write: (part: { readonly lane: number; readonly channel: number; readonly count: number }) => void,
): void {
  const { lanes } = shape;
  for (let group = 0; group * lanes.width < inputWidth; group++) {
    const end = Math.min(channels, (group + 1) * lanes.count);
    for (let channel = group * lanes.count; channel < end; channel += 32) {
      const lane = group * lanes.width + channel - group * lanes.count;
      write({ lane, channel, count: Math.min(32, end - channel) });
    }
  }
}

/** Of equal values the first wins: the first that fires, or the first of all where none does. */
function firstFiring(k: KernelBuilder, members: readonly Local[]): readonly Local[] {
  const union = members.reduce<Value>((a, b) => apply("i32.or", a, b), i32(0));
  const left = k.keep(i32(-1));
  return members.map((bits, m) => {
    const fires = m === 0 ? apply("i32.or", bits, apply("i32.xor", union, i32(-1))) : bits;
    const wins = k.keep(apply("i32.and", fires, left));
    k.set(left, apply("i32.and", left, apply("i32.xor", wins, i32(-1))));
    return wins;
  });
}

/** The same of values: the first of the largest. @param valueOf  Four channels, from `j` · 4 on, of a member. */
function firstLargest(
  k: KernelBuilder,
  memberCount: number,
  channels: number,
  valueOf: (member: number, j: number) => Value,
): readonly Local[] {
  const beats = Array.from({ length: memberCount }, () => k.keep(i32(0)));
  for (let j = 0; 4 * j < channels; j++) {
    const best = k.keep(valueOf(0, j));
    for (let m = 1; m < memberCount; m++) {
      const own = k.keep(valueOf(m, j));
      const isMore = k.keep(apply("v.gt", own, best));
      k.set(best, apply("v.select", own, best, isMore));
      const bits = assertDefined(beats[m], "member");
      k.set(bits, apply("i32.or", bits, apply("i32.shl", apply("v.bitmask", isMore), i32(4 * j))));
    }
  }
  // Who beat all before him wins, unless somebody after him did; the first wins what is left.
  const left = k.keep(i32(-1));
  for (const bits of beats.slice(1).toReversed()) {
    const later = k.keep(left);
    k.set(left, apply("i32.and", left, apply("i32.xor", bits, i32(-1))));
    k.set(bits, apply("i32.and", bits, later));
  }
  return [left, ...beats.slice(1)];
}
