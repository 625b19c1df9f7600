// Kernel rows of few bits: the sums of every pattern are prepared, so that a row costs one addition whatever fires, and gradients of
// equal patterns meet before they go to the weights.

import { assertDefined } from "../../../base/index.ts";
import {
  apply,
  i32,
  KernelBuilder,
  load,
  sum,
  times,
  type Kernel,
  type Local,
  type Value,
} from "../../kernel/language.ts";
import { addVectors, argument, argumentCount, loadVectors, storeVectors, zeroVectors } from "../code.ts";
import { learner, type Learning } from "../learn.ts";
import type { LayerPlan, Plan } from "../plan.ts";
import { loadShortBits } from "./patches.ts";
import { sampleGroups, type ConvolutionPlan } from "./plan.ts";

/** Whether patterns beat events: one addition for each kernel row costs as much as a few branches for what fires. */
export function patternsPay(density: number): boolean {
  return density > 0.01;
}

/** Where a patch stands, and the byte offset of its block in a row of sums. */
export interface PatternPatch {
  readonly bits: Local;
  readonly start: Local;
  readonly column: Value;
}

/** `sums` += the prepared sums of a patch's rows. */
export function addPatterns(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  patch: PatternPatch,
  sums: readonly Local[],
): void {
  const { sums: address } = assertDefined(plan.patterns, "patterns");
  eachPattern(k, plan, patch, (at, offset) => addVectors(k, sums, at, address + offset));
}

/** Runs `write` with the byte offset of the pattern of each kernel row. */
export function eachPattern(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  patch: PatternPatch,
  write: (at: Local, offset: number) => void,
): void {
  const { kernelRows, padded, pixelWidth } = plan;
  const { bits: length } = assertDefined(plan.patterns, "patterns");
  for (let row = 0; row < kernelRows; row++) {
    const bit = sum(patch.start, i32(row * padded.columns * padded.channels));
    const pattern = loadShortBits(k, patch.bits, bit, length);
    write(k.keep(sum(times(pattern, 4 * pixelWidth), patch.column)), row * 2 ** length * 4 * pixelWidth);
  }
}

/** Units: kernel rows. Every pattern's sum is that of the pattern without its lowest bit, and one row of weights. */
export function patternSumsKernel(name: string, layer: LayerPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { patterns, pixelWidth } = assertDefined(layer.convolution, "convolution");
  const { bits, sums } = assertDefined(patterns, "patterns");
  const rowBytes = 4 * pixelWidth;
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (row) => {
    const table = k.keep(times(row, 2 ** bits * rowBytes));
    const weights = k.keep(times(row, bits * rowBytes));
    k.loop(i32(0), i32(rowBytes), 16, (at) => k.store(sum(table, at), sums, load("v128", i32(0))));
    k.loop(i32(1), i32(2 ** bits), 1, (pattern) => {
      const lowest = k.keep(apply("i32.ctz", pattern));
      const rest = apply("i32.and", pattern, apply("i32.sub", pattern, i32(1)));
      const own = k.keep(sum(weights, times(lowest, rowBytes)));
      const earlier = k.keep(sum(table, times(rest, rowBytes)));
      const to = k.keep(sum(table, times(pattern, rowBytes)));
      k.loop(i32(0), i32(rowBytes), 16, (at) => {
        const weight = load("v128", sum(own, at), layer.weights.values);
        k.store(sum(to, at), sums, apply("v.add", load("v128", sum(earlier, at), sums), weight));
      });
    });
  });
  return k.finish();
}

/** Units: rows of weights. The gradient of a weight is that of all patterns in which its input fires. */
export function patternWeightsKernel(name: string, plan: Plan, layer: LayerPlan, learning: Learning): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { patterns, pixelWidth, blockVectors } = assertDefined(layer.convolution, "convolution");
  const { bits, gradients, bytes } = assertDefined(patterns, "patterns");
  const learn = learner(k, plan, learning);
  const rowBytes = 4 * pixelWidth;
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const row = k.keep(apply("i32.div_u", unit, i32(bits)));
    const bit = k.keep(apply("i32.sub", unit, times(row, bits)));
    k.loop(i32(0), i32(rowBytes), 16 * blockVectors, (column) => {
      const totals = zeroVectors(k, 4 * blockVectors);
      for (let group = 0; group < sampleGroups; group++) {
        const table = k.keep(sum(times(row, 2 ** bits * rowBytes), column, i32(gradients + group * bytes)));
        k.loop(i32(1), i32(2 ** bits), 1, (pattern) => {
          k.if(apply("i32.and", apply("i32.shr_u", pattern, bit), i32(1)), () => {
            addVectors(k, totals, k.keep(sum(table, times(pattern, rowBytes))), 0);
          });
        });
      }
      learn(k.keep(sum(times(unit, rowBytes), column)), layer.weights, totals);
    });
  });
  return k.finish();
}

/** Gradients of a patch to the patterns of its rows. @param base  Address of the group's gradients. */
export function spreadToPatterns(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  patch: PatternPatch & { readonly base: Local },
  gradient: readonly Local[],
): void {
  eachPattern(k, plan, patch, (at, offset) => {
    const to = k.keep(sum(patch.base, at));
    const totals = loadVectors(k, to, offset, 4 * gradient.length);
    storeVectors(
      k,
      to,
      offset,
      totals.map((total, j) => apply("v.add", total, assertDefined(gradient[j], "gradient"))),
    );
  });
}
