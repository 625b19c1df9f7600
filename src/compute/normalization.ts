// The statistics of batch normalization, the same for every back end: 32-bit sums, first over the steps of a sample, then over
// samples, so that they do not depend on threads. Per-sample sums come from the back end.

import type { Normalization } from "../model/network/index.ts";
import type { LayerArrays } from "./backend.ts";

export type NormalizationArrays = NonNullable<LayerArrays["normalization"]>;

const { fround } = Math;

/**
 * Means over a batch.
 * @param sums   Sums over everything of a sample. Shape [sample, channel].
 * @param count  Values that entered each channel.
 * @returns      Shape [channel].
 */
export function meansOf(sums: Float32Array, channelCount: number, count: number): Float32Array {
  const totals = new Float32Array(channelCount);
  sums.forEach((sum, i) => (totals[i % channelCount] = fround((totals[i % channelCount] ?? 0) + sum)));
  return totals.map((total) => total / count);
}

/** 1 / √(variance + epsilon), and scale times that, channel by channel. */
export function factorsOf(
  scale: Float32Array,
  variance: Float32Array,
  epsilon: number,
): { readonly inverse: Float32Array; readonly factor: Float32Array } {
  const inverse = variance.map((v) => 1 / fround(Math.sqrt(fround(v + fround(epsilon)))));
  return { inverse, factor: inverse.map((i, c) => i * (scale[c] ?? 0)) };
}

/**
 * The running statistics after a batch.
 * @param batch  Its mean, and its variance over `count` values without Bessel's correction, which the running one has.
 * @source torch.nn.BatchNorm1d
 */
export function followBatch(
  running: NormalizationArrays,
  batch: { readonly mean: Float32Array; readonly variance: Float32Array; readonly count: number },
  { momentum }: Pick<Normalization, "momentum">,
): NormalizationArrays {
  const [keep, share] = [fround(1 - momentum), fround(momentum)];
  const blend = (old: Float32Array, fresh: Float32Array): Float32Array =>
    old.map((value, c) => fround(keep * value) + fround(share * (fresh[c] ?? 0)));
  const correction = fround(batch.count / Math.max(1, batch.count - 1));
  return {
    scale: running.scale,
    mean: blend(running.mean, batch.mean),
    variance: blend(
      running.variance,
      batch.variance.map((v) => correction * v),
    ),
  };
}
