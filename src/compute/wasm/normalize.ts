// Batch normalization of a dense layer's currents, in passes over all rows of a batch: currents, their mean, their variance, then
// the neurons; backwards the two sums that the gradient is freed of. Sums run over the steps of a sample, then over samples, so that
// they are those of the reference bit for bit.

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
} from "../kernel/language.ts";
import { sumSamples } from "./backward.ts";
import {
  argument,
  argumentCount,
  eachTileSample,
  loadVectors,
  rowCell,
  sampleCell,
  storeVectors,
  vectorsOf,
  zeroVectors,
} from "./code.ts";
import type { Gather } from "./forward.ts";
import { learner, type Learning } from "./learn.ts";
import type { Call } from "./layer-phases.ts";
import type { NormalizationPlan } from "./normalization-plan.ts";
import type { LayerPlan, Plan } from "./plan.ts";

/** A layer that has one. */
export interface NormalizedLayer {
  readonly layer: LayerPlan;
  readonly normalization: NormalizationPlan;
}

/** Kernels of a forward pass, after the lists. @param suffix  How sums are formed. */
export function normalizedForward(
  { index, tiles }: LayerPlan,
  { samples, training }: { readonly samples: number; readonly training: boolean },
  suffix: string,
): readonly Call[] {
  const units = tiles * samples;
  const statistics: readonly Call[] = training
    ? [
        [`mean${index}`, tiles],
        [`deviation${index}`, units],
        [`variance${index}`, tiles],
      ]
    : [[`running${index}`, tiles]];
  return [[`currents${suffix}`, units], ...statistics, [`${training ? "train" : "infer"}Normalized${index}`, units]];
}

/** Kernels of a backward pass, after the neurons: bias and scale learn from the gradient after normalization. */
export function normalizedBackward({ index, tiles }: LayerPlan, samples: number, prefix: string): readonly Call[] {
  return [
    [`gradientSums${index}`, tiles * samples],
    [`gradientMeans${index}`, tiles],
    [`${prefix}.small${index}`, tiles],
    [`${prefix}.scale${index}`, tiles],
    [`gradient${index}`, tiles * samples],
  ];
}

/** Every kernel of normalization but those that differ with how sums are formed and what learns. */
export function normalizationKernels(plan: Plan, normalized: NormalizedLayer): Kernel[] {
  return [
    meanKernel(plan, normalized),
    deviationKernel(plan, normalized),
    varianceKernel(plan, normalized),
    runningKernel(normalized),
    gradientSumsKernel(plan, normalized),
    gradientMeansKernel(plan, normalized),
    gradientKernel(plan, normalized),
  ];
}

/** Units: (tile, sample). Currents without bias, kept, and summed up. @param gather  None for a direct input. */
export function currentsKernel(
  name: string,
  plan: Plan,
  { layer, normalization }: NormalizedLayer,
  parts: { readonly gather?: Gather; readonly begin?: (k: KernelBuilder, tile: Local) => void },
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  eachTileSample(k, ({ tile, sample }) => {
    parts.begin?.(k, tile);
    const cell = k.keep(sampleCell(layer, plan.maxSampleCount, tile, sample));
    const totals = zeroVectors(k, layer.width);
    const sums = vectorsOf(layer.width).map(() => k.local("v128"));
    eachRowOf(k, plan, sample, (row) => {
      const base = layer.base;
      sums.forEach((local, j) => {
        k.set(
          local,
          parts.gather === undefined ? load("v128", cell, (base ?? 0) + 16 * j) : load("v128", i32(0), 16 * j),
        );
      });
      parts.gather?.(k, sums, tile, row);
      storeVectors(k, rowAt(k, plan, layer, tile, row), normalization.currents, sums);
      totals.forEach((total, j) => k.set(total, apply("v.add", total, sums[j] ?? vector(0))));
    });
    storeVectors(k, cell, normalization.sums, totals);
  });
  return k.finish();
}

