// The backward pass of a convolution, one sample after the other and step by step, so that what a step leaves is still in cache when
// it is used: the neurons' adjoint, the weight gradients of the events that arrived, the gradient for the layer below.

import { assertDefined } from "../../../base/index.ts";
import { poolingShare } from "../../../model/network/index.ts";
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
import type { Surrogate } from "../../backend.ts";
import { argument, argumentCount, loadVectors, storeVectors } from "../code.ts";
import type { LayerPlan, Plan } from "../plan.ts";
import { eachPatchValue, winnerWords, type PatchMethod } from "./forward.ts";
import { inputGradient } from "./input-gradient.ts";
import { adjointRow } from "./adjoint.ts";
import { freeRow } from "./normalize.ts";
import { eachPatchEvent } from "./patches.ts";
import { spreadToPatterns } from "./patterns.ts";
import { laneMask, receivers } from "./receivers.ts";
import { sampleGroups, type ConvolutionPlan } from "./plan.ts";
import { blockParts, eachBlock, memberCells, type Block } from "./positions.ts";

/** Units: groups of samples. Weight gradients of a direct input come from the time sum, by `directGradientsKernel`. */
export function convolutionBackwardKernel(
  name: string,
  plan: Plan,
  layer: LayerPlan,
  options: { readonly surrogate: Surrogate; readonly method: PatchMethod },
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const convolution = assertDefined(layer.convolution, "convolution");
  const scratch = k.keep(sum(times(k.argument(argument.thread), plan.scratchBytes), i32(plan.scratch)));
  const { normalization } = layer;
  const learned = targetOf(convolution, options.method);
  eachGroup(k, (group, eachSample) => {
    const base = k.keep(sum(times(group, learned.bytes), i32(learned.address)));
    k.loop(base, sum(base, i32(learned.bytes)), 16, (at) => k.store(at, 0, load("v128", i32(0))));
    eachSample((sample) => {
      if (normalization !== undefined) clearSample(k, layer, sample);
      k.loop(i32(0), k.argument(argument.steps), -1, (step) => {
        const row = k.keep(sum(times(sample, plan.sampleRows), step));
        if (normalization === undefined) adjointRow(k, layer, options.surrogate, { sample, row, scratch });
        else freeRow(k, { layer, normalization }, row, options.method === "direct" ? sample : undefined);
        if (options.method !== "direct") spreadToWeights(k, layer, options.method, { row, base });
        if (convolution.below !== undefined) inputGradient(k, layer, convolution.below, { sample, row, scratch });
      });
    });
  });
  return k.finish();
}

/** Units: groups of samples. Weight gradients of a direct input. */
export function directGradientsKernel(name: string, plan: Plan, layer: LayerPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const convolution = assertDefined(layer.convolution, "convolution");
  const learned = targetOf(convolution, "direct");
  eachGroup(k, (group, eachSample) => {
    const base = k.keep(sum(times(group, learned.bytes), i32(learned.address)));
    k.loop(base, sum(base, i32(learned.bytes)), 16, (at) => k.store(at, 0, load("v128", i32(0))));
    eachSample((sample) => {
      const gradient = k.keep(sum(times(sample, layer.tileBytes), i32(layer.inputGradientSum)));
      const winners = k.keep(sum(times(sample, plan.sampleRows * convolution.winnerBytes), i32(convolution.winners)));
      const values = k.keep(
        sum(times(sample, 4 * convolution.cells), i32(assertDefined(convolution.direct, "direct"))),
      );
      eachReceiver(k, convolution, { gradient, winners }, (block, start, own) => {
        eachPatchValue(k, convolution, { values, start, group: block.group }, (weights, x) => {
          const to = k.keep(sum(base, weights, block.column));
          addTo(
            k,
            to,
            own.map((g) => apply("v.mul", x, g)),
          );
        });
      });
    });
  });
  return k.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

/** Samples in groups whose bounds do not depend on threads. */
function eachGroup(
  k: KernelBuilder,
  write: (group: Local, eachSample: (visit: (sample: Local) => void) => void) => void,
): void {
  const samples = k.argument(argument.samples);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (group) => {
    const bound = (index: Value): Value => apply("i32.div_u", apply("i32.mul", samples, index), i32(sampleGroups));
    const from = k.keep(bound(group));
    const to = k.keep(bound(sum(group, i32(1))));
    write(group, (visit) => k.loop(from, to, 1, visit));
  });
}

