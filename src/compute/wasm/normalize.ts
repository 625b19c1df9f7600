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
import type { Learning } from "./learn.ts";
import type { Call } from "./layer-phases.ts";
import type { NormalizationPlan } from "./normalization-plan.ts";
import {
  channelKernel,
  freedGradient,
  gradientMeansKernel,
  meanKernel,
  runningKernel,
  scaledCurrent,
  standardCurrent,
  varianceKernel,
  type ChannelParts,
} from "./normalize-channels.ts";
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
  const { layer, normalization } = normalized;
  const parts = tileParts(plan, layer);
  return [
    meanKernel(`mean${layer.index}`, parts, normalization),
    deviationKernel(plan, normalized),
    varianceKernel(`variance${layer.index}`, parts, normalization),
    runningKernel(`running${layer.index}`, parts, normalization, layer.width / 4),
    gradientSumsKernel(plan, normalized),
    gradientMeansKernel(`gradientMeans${layer.index}`, parts, normalization),
    gradientKernel(plan, normalized),
  ];
}

/** Units: tiles. The scale learns, or its gradient stays. */
export function scaleKernel(
  name: string,
  plan: Plan,
  { layer, normalization: { scale, sums } }: NormalizedLayer,
  learning: Learning,
): Kernel {
  return channelKernel(name, plan, tileParts(plan, layer), { array: scale, perSample: sums }, learning);
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
export function gatherNormalized(plan: Plan, { layer, normalization }: NormalizedLayer): Gather {
  return (k, sums, tile, row) => {
    const at = rowAt(k, plan, layer, tile, row);
    const channels = k.keep(times(tile, layer.tileBytes));
    sums.forEach((local, j) => {
      k.set(local, apply("v.add", scaledCurrent(normalization, { at, channels, offset: 16 * j }), local));
    });
  };
}

// ---------------------------------------------------------------------------------------------------------------------

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

/** Units: (tile, sample). Σ of dLoss/dCurrent times the standard current. */
function gradientSumsKernel(plan: Plan, { layer, normalization }: NormalizedLayer): Kernel {
  const k = new KernelBuilder(`gradientSums${layer.index}`, argumentCount);
  eachTileSample(k, ({ tile, sample }) => {
    const totals = zeroVectors(k, layer.width);
    const channels = k.keep(times(tile, layer.tileBytes));
    eachRowOf(k, plan, sample, (row) => {
      const at = rowAt(k, plan, layer, tile, row);
      totals.forEach((total, j) => {
        const standard = standardCurrent(normalization, { at, channels, offset: 16 * j });
        const product = apply("v.mul", load("v128", at, gradientOf(layer) + 16 * j), standard);
        k.set(total, apply("v.add", total, product));
      });
    });
    storeVectors(k, sampleCell(layer, plan.maxSampleCount, tile, sample), normalization.sums, totals);
  });
  return k.finish();
}

/** Units: (tile, sample). dLoss/dCurrent before normalization replaces that after it. */
function gradientKernel(plan: Plan, { layer, normalization }: NormalizedLayer): Kernel {
  const k = new KernelBuilder(`gradient${layer.index}`, argumentCount);
  eachTileSample(k, ({ tile, sample }) => {
    const totals = zeroVectors(k, layer.width);
    const channels = k.keep(times(tile, layer.tileBytes));
    eachRowOf(k, plan, sample, (row) => {
      const at = rowAt(k, plan, layer, tile, row);
      totals.forEach((total, j) => {
        const found = k.keep(freedGradient(normalization, { at, channels, offset: 16 * j }, gradientOf(layer)));
        k.store(at, gradientOf(layer) + 16 * j, found);
        k.set(total, apply("v.add", total, found));
      });
    });
    storeVectors(k, sampleCell(layer, plan.maxSampleCount, tile, sample), layer.inputGradientSum, totals);
  });
  return k.finish();
}

/** Where the backward pass leaves dLoss/dCurrent. */
function gradientOf({ saved }: LayerPlan): number {
  return saved[0] ?? 0;
}

function rowAt(k: KernelBuilder, plan: Plan, layer: LayerPlan, tile: Value, row: Value): Local {
  return k.keep(rowCell(layer, plan.maxSampleCount * plan.sampleRows, tile, row));
}

function eachRowOf(k: KernelBuilder, plan: Plan, sample: Local, write: (row: Local) => void): void {
  const first = k.keep(times(sample, plan.sampleRows));
  k.loop(first, sum(first, k.argument(argument.steps)), 1, write);
}

/** A tile is a part. */
function tileParts(plan: Plan, layer: LayerPlan): ChannelParts {
  return {
    each: (k, write) =>
      k.loop(k.argument(argument.from), k.argument(argument.to), 1, (tile) => {
        const at = k.keep(times(tile, layer.tileBytes));
        write(at, (perSample) => sumSamples(k, plan, layer, tile, perSample));
      }),
    count: (k) => {
      const rows = apply("i32.mul", k.argument(argument.samples), k.argument(argument.steps));
      return k.keep(apply("v.fromIntegers", apply("w.splat", rows)));
    },
  };
}