/** Normalizes what `currentsKernel` kept, on top of the bias that is there already. */
export function gatherNormalized(plan: Plan, { layer, normalization: { currents, used } }: NormalizedLayer): Gather {
  return (k, sums, tile, row) => {
    const at = rowAt(k, plan, layer, tile, row);
    const vectors = k.keep(times(tile, layer.tileBytes));
    sums.forEach((local, j) => {
      const centered = apply("v.sub", load("v128", at, currents + 16 * j), load("v128", vectors, used.mean + 16 * j));
      const scaled = apply("v.mul", centered, load("v128", vectors, used.factor + 16 * j));
      k.set(local, apply("v.add", scaled, local));
    });
  };
}

/** Units: tiles. The scale learns, or its gradient stays. */
export function scaleKernel(
  name: string,
  plan: Plan,
  { layer, normalization }: NormalizedLayer,
  learning: Learning,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const learn = learner(k, plan, learning);
  eachTile(k, layer, (tile, at) =>
    learn(at, normalization.scale, sumSamples(k, plan, layer, tile, normalization.sums)),
  );
  return k.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

/** Units: tiles. */
function meanKernel(plan: Plan, { layer, normalization: { sums, used } }: NormalizedLayer): Kernel {
  const k = new KernelBuilder(`mean${layer.index}`, argumentCount);
  const count = rowCount(k);
  eachTile(k, layer, (tile, at) => {
    const totals = sumSamples(k, plan, layer, tile, sums);
    totals.forEach((total, j) => k.store(at, used.mean + 16 * j, apply("v.div", total, count)));
  });
  return k.finish();
}

/** Units: (tile, sample). Sums of squared distances from the mean. */
function deviationKernel(plan: Plan, { layer, normalization: { sums, currents, used } }: NormalizedLayer): Kernel {
  const k = new KernelBuilder(`deviation${layer.index}`, argumentCount);
  eachTileSample(k, ({ tile, sample }) => {
    const totals = zeroVectors(k, layer.width);
    const means = loadVectors(k, times(tile, layer.tileBytes), used.mean, layer.width);
    eachRowOf(k, plan, sample, (row) => {
      const at = rowAt(k, plan, layer, tile, row);
      totals.forEach((total, j) => {
        const distance = k.keep(apply("v.sub", load("v128", at, currents + 16 * j), means[j] ?? vector(0)));
        k.set(total, apply("v.add", total, apply("v.mul", distance, distance)));
      });
    });
    storeVectors(k, sampleCell(layer, plan.maxSampleCount, tile, sample), sums, totals);
  });
  return k.finish();
}

/** Units: tiles. Variance and factor of the batch; running statistics follow. */
function varianceKernel(plan: Plan, { layer, normalization }: NormalizedLayer): Kernel {
  const { definition, mean, variance, sums, used } = normalization;
  const k = new KernelBuilder(`variance${layer.index}`, argumentCount);
  const count = rowCount(k);
  const one = vector(1);
  const correction = k.keep(apply("v.div", count, apply("v.max", apply("v.sub", count, one), one)));
  eachTile(k, layer, (tile, at) => {
    sumSamples(k, plan, layer, tile, sums).forEach((total, j) => {
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

/** Units: tiles. The running statistics serve. */
function runningKernel({ layer, normalization }: NormalizedLayer): Kernel {
  const k = new KernelBuilder(`running${layer.index}`, argumentCount);
  eachTile(k, layer, (_tile, at) => {
    for (const j of vectorsOf(layer.width)) {
      k.store(at, normalization.used.mean + 16 * j, load("v128", at, normalization.mean + 16 * j));
      storeFactor(k, normalization, at, j, load("v128", at, normalization.variance + 16 * j));
    }
  });
  return k.finish();
}

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

/** Units: (tile, sample). Σ of dLoss/dCurrent times the standard current. */
function gradientSumsKernel(plan: Plan, { layer, normalization }: NormalizedLayer): Kernel {
  const k = new KernelBuilder(`gradientSums${layer.index}`, argumentCount);
  eachTileSample(k, ({ tile, sample }) => {
    const totals = zeroVectors(k, layer.width);
    const vectors = k.keep(times(tile, layer.tileBytes));
    eachRowOf(k, plan, sample, (row) => {
      const at = rowAt(k, plan, layer, tile, row);
      totals.forEach((total, j) => {
        const product = apply(
          "v.mul",
          load("v128", at, gradientOf(layer) + 16 * j),
          standard(normalization, at, vectors, j),
        );
        k.set(total, apply("v.add", total, product));
      });
    });
    storeVectors(k, sampleCell(layer, plan.maxSampleCount, tile, sample), normalization.sums, totals);
  });
  return k.finish();
}

/** Units: tiles. What the gradient has in common over the batch. */
function gradientMeansKernel(plan: Plan, { layer, normalization: { sums, used } }: NormalizedLayer): Kernel {
  const k = new KernelBuilder(`gradientMeans${layer.index}`, argumentCount);
  const count = rowCount(k);
  eachTile(k, layer, (tile, at) => {
    for (const [from, to] of [
      [layer.inputGradientSum, used.shift],
      [sums, used.slope],
    ] as const) {
      const totals = sumSamples(k, plan, layer, tile, from);
      totals.forEach((total, j) => k.store(at, to + 16 * j, apply("v.div", total, count)));
    }
  });
  return k.finish();
}

/** Units: (tile, sample). dLoss/dCurrent before normalization replaces that after it. */
function gradientKernel(plan: Plan, { layer, normalization }: NormalizedLayer): Kernel {
  const { used } = normalization;
  const k = new KernelBuilder(`gradient${layer.index}`, argumentCount);
  eachTileSample(k, ({ tile, sample }) => {
    const totals = zeroVectors(k, layer.width);
    const vectors = k.keep(times(tile, layer.tileBytes));
    eachRowOf(k, plan, sample, (row) => {
      const at = rowAt(k, plan, layer, tile, row);
      totals.forEach((total, j) => {
        const common = apply(
          "v.mul",
          standard(normalization, at, vectors, j),
          load("v128", vectors, used.slope + 16 * j),
        );
        const pulled = apply("v.add", load("v128", vectors, used.shift + 16 * j), common);
        const free = apply("v.sub", load("v128", at, gradientOf(layer) + 16 * j), pulled);
        const found = k.keep(apply("v.mul", load("v128", vectors, used.factor + 16 * j), free));
        k.store(at, gradientOf(layer) + 16 * j, found);
        k.set(total, apply("v.add", total, found));
      });
    });
    storeVectors(k, sampleCell(layer, plan.maxSampleCount, tile, sample), layer.inputGradientSum, totals);
  });
  return k.finish();
}

/** (current − mean) / √(variance + epsilon). */
function standard({ currents, used }: NormalizationPlan, at: Local, vectors: Local, j: number): Value {
  const centered = apply("v.sub", load("v128", at, currents + 16 * j), load("v128", vectors, used.mean + 16 * j));
  return apply("v.mul", centered, load("v128", vectors, used.inverse + 16 * j));
}

/** Where the backward pass leaves dLoss/dCurrent. */
function gradientOf({ saved }: LayerPlan): number {
  return saved[0] ?? 0;
}

/** Values of a channel: steps · samples. */
function rowCount(k: KernelBuilder): Local {
  const rows = apply("i32.mul", k.argument(argument.samples), k.argument(argument.steps));
  return k.keep(apply("v.fromIntegers", apply("w.splat", rows)));
}

function rowAt(k: KernelBuilder, plan: Plan, layer: LayerPlan, tile: Value, row: Value): Local {
  return k.keep(rowCell(layer, plan.maxSampleCount * plan.sampleRows, tile, row));
}

function eachRowOf(k: KernelBuilder, plan: Plan, sample: Local, write: (row: Local) => void): void {
  const first = k.keep(times(sample, plan.sampleRows));
  k.loop(first, sum(first, k.argument(argument.steps)), 1, write);
}

function eachTile(k: KernelBuilder, layer: LayerPlan, write: (tile: Local, at: Local) => void): void {
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (tile) =>
    write(tile, k.keep(times(tile, layer.tileBytes))),
  );
}