/** Where weight gradients of a group of samples are added up. */
function targetOf(plan: ConvolutionPlan, method: PatchMethod): { readonly address: number; readonly bytes: number } {
  if (method !== "tables") return { address: plan.weightGradients, bytes: plan.weightBytes };
  const { gradients, bytes } = assertDefined(plan.patterns, "patterns");
  return { address: gradients, bytes };
}

/** The time sum of a sample's gradient starts anew. */
function clearSample(k: KernelBuilder, layer: LayerPlan, sample: Local): void {
  const cell = k.keep(times(sample, layer.tileBytes));
  k.loop(cell, sum(cell, i32(layer.tileBytes)), 16, (at) => {
    k.store(at, layer.inputGradientSum, load("v128", i32(0)));
  });
}

function spreadToWeights(
  k: KernelBuilder,
  layer: LayerPlan,
  method: PatchMethod,
  { row, base }: { readonly row: Local; readonly base: Local },
): void {
  const plan = assertDefined(layer.convolution, "convolution");
  const bits = k.keep(sum(times(row, 4 * plan.rowWords), i32(plan.bits)));
  const values = k.keep(sum(times(row, 4 * plan.cells), i32(plan.values ?? 0)));
  const gradient = k.keep(sum(times(row, layer.tileBytes), i32(assertDefined(layer.saved[0], "gradient"))));
  const winners = k.keep(sum(times(row, plan.winnerBytes), i32(plan.winners)));
  eachReceiver(k, plan, { gradient, winners }, (block, start, own) => {
    if (method === "tables") {
      spreadToPatterns(k, plan, { bits, start, column: block.column, base }, own);
      return;
    }
    const column = k.keep(sum(base, block.column));
    eachPatchEvent(k, plan, { bits, first: start, group: block.group }, (weights, bit) => {
      const to = k.keep(sum(column, weights));
      if (plan.values === undefined) {
        addTo(k, to, own);
        return;
      }
      const x = k.keep(load("v128.splat", sum(values, times(bit, 4))));
      addTo(
        k,
        to,
        own.map((g) => apply("v.mul", x, g)),
      );
    });
  });
}

/** Runs `write` for every position of every window with what it receives of the gradient. Uses up `winners`. */
function eachReceiver(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  place: { readonly gradient: Local; readonly winners: Local },
  write: (block: Block, start: Local, own: readonly Local[]) => void,
): void {
  const { window, padded } = plan;
  const parts = blockParts(plan);
  eachBlock(k, plan, (block) => {
    const at = k.keep(sum(place.gradient, block.place));
    const masks = parts.map((_, part) => receivers(k, plan, place.winners, part));
    memberCells(plan).forEach((cell, m) => {
      const own = parts.flatMap(({ first, count }, part) => {
        const bits = masks[part]?.[m];
        return Array.from({ length: count }, (_, j) => {
          const whole = load("v128", at, 16 * (first + j));
          if (bits !== undefined) return k.keep(apply("v.and", whole, laneMask(bits, j)));
          return k.keep(window.kind === "average" ? apply("v.mul", whole, vector(poolingShare(window))) : whole);
        });
      });
      const start = k.keep(sum(block.firstBit, i32(cell * padded.channels)));
      write(block, start, own);
    });
    k.set(place.winners, sum(place.winners, i32(4 * winnerWords(plan))));
  });
}

function addTo(k: KernelBuilder, address: Local, values: readonly Value[]): void {
  const before = loadVectors(k, address, 0, 4 * values.length);
  storeVectors(
    k,
    address,
    0,
    before.map((total, j) => k.keep(apply("v.add", total, assertDefined(values[j], "value")))),
  );
}
