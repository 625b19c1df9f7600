// What a layer leaves of a forward pass.

import { asFloats, firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";
import type { NormalizedRecord } from "./normalized.ts";
import type { EarlierSpikes } from "./recurrence.ts";

/** What one layer did in one pass, kept for the backward pass. */
export interface LayerRecord {
  readonly spikes: SpikeTrain;
  /** Everything a neuron's step read. Index: (step · samples + sample) · neurons + neuron. */
  readonly environments: Record<string, number>[];
  readonly normalized?: NormalizedRecord;
  /** What each neuron sent, where spikes carry more than 1. Shape [step, sample, neuron]. */
  readonly graded?: Float32Array;
}

/** Spikes of a layer as numbers: 1, or what they carry. Shape [step, sample, neuron]. */
export function sentValues({ spikes: train, graded }: LayerRecord): Float32Array {
  return graded?.slice() ?? asFloats(train);
}

/** Who fired one step before, and what they sent. */
export function earlierSpikes(
  spikes: SpikeTrain,
  graded: Float32Array | undefined,
  step: number,
  sample: number,
): EarlierSpikes {
  const row = ((step - 1) * spikes.sampleCount + sample) * spikes.neuronCount;
  return {
    fired: step === 0 ? [] : firingNeurons(spikes, step - 1, sample),
    sent: (neuron) => graded?.[row + neuron] ?? 1,
  };
}

export function forEachSpike(train: SpikeTrain, visit: (step: number, sample: number, neuron: number) => void): void {
  for (let step = 0; step < train.stepCount; step++) {
    for (let sample = 0; sample < train.sampleCount; sample++) {
      for (const neuron of firingNeurons(train, step, sample)) visit(step, sample, neuron);
    }
  }
}
