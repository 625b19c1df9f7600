// What normalization does channel by channel, however a layer's neurons lie: mean and variance of a batch from its samples' sums,
// running statistics, and the two means that the gradient is freed of. Sums run over samples in order, so that they are those of the
// reference bit for bit.

import { apply, KernelBuilder, load, vector, type Kernel, type Local, type Value } from "../kernel/language.ts";
import { argumentCount } from "./code.ts";
import { learner, type Learning } from "./learn.ts";
import type { Trained } from "./memory-layout.ts";
import type { NormalizationPlan } from "./normalization-plan.ts";
import type { Plan } from "./plan.ts";

/** How channels lie: parts of a few vectors, each a unit of work. */
export interface ChannelParts {
  /**
   * Runs `write` for the units of a kernel.
   * @param write  Gets a part's byte offset in arrays of channels, and what adds up a part of per-sample arrays.
   */
  each(k: KernelBuilder, write: (at: Local, sumOf: (perSample: number) => Local[]) => void): void;
  /** Values of a channel in a batch, in all four lanes. */
  count(k: KernelBuilder): Local;
}

/** Mean of the batch. */
export function meanKernel(name: string, parts: ChannelParts, { sums, used }: NormalizationPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const count = parts.count(k);
  parts.each(k, (at, sumOf) => {
    sumOf(sums).forEach((total, j) => k.store(at, used.mean + 16 * j, apply("v.div", total, count)));
  });
  return k.finish();
}

/** Variance and factor of the batch, from sums of squared distances; running statistics follow. */
export function varianceKernel(name: string, parts: ChannelParts, normalization: NormalizationPlan): Kernel {
  const { definition, mean, variance, sums, used } = normalization;
  const k = new KernelBuilder(name, argumentCount);
  const count = parts.count(k);
  const one = vector(1);
  const correction = k.keep(apply("v.div", count, apply("v.max", apply("v.sub", count, one), one)));
  parts.each(k, (at, sumOf) => {
    sumOf(sums).forEach((total, j) => {
      const found = k.keep(apply("v.div", total, count));
      storeFactor(k, normalization, at, j, found);
      const blend = (running: number, fresh: Value): void => {
        const old = apply("v.mul", vector(1 - definition.momentum), load("v128", at, running + 16 * j));
        k.store(at, running + 16 * j, apply("v.add", old, apply("v.mul", vector(definition.momentum), fresh)));
      };
      blend(mean, load("v128", at, used.mean + 16 * j));
      blend(variance, apply("v.mul", correction, found));
    });
  });
  return k.finish();
}

/** The running statistics serve. */
export function runningKernel(
  name: string,
  parts: ChannelParts,
  normalization: NormalizationPlan,
  vectors: number,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  parts.each(k, (at) => {
    for (let j = 0; j < vectors; j++) {
      k.store(at, normalization.used.mean + 16 * j, load("v128", at, normalization.mean + 16 * j));
      storeFactor(k, normalization, at, j, load("v128", at, normalization.variance + 16 * j));
    }
  });
  return k.finish();
}

/** What the gradient has in common over the batch: with every current alike, and in proportion to the standard current. */
export function gradientMeansKernel(
  name: string,
  parts: ChannelParts,
  { sums, shiftSums, used }: NormalizationPlan,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const count = parts.count(k);
  parts.each(k, (at, sumOf) => {
    for (const [from, to] of [
      [shiftSums, used.shift],
      [sums, used.slope],
    ] as const) {
      sumOf(from).forEach((total, j) => k.store(at, to + 16 * j, apply("v.div", total, count)));
    }
  });
  return k.finish();
}

/** An array of channels learns from per-sample sums, or its gradient stays. */
export function channelKernel(
  name: string,
  plan: Plan,
  parts: ChannelParts,
  from: { readonly array: Trained; readonly perSample: number },
  learning: Learning,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const learn = learner(k, plan, learning);
  parts.each(k, (at, sumOf) => learn(at, from.array, sumOf(from.perSample)));
  return k.finish();
}

/** Four channels as values lie: standard currents, and the gradient freed of what it has in common. */
export interface NormalizedVector {
  /** Where the currents, and the gradient, of four neurons lie. */
  readonly at: Local;
  /** Byte offset of their channels. */
  readonly channels: Value;
  readonly offset: number;
}

/** (current − mean) · factor: what a current becomes before the bias is added. */
export function scaledCurrent(
  { currents, used }: NormalizationPlan,
  { at, channels, offset }: NormalizedVector,
): Value {
  const centered = apply("v.sub", load("v128", at, currents + offset), load("v128", channels, used.mean + offset));
  return apply("v.mul", centered, load("v128", channels, used.factor + offset));
}

/** (current − mean) / √(variance + epsilon). */
export function standardCurrent(
  { currents, used }: NormalizationPlan,
  { at, channels, offset }: NormalizedVector,
): Value {
  const centered = apply("v.sub", load("v128", at, currents + offset), load("v128", channels, used.mean + offset));
  return apply("v.mul", centered, load("v128", channels, used.inverse + offset));
}

/** dLoss/dCurrent before normalization, from that after it at address `gradient`. */
export function freedGradient(normalization: NormalizationPlan, vectorAt: NormalizedVector, gradient: number): Value {
  const { at, channels, offset } = vectorAt;
  const { used } = normalization;
  const common = apply("v.mul", standardCurrent(normalization, vectorAt), load("v128", channels, used.slope + offset));
  const pulled = apply("v.add", load("v128", channels, used.shift + offset), common);
  const free = apply("v.sub", load("v128", at, gradient + offset), pulled);
  return apply("v.mul", load("v128", channels, used.factor + offset), free);
}

// ---------------------------------------------------------------------------------------------------------------------

/** 1 / √(variance + epsilon), and scale times that. */
function storeFactor(
  k: KernelBuilder,
  { definition, scale, used }: NormalizationPlan,
  at: Local,
  j: number,
  variance: Value,
): void {
  const root = apply("v.sqrt", apply("v.add", variance, vector(definition.epsilon)));
  const inverse = k.keep(apply("v.div", vector(1), root));
  k.store(at, used.inverse + 16 * j, inverse);
  k.store(at, used.factor + 16 * j, apply("v.mul", inverse, load("v128", at, scale.values + 16 * j)));
}
