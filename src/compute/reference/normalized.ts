// Batch normalization in plain loops, over all rows of a batch at once.

import { assertDefined } from "../../base/index.ts";
import { channelCount, type Layer } from "../../model/network/index.ts";
import type { LayerArrays } from "../backend.ts";
import { factorsOf, followBatch, meansOf, type NormalizationArrays } from "../normalization.ts";

/** What the backward pass needs of a normalized layer. */
export interface NormalizedRecord {
  /** (current − mean) / √(variance + epsilon). Shape [step, sample, neuron]. */
  readonly standard: Float32Array;
  /** What a standard current was multiplied with, over its deviation. Shape [channel]. */
  readonly factor: Float32Array;
  /** Values of a channel. */
  readonly count: number;
}

/**
 * Currents with normalization and bias, by the statistics of the batch in training, by the running ones otherwise.
 * @param currents  Without bias. Shape [step, sample, neuron].
 */
export function normalizeCurrents(
  layer: Layer,
  arrays: LayerArrays,
  currents: Float32Array,
  pass: { readonly sampleCount: number; readonly training: boolean },
): { readonly currents: Float32Array; readonly record: NormalizedRecord; readonly running: NormalizationArrays } {
  const definition = assertDefined(layer.normalization, "normalization");
  const running = assertDefined(arrays.normalization, "normalization");
  const channels = channelCount(layer);
  const { count, sumsOf } = summation(layer, currents.length, pass.sampleCount);
  let { mean, variance } = running;
  if (pass.training) {
    mean = meansOf(
      sumsOf((i) => currents[i] ?? 0),
      channels,
      count,
    );
    const square = (i: number): number => fround(fround((currents[i] ?? 0) - (mean[i % channels] ?? 0)) ** 2);
    variance = meansOf(sumsOf(square), channels, count);
  }
  const { inverse, factor } = factorsOf(running.scale, variance, definition.epsilon);
  const centered = currents.map((x, i) => x - (mean[i % channels] ?? 0));
  return {
    currents: centered.map((x, i) => fround(x * (factor[i % channels] ?? 0)) + (arrays.bias?.[i % channels] ?? 0)),
    record: { standard: centered.map((x, i) => x * (inverse[i % channels] ?? 0)), factor, count },
    running: pass.training ? followBatch(running, { mean, variance, count }, definition) : running,
  };
}

/**
 * dLoss/dCurrent before normalization. Adds the gradients of bias and scale to `gradients`.
 * @param gradient  dLoss/dCurrent after it. Shape [step, sample, neuron].
 */
export function normalizeGradient(
  layer: Layer,
  gradients: LayerArrays,
  { standard, factor, count }: NormalizedRecord,
  gradient: Float32Array,
): Float32Array {
  const channels = channelCount(layer);
  const shift = assertDefined(gradients.bias, "bias");
  const scale = assertDefined(gradients.normalization, "normalization").scale;
  gradient.forEach((g, i) => {
    const c = i % channels;
    shift[c] = (shift[c] ?? 0) + g;
    scale[c] = (scale[c] ?? 0) + g * (standard[i] ?? 0);
  });
  return gradient.map((g, i) => {
    const c = i % channels;
    const pulled = (shift[c] ?? 0) + (standard[i] ?? 0) * (scale[c] ?? 0);
    return (factor[c] ?? 0) * (g - pulled / count);
  });
}

// ---------------------------------------------------------------------------------------------------------------------

const { fround } = Math;

/** How values [step, sample, neuron] are summed up channel by channel: within each sample, step by step. */
function summation(
  layer: Layer,
  length: number,
  sampleCount: number,
): { readonly count: number; readonly sumsOf: (valueOf: (index: number) => number) => Float32Array } {
  const channels = channelCount(layer);
  const sumsOf = (valueOf: (index: number) => number): Float32Array => {
    const sums = new Float32Array(sampleCount * channels);
    for (let i = 0; i < length; i++) {
      const sample = Math.floor(i / layer.neuronCount) % sampleCount;
      const at = sample * channels + (i % channels);
      sums[at] = fround((sums[at] ?? 0) + valueOf(i));
    }
    return sums;
  };
  return { count: length / channels, sumsOf };
}
