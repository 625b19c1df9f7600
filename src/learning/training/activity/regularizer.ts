import type { NumberOption } from "../number-option.ts";

/** Spikes of one hidden layer in one batch. */
export interface LayerCounts {
  /** Spikes summed over steps. Shape [sample, neuron]. */
  readonly counts: Float32Array;
  readonly sampleCount: number;
  readonly neuronCount: number;
  readonly stepCount: number;
  /** Non-zero synapses out of each neuron. Shape [neuron]. */
  readonly fanOut: ArrayLike<number>;
}

/** A penalty on what hidden layers fire, mean over the samples of a batch. */
export interface ActivityRegularizer {
  readonly title: string;
  readonly options: Readonly<Record<string, NumberOption>>;
  /** dPenalty/dSpike, the same at every step; added to `gradient`. Returns the penalty. Shape [sample, neuron]. */
  readonly apply: (layer: LayerCounts, options: Readonly<Record<string, number>>, gradient: Float32Array) => number;
}

/** How much a penalty counts beside the loss. */
export const weightOption: NumberOption = { from: 0, to: 1e6, byDefault: 1e-3, meaning: "weight beside the loss" };
