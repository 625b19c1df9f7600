// Batch normalization of a convolution's currents: currents first, channel by channel summed up over steps and pixels, then the
// neurons; backwards the neurons of all samples before the synapses, because their gradient is freed of two sums over the batch.

import { assertDefined } from "../../../base/index.ts";
import { apply, i32, KernelBuilder, load, sum, times, type Kernel, type Local } from "../../kernel/language.ts";
import type { Surrogate } from "../../backend.ts";
import { addVectors, argument, argumentCount, loadVectors, storeVectors, zeroVectors } from "../code.ts";
import type { Call } from "../layer-phases.ts";
import type { Learning } from "../learn.ts";
import {
  channelKernel,
  freedGradient,
  gradientMeansKernel,
  meanKernel,
  runningKernel,
  standardCurrent,
  varianceKernel,
  type ChannelParts,
} from "../normalize-channels.ts";
import type { NormalizedLayer } from "../normalize.ts";
import type { LayerPlan, Plan } from "../plan.ts";
import { adjointRow } from "./adjoint.ts";
import { blockSums, type PatchMethod } from "./forward.ts";
import type { ConvolutionPlan } from "./plan.ts";
import { eachBlock, type Block } from "./positions.ts";

/** Kernels of a forward pass, once its input lies ready. @param suffix  How sums are formed. */
export function normalizedConvolutionForward(
  layer: LayerPlan,
  { samples, training }: { readonly samples: number; readonly training: boolean },
  suffix: string,
): readonly Call[] {
  const { index } = layer;
  const units = channelUnits(layer);
  const statistics: readonly Call[] = training
    ? [
        [`mean${index}`, units],
        [`deviation${index}`, samples],
        [`variance${index}`, units],
      ]
    : [[`running${index}`, units]];
  return [
    [`currents${suffix}`, samples],
    ...statistics,
    [`${training ? "train" : "infer"}Normalized${index}`, samples],
  ];
}

/** Kernels of a backward pass before the synapses: bias and scale learn from the gradient after normalization. */
export function normalizedConvolutionBackward(layer: LayerPlan, samples: number, prefix: string): readonly Call[] {
  const { index } = layer;
  const units = channelUnits(layer);
  return [
    [`adjoint${index}`, samples],
    [`gradientMeans${index}`, units],
    [`${prefix}.bias${index}`, units],
    [`${prefix}.scale${index}`, units],
  ];
}

/** Every kernel of normalization but those that differ with how sums are formed. */
export function normalizedConvolutionKernels(
  plan: Plan,
  normalized: NormalizedLayer,
  surrogate: Surrogate,
  learnings: readonly (readonly [prefix: string, learning: Learning])[],
): Kernel[] {
  const { layer, normalization } = normalized;
  const { index, bias } = layer;
  const parts = channelParts(convolutionOf(layer));
  return [
    meanKernel(`mean${index}`, parts, normalization),
    deviationKernel(`deviation${index}`, plan, normalized),
    varianceKernel(`variance${index}`, parts, normalization),
    runningKernel(`running${index}`, parts, normalization, 1),
    adjointKernel(`adjoint${index}`, plan, normalized, surrogate),
    gradientMeansKernel(`gradientMeans${index}`, parts, normalization),
    ...learnings.flatMap(([prefix, learning]) => [
      channelKernel(
        `${prefix}.bias${index}`,
        plan,
        parts,
        { array: bias, perSample: normalization.shiftSums },
        learning,
      ),
      channelKernel(
        `${prefix}.scale${index}`,
        plan,
        parts,
        { array: normalization.scale, perSample: normalization.sums },
        learning,
      ),
    ]),
  ];
}

/** Units: samples. Currents without bias, kept, and summed up channel by channel. */
export function convolutionCurrentsKernel(
  name: string,
  plan: Plan,
  { layer, normalization }: NormalizedLayer,
  method: Exclude<PatchMethod, "normalized">,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const convolution = convolutionOf(layer);
  eachSample(k, plan, layer, [normalization.sums], ({ sample, row, totals }) => {
    const at = k.keep(times(row, layer.tileBytes));
    blockSums(k, plan, layer, { method, sample, row, training: true }, (block, sums) => {
      storeVectors(k, k.keep(sum(at, block.place)), normalization.currents, sums);
      addToChannels(k, convolution, block, totals, normalization.sums, sums);
    });
  });
  return k.finish();
}

/**
 * The gradient of a row's currents before normalization takes the place of that after it.
 * @param sample  Given where their sum over all steps is asked for.
 */
