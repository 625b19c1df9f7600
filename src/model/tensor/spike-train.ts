// Spikes are bits: 32 to a word, one row per (step, sample). A row starts on a word, so that kernels read whole words.
// Bits beyond the last neuron are always 0.

import { UserError } from "../../base/index.ts";
import { assertHoldable } from "./tensor.ts";

/** Binary spikes of one layer over time, shape [step, sample, neuron], packed. */
export interface SpikeTrain {
  readonly kind: "spike-train";
  readonly stepCount: number;
  readonly sampleCount: number;
  readonly neuronCount: number;
  /** Words per (step, sample) row: ⌈neuronCount / 32⌉. */
  readonly rowWords: number;
  /** Row (step, sample) starts at `(step · sampleCount + sample) · rowWords`. */
  readonly words: Uint32Array;
}

/**
 * A silent spike train, or one that wraps `words` (not copied).
 * @throws `tensor/shape-mismatch`, `tensor/too-large`
 */
export function spikeTrain(
  shape: { readonly stepCount: number; readonly sampleCount: number; readonly neuronCount: number },
  words?: Uint32Array,
): SpikeTrain {
  const { stepCount, sampleCount, neuronCount } = shape;
  const rowWords = Math.ceil(neuronCount / 32);
  const wordCount = stepCount * sampleCount * rowWords;
  assertHoldable(wordCount, `a spike train of shape [${stepCount}, ${sampleCount}, ${neuronCount}]`);
  if (words !== undefined && words.length !== wordCount) {
    throw new UserError(
      "tensor/shape-mismatch",
      `spikes of shape [${stepCount}, ${sampleCount}, ${neuronCount}] fill ${wordCount} words, got ${words.length}`,
    );
  }
  return {
    kind: "spike-train",
    stepCount,
    sampleCount,
    neuronCount,
    rowWords,
    words: words ?? new Uint32Array(wordCount),
  };
}

/** Index of the first word of row (step, sample). */
export function rowStart(train: SpikeTrain, step: number, sample: number): number {
  return (step * train.sampleCount + sample) * train.rowWords;
}

export function setSpike(train: SpikeTrain, step: number, sample: number, neuron: number): void {
  const word = rowStart(train, step, sample) + (neuron >>> 5);
  train.words[word] = (train.words[word] ?? 0) | (1 << (neuron & 31));
}

export function hasSpike(train: SpikeTrain, step: number, sample: number, neuron: number): boolean {
  const word = train.words[rowStart(train, step, sample) + (neuron >>> 5)] ?? 0;
  return ((word >>> (neuron & 31)) & 1) === 1;
}

/** The neurons that fire in row (step, sample), in ascending order. */
export function firingNeurons(train: SpikeTrain, step: number, sample: number): number[] {
  const neurons: number[] = [];
  const start = rowStart(train, step, sample);
  for (let i = 0; i < train.rowWords; i++) {
    let word = train.words[start + i] ?? 0;
    while (word !== 0) {
      const bit = 31 - Math.clz32(word & -word);
      neurons.push(i * 32 + bit);
      word &= word - 1;
    }
  }
  return neurons;
}

/** Spikes in row (step, sample). */
export function countRow(train: SpikeTrain, step: number, sample: number): number {
  const start = rowStart(train, step, sample);
  let count = 0;
  for (let i = start; i < start + train.rowWords; i++) count += popCount(train.words[i] ?? 0);
  return count;
}

/** Spikes in the whole train. */
export function countSpikes(train: SpikeTrain): number {
  let count = 0;
  for (const word of train.words) count += popCount(word);
  return count;
}

/** The number of set bits of a 32-bit word. */
export function popCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}

/** The samples `indices` of a train, in that order. Shape [step, indices.length, neuron]. */
export function selectSamples(train: SpikeTrain, indices: readonly number[] | Uint32Array): SpikeTrain {
  const selected = spikeTrain({ ...train, sampleCount: indices.length });
  for (let step = 0; step < train.stepCount; step++) {
    for (let i = 0; i < indices.length; i++) {
      const from = rowStart(train, step, indices[i] ?? 0);
      selected.words.set(train.words.subarray(from, from + train.rowWords), rowStart(selected, step, i));
    }
  }
  return selected;
}

/** Spikes summed over steps. Shape [sample, neuron]. */
export function spikesPerNeuron(train: SpikeTrain): Float32Array {
  const counts = new Float32Array(train.sampleCount * train.neuronCount);
  for (let row = 0; row < train.stepCount * train.sampleCount; row++) {
    const start = (row % train.sampleCount) * train.neuronCount;
    for (let w = 0; w < train.rowWords; w++) {
      let bits = train.words[row * train.rowWords + w] ?? 0;
      while (bits !== 0) {
        const at = start + w * 32 + 31 - Math.clz32(bits & -bits);
        counts[at] = (counts[at] ?? 0) + 1;
        bits &= bits - 1;
      }
    }
  }
  return counts;
}

/** Spikes as numbers, 1 and 0. Shape [step, sample, neuron]. */
export function asFloats({ stepCount, sampleCount, neuronCount, rowWords, words }: SpikeTrain): Float32Array {
  return new Float32Array(stepCount * sampleCount * neuronCount).map((_, i) => {
    const n = i % neuronCount;
    const word = words[Math.floor(i / neuronCount) * rowWords + (n >>> 5)] ?? 0;
    return (word >>> (n & 31)) & 1;
  });
}
