import type { ConfigInput } from "./config.ts";

/** `lacuna demo`: real digits from the package to placed hardware, within a minute on two cores. */
export const demoConfig: ConfigInput = {
  name: "demo",
  data: { set: "digits" },
  network: { hidden: [128], neuron: "lif", parameters: { decay: 0.875, threshold: 1 } },
  encoding: { kind: "rate", gain: 1, offset: 0 },
  training: {
    epochs: 70,
    batchSize: 32,
    learningRate: 4e-3,
    surrogateScale: 5,
    shift: 0.5,
    rotation: 8,
    zoom: 0.1,
    weightDecay: 0.3,
  },
  tuning: { epochs: 12, learningRate: 3e-3, pruneBlock: 4 },
  explore: {
    sampler: "nsga2",
    designs: 36,
    stepCount: [8, 12],
    weightBits: [3, 4, 6],
    sparsity: [0, 0.3, 0.5],
    lanes: [2, 4, 8],
    outputLanes: [1, 2],
    family: ["layer-pipeline", "dense"],
    weightStorage: ["dense", "blocks"],
  },
  constraints: ["accuracy >= 0.98"],
  target: "hx8k",
};
