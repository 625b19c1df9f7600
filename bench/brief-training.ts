import type { TrainingOptions } from "../src/learning/index.ts";
import { noAugmentation } from "../src/learning/index.ts";

/** A short training of a network for hardware: 6-bit weights, whatever the data. */
export function briefTraining(options: Pick<TrainingOptions, "epochs" | "learningRate">): TrainingOptions {
  return {
    ...options,
    batchSize: 32,
    optimizer: { kind: "adam" },
    schedule: { kind: "cosine", warmUp: 0 },
    loss: { kind: "cross-entropy" },
    surrogate: { kind: "fastSigmoid", slope: 5 },
    detachReset: true,
    augmentation: noAugmentation,
    activity: [],
    validationShare: 0,
    seed: 1,
    weightBits: 6,
  };
}
