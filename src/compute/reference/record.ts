// What a layer leaves of a forward pass.

import { UserError } from "../../base/index.ts";
import { recurrentWeightsOf, type Network } from "../../model/network/index.ts";
import { neuronOf, sendsBits } from "../../model/neuron/index.ts";
import { firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";
import type { NormalizedRecord } from "./normalized.ts";

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
  if (graded !== undefined) return graded.slice();
  const { stepCount, sampleCount, neuronCount } = train;
  const values = new Float32Array(stepCount * sampleCount * neuronCount);
  forEachSpike(train, (step, sample, neuron) => (values[(step * sampleCount + sample) * neuronCount + neuron] = 1));
  return values;
}

/** @throws `compute/unsupported` for spikes that carry values to their own layer */
export function refuseGradedRecurrence(network: Network): void {
  for (const layer of network.layers) {
    if (recurrentWeightsOf(layer) === undefined || sendsBits(neuronOf(layer.neuron))) continue;
    throw new UserError("compute/unsupported", `"${layer.name}": graded spikes do not run through recurrent weights`, {
      path: layer.name,
      exit: "unsupported",
    });
  }
}

export function forEachSpike(train: SpikeTrain, visit: (step: number, sample: number, neuron: number) => void): void {
  for (let step = 0; step < train.stepCount; step++) {
    for (let sample = 0; sample < train.sampleCount; sample++) {
      for (const neuron of firingNeurons(train, step, sample)) visit(step, sample, neuron);
    }
  }
}
