// A task that trains in a blink, for tests.

import { randomStream } from "../base/index.ts";
import type { Network } from "../model/network/index.ts";
import { neuronSpec } from "../model/neuron/index.ts";
import { initialNetwork, type BatchOptions, type Dataset, type TrainingOptions } from "./index.ts";

/** Two classes that a small network can tell apart. */
export const toy: Dataset = (() => {
  const random = randomStream(8, "toy");
  const split = (count: number) => {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
    const values = Uint8Array.from(
      { length: count * 16 },
      (_, i) => (i % 16 < 8 === (labels[Math.floor(i / 16)] === 0) ? 200 : 20) + random.integer(50),
    );
    return { sampleCount: count, labels, values };
  };
  return {
    name: "toy",
    title: "toy",
    source: "test",
    license: "none",
    shape: [4, 4],
    featureCount: 16,
    classCount: 2,
    maxValue: 255,
    train: split(80),
    test: split(20),
  };
})();
export const toyBatch: BatchOptions = {
  encoding: { kind: "rate", gain: 1, offset: 0 },
  stepCount: 4,
  seed: 3,
  pool: 1,
};
export const toyNetwork: Network = toyNetworkOf({ recurrent: false });
export const toyTraining: TrainingOptions = {
  epochs: 8,
  batchSize: 16,
  learningRate: 0.01,
  optimizer: { kind: "adam" },
  schedule: { kind: "cosine", warmUp: 0.16 },
  loss: { kind: "cross-entropy" },
  surrogate: { kind: "fastSigmoid", slope: 5 },
  detachReset: true,
  augmentation: { shift: 0.3, rotation: 0, zoom: 0, mirror: false },
  activity: [{ kind: "l1", weight: 0.001 }],
  validationShare: 0.2,
  seed: 3,
  sparsity: 0.25,
  weightBits: 4,
};

export function toyNetworkOf({ recurrent }: { readonly recurrent: boolean }): Network {
  return initialNetwork({
    name: "toy",
    inputCount: 16,
    hidden: [8],
    classCount: 2,
    stepCount: 4,
    neuron: neuronSpec("lif"),
    recurrent,
    readout: { kind: "count" },
    seed: 3,
  });
}
