// Fewer spikes without learning: thresholds of hidden layers are raised together as far as accuracy allows.

import type { Backend } from "../../compute/index.ts";
import type { Layer, Network } from "../../model/network/index.ts";
import { splitValidation, type BatchOptions, type Dataset } from "../data/index.ts";
import { evaluateNetwork } from "./evaluate.ts";

/** One factor that was tried. */
export interface ThresholdTrial {
  readonly factor: number;
  /** Of the samples that judge. */
  readonly accuracy: number;
  /** Of the hidden layers, per sample. */
  readonly hiddenSpikes: number;
}

/** The network with the thresholds of its hidden layers multiplied; layers without a threshold stay as they are. */
export function scaleThresholds(network: Network, factor: number): Network {
  const last = network.layers.length - 1;
  const layers = network.layers.map((layer, l): Layer => {
    const shared = layer.neuron.parameters["threshold"];
    const own = layer.neuronParameters?.["threshold"];
    if (l === last || shared === undefined) return layer;
    const neuron = { ...layer.neuron, parameters: { ...layer.neuron.parameters, threshold: shared * factor } };
    if (own === undefined) return { ...layer, neuron };
    const scaled = { ...own, data: own.data.map((value) => value * factor) };
    return { ...layer, neuron, neuronParameters: { ...layer.neuronParameters, threshold: scaled } };
  });
  return { ...network, layers };
}

/**
 * Raise thresholds step by step, and take the last factor whose accuracy on the validation samples lies at most `maxLoss` below the
 * network's own.
 * @param maxLoss  Share of samples, 0…1.
 */
export async function raiseThresholds(options: {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly batch: BatchOptions;
  readonly backend: Backend;
  readonly validationShare: number;
  readonly maxLoss: number;
}): Promise<{ readonly network: Network; readonly trials: readonly ThresholdTrial[] }> {
  const { network, dataset, batch, backend, maxLoss } = options;
  const { validation } = splitValidation(dataset.train, options.validationShare);
  const trials: ThresholdTrial[] = [];
  let best = network;
  for (const factor of factors) {
    const raised = scaleThresholds(network, factor);
    const task = { network: raised, dataset, split: dataset.train, indices: validation, batch, backend };
    const { accuracy, spikesPerSample } = await evaluateNetwork(task);
    const hiddenSpikes = spikesPerSample.slice(0, -1).reduce((sum, count) => sum + count, 0);
    trials.push({ factor, accuracy, hiddenSpikes });
    if (accuracy < (trials[0]?.accuracy ?? 0) - maxLoss) break;
    best = raised;
  }
  return { network: best, trials };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The network as it is comes first: it is the measure. */
const factors = [1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.5, 3];
