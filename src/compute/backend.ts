import type { Network } from "../model/network/index.ts";
import type { SpikeTrain } from "../model/tensor/index.ts";

/** What a batch feeds into the first layer. */
export type NetworkInput =
  /** Spikes, shape [step, sample, input]. */
  | { readonly kind: "spikes"; readonly spikes: SpikeTrain }
  /** Direct coding: the same current at every step. `values` has shape [sample, input], row-major. */
  | { readonly kind: "direct"; readonly values: Float32Array; readonly sampleCount: number };

/** Derivative that stands in for the step function, as a function of u = charged potential − threshold. */
export type Surrogate =
  /** 1 / (1 + slope · |u|)². */
  | { readonly kind: "fastSigmoid"; readonly slope: number }
  /** (alpha / 2) / (1 + (π · alpha / 2 · u)²). */
  | { readonly kind: "arctan"; readonly alpha: number };

export interface CompileOptions {
  readonly surrogate: Surrogate;
  /** No gradient through the reset. */
  readonly detachReset: boolean;
  /** Most samples in one batch; larger batches are an error of the caller. */
  readonly maxSampleCount: number;
  /** Threads to use; results do not depend on it. Default: one. */
  readonly threadCount?: number;
}

/** What a forward pass leaves for the caller. Arrays belong to the executor and are overwritten by the next pass. */
export interface ForwardResult {
  /** Spike count or final potential of each class, as the readout says. Shape [sample, class]. */
  readonly outputs: Float32Array;
  /** Spikes of each layer's neurons, summed over steps, one array per layer. Shape [sample, neuron]. */
  readonly spikeCounts: readonly Float32Array[];
}

/** Parameters of one layer, all views into the executor's memory: write weights, read gradients. */
export interface LayerParameters {
  /** Shape [input, neuron]. */
  readonly weights: Float32Array;
  readonly weightGradient: Float32Array;
  readonly bias?: Float32Array;
  readonly biasGradient?: Float32Array;
  /** Shape [neuron, neuron]. */
  readonly recurrentWeights?: Float32Array;
  readonly recurrentGradient?: Float32Array;
}

/** A network compiled for one back end. Holds its own copy of the weights. */
export interface Executor extends Disposable {
  /** One entry per layer. After writing weights call `weightsChanged`. */
  readonly layers: readonly LayerParameters[];
  /** Tell the executor that weights were written, so that it may refresh copies in its own layout. */
  weightsChanged(): void;
  /**
   * Run all steps of a batch from zero state.
   * @param training  Keep what `backward` needs.
   */
  forward(input: NetworkInput, options: { readonly training: boolean }): Promise<ForwardResult>;
  /**
   * Backpropagate through time after a training forward pass. Overwrites every gradient (sum over samples and steps).
   *
   * @param outputGradient  dLoss/dOutputs, shape [sample, class].
   * @param spikeGradient   Added to dLoss/dSpike of layer l at every step: activity regularizers. One entry per layer,
   *                        shape [sample, neuron], or undefined.
   */
  backward(outputGradient: Float32Array, spikeGradient?: readonly (Float32Array | undefined)[]): Promise<void>;
  /** Spikes of layer `layer` in the last forward pass, shape [step, sample, neuron]. */
  spikesOf(layer: number): SpikeTrain;
}

/** An executor of arithmetic. */
export interface Backend {
  readonly name: string;
  /** @throws the problems of `checkNetwork` */
  compile(network: Network, options: CompileOptions): Promise<Executor>;
}