export function freeRow(
  k: KernelBuilder,
  { layer, normalization }: NormalizedLayer,
  row: Local,
  sample: Local | undefined,
): void {
  const gradient = assertDefined(layer.saved[0], "gradient");
  const start = k.keep(times(row, layer.tileBytes));
  const cell = sample === undefined ? undefined : k.keep(times(sample, layer.tileBytes));
  const convolution = convolutionOf(layer);
  eachBlock(k, convolution, (block) => {
    const at = k.keep(sum(start, block.place));
    const channels = k.keep(block.column);
    const freed = vectorsOf(convolution).map((j) =>
      k.keep(freedGradient(normalization, { at, channels, offset: 16 * j }, gradient)),
    );
    storeVectors(k, at, gradient, freed);
    if (cell === undefined) return;
    const to = k.keep(sum(cell, block.place));
    const totals = loadVectors(k, to, layer.inputGradientSum, 4 * convolution.blockVectors);
    totals.forEach((total, j) => k.set(total, apply("v.add", total, assertDefined(freed[j], "gradient"))));
    storeVectors(k, to, layer.inputGradientSum, totals);
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** Units: samples. Sums of squared distances from the mean. */
function deviationKernel(name: string, plan: Plan, { layer, normalization }: NormalizedLayer): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { currents, sums, used } = normalization;
  const convolution = convolutionOf(layer);
  eachSample(k, plan, layer, [sums], ({ row, totals }) => {
    const start = k.keep(times(row, layer.tileBytes));
    eachBlock(k, convolution, (block) => {
      const at = k.keep(sum(start, block.place));
      const channels = k.keep(block.column);
      const squares = vectorsOf(convolution).map((j) => {
        const mean = load("v128", channels, used.mean + 16 * j);
        const distance = k.keep(apply("v.sub", load("v128", at, currents + 16 * j), mean));
        return k.keep(apply("v.mul", distance, distance));
      });
      addToChannels(k, convolution, block, totals, sums, squares);
    });
  });
  return k.finish();
}

/** Units: samples. The adjoint of the neurons in all steps, and its sums channel by channel. */
function adjointKernel(
  name: string,
  plan: Plan,
  { layer, normalization }: NormalizedLayer,
  surrogate: Surrogate,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const convolution = convolutionOf(layer);
  const gradient = assertDefined(layer.saved[0], "gradient");
  const { sums, shiftSums } = normalization;
  const backwards = -1;
  const write = ({ sample, row, totals }: SampleRow): void => {
    adjointRow(k, layer, surrogate, { sample, row });
    const start = k.keep(times(row, layer.tileBytes));
    eachBlock(k, convolution, (block) => {
      const at = k.keep(sum(start, block.place));
      const channels = k.keep(block.column);
      const own = loadVectors(k, at, gradient, 4 * convolution.blockVectors);
      addToChannels(k, convolution, block, totals, shiftSums, own);
      const products = own.map((g, j) =>
        k.keep(apply("v.mul", g, standardCurrent(normalization, { at, channels, offset: 16 * j }))),
      );
      addToChannels(k, convolution, block, totals, sums, products);
    });
  };
  eachSample(k, plan, layer, [sums, shiftSums], write, backwards);
  return k.finish();
}

interface SampleRow {
  readonly sample: Local;
  readonly row: Local;
  /** Byte offset of the sample in arrays [sample][place of a pixel]. */
  readonly totals: Local;
}

/** Runs `write` for every step of every sample, after clearing the sample's sums. */
function eachSample(
  k: KernelBuilder,
  plan: Plan,
  layer: LayerPlan,
  cleared: readonly number[],
  write: (place: SampleRow) => void,
  direction: 1 | -1 = 1,
): void {
  const { pixelWidth } = convolutionOf(layer);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (sample) => {
    const totals = k.keep(times(sample, 4 * pixelWidth));
    k.loop(totals, sum(totals, i32(4 * pixelWidth)), 16, (at) => {
      for (const address of cleared) k.store(at, address, load("v128", i32(0)));
    });
    const first = k.keep(times(sample, plan.sampleRows));
    k.loop(first, sum(first, k.argument(argument.steps)), direction, (row) => write({ sample, row, totals }));
  });
}

/** A block's values to the sums of its channels. */
function addToChannels(
  k: KernelBuilder,
  { blockVectors }: ConvolutionPlan,
  block: Block,
  totals: Local,
  perSample: number,
  values: readonly Local[],
): void {
  const to = k.keep(sum(totals, block.column));
  const before = loadVectors(k, to, perSample, 4 * blockVectors);
  before.forEach((total, j) => k.set(total, apply("v.add", total, assertDefined(values[j], "value"))));
  storeVectors(k, to, perSample, before);
}

/** A vector of a pixel's places is a part. */
function channelParts({ pixelWidth, layer: { output } }: ConvolutionPlan): ChannelParts {
  return {
    each: (k, write) =>
      k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
        const at = k.keep(times(unit, 16));
        write(at, (perSample) => {
          const totals = zeroVectors(k, 4);
          k.loop(i32(0), k.argument(argument.samples), 1, (sample) => {
            addVectors(k, totals, k.keep(sum(times(sample, 4 * pixelWidth), at)), perSample);
          });
          return totals;
        });
      }),
    count: (k) => {
      const rows = apply("i32.mul", k.argument(argument.samples), k.argument(argument.steps));
      return k.keep(apply("v.fromIntegers", apply("w.splat", times(rows, output.rows * output.columns))));
    },
  };
}

function channelUnits(layer: LayerPlan): number {
  return convolutionOf(layer).pixelWidth / 4;
}

function vectorsOf({ blockVectors }: ConvolutionPlan): readonly number[] {
  return Array.from({ length: blockVectors }, (_, j) => j);
}

function convolutionOf({ convolution }: LayerPlan): ConvolutionPlan {
  return assertDefined(convolution, "convolution");
}
