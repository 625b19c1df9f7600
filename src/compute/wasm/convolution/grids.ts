// The bitmap that a convolution reads, where it is not the spikes below as they are: rows and columns of silence around them, or
// windows of them pooled to their union. Beside it values, where they are not bits: counts, means, or what spikes carry.

import { assertDefined } from "../../../base/index.ts";
import { poolingShare, pooledGrid, type InputPooling } from "../../../model/network/index.ts";
import {
  apply,
  i32,
  KernelBuilder,
  load,
  sum,
  times,
  vector,
  type Kernel,
  type Local,
  type Value,
} from "../../kernel/language.ts";
import { argument, argumentCount, laneMasks } from "../code.ts";
import { sentAt, type GradedPlan } from "../graded.ts";
import { rowOf } from "../lists.ts";
import type { LayerPlan, Plan } from "../plan.ts";
import { loadShortBits } from "./patches.ts";
import type { ConvolutionPlan } from "./plan.ts";

/** Units: rows (sample · steps + step). */
export function gridKernel(name: string, plan: Plan, layer: LayerPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const convolution = assertDefined(layer.convolution, "convolution");
  const { rowWords, bits } = convolution;
  const { graded } = layer.input;
  const pooling = convolution.layer.inputPooling;
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const { row } = rowOf(k, plan, unit);
    const from = k.keep(sum(times(row, 4 * layer.input.words), i32(layer.input.bits)));
    const to = k.keep(sum(times(row, 4 * rowWords), i32(bits)));
    k.loop(to, sum(to, i32(4 * rowWords)), 4, (word) => k.store(word, 0, i32(0)));
    if (pooling === undefined) copyRows(k, convolution, from, to);
    else poolRows(k, convolution, pooling, { from, to, row, isGraded: graded !== undefined });
    if (graded !== undefined) valueRows(k, convolution, pooling ?? singleCells(convolution), { graded, row });
  });
  return k.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

function copyRows(k: KernelBuilder, plan: ConvolutionPlan, from: Local, to: Local): void {
  const { input } = plan.layer;
  const length = input.columns * input.channels;
  const source = k.keep(i32(0));
  const target = k.keep(i32(cellOf(plan, 0)));
  k.loop(i32(0), i32(input.rows), 1, () => {
    eachShortRun(length, (start, count) => {
      depositBits(k, to, sum(target, i32(start)), loadShortBits(k, from, sum(source, i32(start)), count));
    });
    k.set(source, sum(source, i32(length)));
    k.set(target, sum(target, i32(plan.padded.columns * input.channels)));
  });
}

function poolRows(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  pooling: InputPooling,
  place: { readonly from: Local; readonly to: Local; readonly row: Local; readonly isGraded: boolean },
): void {
  const { from, to, row, isGraded } = place;
  const { grid, stride } = pooling;
  const { channels } = grid;
  const pooled = pooledGrid(grid, pooling);
  const values = plan.values === undefined ? undefined : k.keep(sum(times(row, 4 * plan.cells), i32(plan.values)));
  k.loop(i32(0), i32(pooled.rows), 1, (y) => {
    k.loop(i32(0), i32(pooled.columns), 1, (x) => {
      const source = k.keep(times(sum(times(y, grid.columns * stride), times(x, stride)), channels));
      const target = k.keep(sum(times(sum(times(y, plan.padded.columns), x), channels), i32(cellOf(plan, 0))));
      eachShortRun(channels, (start, count) => {
        const members = windowOffsets(pooling).map((offset) =>
          loadShortBits(k, from, sum(source, i32(offset * channels + start)), count),
        );
        const union = members.reduce<Value>((a, b) => apply("i32.or", a, b), i32(0));
        depositBits(k, to, sum(target, i32(start)), k.keep(union));
        if (values === undefined || isGraded) return;
        for (let j = 0; j < count; j += 4) {
          const total = countBits(members, j);
          const at = sum(values, times(target, 4));
          k.store(k.keep(at), 4 * (start + j), apply("v.mul", total, vector(poolingShare(pooling))));
        }
      });
    });
  });
}

/** No pooling: every cell is its own window. */
function singleCells({ layer }: ConvolutionPlan): InputPooling {
  return { kind: "max", size: 1, stride: 1, grid: layer.input };
}

/** What the cells of a row carry. */
function valueRows(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  pooling: InputPooling,
  { graded, row }: { readonly graded: GradedPlan; readonly row: Local },
): void {
  const { grid, stride, kind } = pooling;
  const { channels } = grid;
  const pooled = pooledGrid(grid, pooling);
  const values = k.keep(sum(times(row, 4 * plan.cells), i32(assertDefined(plan.values, "values"))));
  k.loop(i32(0), i32(pooled.rows), 1, (y) => {
    k.loop(i32(0), i32(pooled.columns), 1, (x) => {
      const source = k.keep(times(sum(times(y, grid.columns * stride), times(x, stride)), channels));
      const cell = sum(times(sum(times(y, plan.padded.columns), x), channels), i32(cellOf(plan, 0)));
      const target = k.keep(sum(values, times(cell, 4)));
      k.loop(i32(0), i32(channels), 1, (channel) => {
        const members = windowOffsets(pooling).map((offset): Value => {
          const neuron = sum(source, channel, i32(offset * channels));
          return k.keep(load("f32", sentAt(k, graded, row, neuron), graded.values));
        });
        const joined = members.reduce((a, b) => apply(kind === "max" ? "f32.max" : "f32.add", a, b));
        const share: Value = { kind: "constant", type: "f32", value: poolingShare(pooling) };
        k.store(sum(target, times(channel, 4)), 0, apply("f32.mul", joined, share));
      });
    });
  });
}

/** Of four channels, how many members fire. Vectors reach beyond the last channel: what comes next overwrites that. */
function countBits(members: readonly Local[], j: number): Value {
  return members
    .map((bits): Value => {
      const four = apply("i32.and", apply("i32.shr_u", bits, i32(j)), i32(15));
      return apply("v.and", load("v128", times(four, 16), laneMasks), vector(1));
    })
    .reduce((a, b) => apply("v.add", a, b));
}

/** Pixels of a window from its first. */
export function windowOffsets({ size, grid }: Pick<InputPooling, "size" | "grid">): readonly number[] {
  return Array.from({ length: size * size }, (_, i) => Math.floor(i / size) * grid.columns + (i % size));
}

/** The padded cell of the first input of row `row`. */
export function cellOf({ padded, layer }: ConvolutionPlan, row: number): number {
  return ((row + layer.padding) * padded.columns + layer.padding) * padded.channels;
}

function eachShortRun(length: number, write: (start: number, count: number) => void): void {
  for (let start = 0; start < length; start += 32) write(start, Math.min(32, length - start));
}

/** Adds up to 32 bits to a bitmap from bit `first` on. */
function depositBits(k: KernelBuilder, address: Local, first: Value, bits: Local): void {
  const bit = k.keep(first);
  const at = k.keep(sum(address, apply("i32.shr_u", bit, i32(3))));
  const shifted = apply("i64.shl", apply("i64.extend_u", bits), apply("i64.extend_u", apply("i32.and", bit, i32(7))));
  k.store(at, 0, apply("i64.or", load("i64", at), shifted));
}
