// The time of a spike has no derivative by the spike itself. As a stand-in, a stronger spike is taken to come earlier, one
// step per unit: d time / d spike = −1 at the step of the spike, 0 elsewhere (snnTorch's sign estimator).

import type { OutputRecord } from "./record.ts";

/**
 * The steps of the first `order` spikes of every output neuron; the last step stands for a spike that never came.
 * @returns Shape [order, sample, class].
 */
export function spikeTimes(record: OutputRecord, order: number): Int32Array {
  const { values, stepCount, sampleCount, classCount } = record;
  const width = sampleCount * classCount;
  const times = new Int32Array(order * width).fill(stepCount - 1);
  const found = new Int32Array(width);
  for (let step = 0; step < stepCount; step++) {
    for (let i = 0; i < width; i++) {
      const nth = found[i] ?? 0;
      if (nth === order || (values[step * width + i] ?? 0) <= 0) continue;
      times[nth * width + i] = step;
      found[i] = nth + 1;
    }
  }
  return times;
}

/**
 * The derivative by the spikes from the derivative by their times.
 * @param times     Shape [order, sample, class], from `spikeTimes`.
 * @param gradient  Shape of `times`.
 * @returns         Shape of the record.
 */
export function gradientOfTimes(record: OutputRecord, times: Int32Array, gradient: Float64Array): Float32Array {
  const width = record.sampleCount * record.classCount;
  const sums = new Float64Array(record.values.length);
  times.forEach((step, k) => {
    const at = step * width + (k % width);
    sums[at] = (sums[at] ?? 0) - (gradient[k] ?? 0);
  });
  return Float32Array.from(sums);
}
