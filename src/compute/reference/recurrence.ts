// A layer's own spikes as input of its next step.

import type { LayerArrays } from "../backend.ts";

/** Who fired one step earlier, and what they sent: 1, or what their spikes carry. */
export interface EarlierSpikes {
  readonly fired: readonly number[];
  readonly sent: (neuron: number) => number;
}

/** Currents plus those of the neurons that fired one step earlier. */
export function addRecurrent(
  { recurrentWeights }: LayerArrays,
  currents: Float32Array,
  { fired, sent }: EarlierSpikes,
): Float32Array {
  if (recurrentWeights === undefined) return currents;
  const sums = Float32Array.from(currents);
  for (const i of fired) {
    for (let n = 0; n < sums.length; n++) {
      sums[n] = fround((sums[n] ?? 0) + fround(sent(i) * (recurrentWeights[i * sums.length + n] ?? 0)));
    }
  }
  return sums;
}

/** What dLoss/dCurrent of a step means for the layer's spikes one step earlier. Adds to `gradients`. */
export function recurrentGradient(
  { recurrentWeights }: LayerArrays,
  gradients: LayerArrays,
  gradient: Float32Array,
  { fired, sent }: EarlierSpikes,
): Float32Array<ArrayBuffer> {
  const size = gradient.length;
  const earlier = new Float32Array(size);
  const { recurrentWeights: total } = gradients;
  if (recurrentWeights === undefined || total === undefined) return earlier;
  for (const i of fired) {
    for (let n = 0; n < size; n++) {
      total[i * size + n] = (total[i * size + n] ?? 0) + sent(i) * (gradient[n] ?? 0);
    }
  }
  return earlier.map((_, i) => {
    let sum = 0;
    for (let n = 0; n < size; n++) sum += (gradient[n] ?? 0) * (recurrentWeights[i * size + n] ?? 0);
    return sum;
  });
}

// ---------------------------------------------------------------------------------------------------------------------

const { fround } = Math;
