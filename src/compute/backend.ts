import type { LayerArrays, Network } from "../model/network/index.ts";
import type { Quantizer, SpikeTrain } from "../model/tensor/index.ts";
export type { LayerArrays } from "../model/network/index.ts";
import type { Optimizer, UpdateStep } from "./optimizer.ts";
import type { Surrogate } from "./surrogate.ts";
export type { Surrogate } from "./surrogate.ts";

/** What a batch feeds into the first layer. */
export type NetworkInput =
  /** Spikes, shape [step, sample, input]. */
  | { readonly kind: "spikes"; readonly spikes: SpikeTrain }
  /** Spikes as bytes: 0 is silence, anything else a spike. Shape [step, sample, input]. */
  | { readonly kind: "bytes"; readonly values: Uint8Array; readonly sampleCount: number }
  /** Direct coding: the same current at every step. `values` has shape [sample, input], row-major. */
  | { readonly kind: "direct"; readonly values: Float32Array; readonly sampleCount: number };

export interface CompileOptions {
  readonly surrogate: Surrogate;
  /** No gradient through the reset. */
  readonly detachReset: boolean;
  /** Most samples in one batch; larger batches are an error of the caller. */
  readonly maxSampleCount: number;
  /** How weights learn; without one there is no `update`. */
  readonly optimizer?: Optimizer;
  /** Weights pass through a mask and a quantizer on their way into the forward pass; see `Executor.setTransform`. */
  readonly transforms?: boolean;
  /** Record the last layer at every step, and take gradients for every step. */
  readonly perStep?: boolean;
  /** Threads to use, or "auto" (the default): as many as find work. Results do not depend on it. */
  readonly threadCount?: number | "auto";
  /** Of those threads, so many work elsewhere; at least one stays. Default: none. */
  readonly threadsElsewhere?: number;
  /**
   * Most memory to take; without a limit 4 GiB. A sequence that needs more is computed part by part: training keeps the state
   * between parts and runs each forward once more on the way back. What fits in no part is refused with `compute/too-large`.
   */
  readonly memoryLimitBytes?: number;
  /** Steps of a part, where the memory allows more. */
  readonly stepsPerPart?: number;
  /** Gradients do not travel from one part of a sequence to the one before: truncated backpropagation through time. */
  readonly truncate?: boolean;
  /** Told where the network does not run as asked: on a slower back end, or whole where parts were wanted. */
  readonly onNote?: (note: string) => void;
  /** How sums over spikes are formed; "auto" decides by the density of each layer and batch. */
  readonly method?: GatherMethod | "auto";
}

/** Add the rows of the firing inputs, or one of 16 prepared sums for every four inputs. */
export type GatherMethod = "events" | "tables";

/** What a forward pass leaves for the caller. Arrays belong to the executor and are overwritten by the next pass. */
export interface ForwardResult {
  /** Spike count or final potential of each class, as the readout says. Shape [sample, class]. */
  readonly outputs: Float32Array;
  /** What the layers did, in one number per layer. */
  readonly activity: readonly LayerActivity[];
  /** Spikes and potentials of the last layer after every step, when compiled so. Shape [step, sample, class]. */
  readonly perStep?: { readonly spikes: Float32Array; readonly potentials: Float32Array };
}

export interface LayerActivity {
  /** Spikes of all samples and steps. */
  readonly spikeCount: number;
  /** Spikes that arrived, per input, sample and step: 0…1. */
  readonly inputDensity: number;
  readonly method: GatherMethod | "direct";
}

/** dLoss with respect to what the network put out; absent parts are 0. */
export interface OutputGradient {
  /** Of the outputs. Shape [sample, class]. */
  readonly outputs?: Float32Array;
  /** Of the last layer's spikes and potentials at every step, when compiled so. Shape [step, sample, class]. */
  readonly spikes?: Float32Array;
  readonly potentials?: Float32Array;
  /** Added to dLoss/dSpike of a layer at every step: activity regularizers. One entry per layer, shape [sample, neuron]. */
  readonly layerSpikes?: readonly (Float32Array | undefined)[];
}

/**
 * `weights` are what the forward pass sees; `masters` what learns, the same unless compiled with `transforms`. `moment0` and
 * following are what the optimizer remembers, in its order; what it does not have reads as zeros.
 */
export type ArrayKind = "weights" | "masters" | "gradients" | MomentKind;

export type MomentKind = "moment0" | "moment1" | "moment2";

export const momentKinds: readonly MomentKind[] = ["moment0", "moment1", "moment2"];

export type TransformedKey = "weights" | "recurrentWeights";

/** weight = quantized(master), or 0 where masked; gradients go to the master unchanged (straight through). */
export interface WeightTransform {
  /** 1 keeps a weight, 0 removes it. The shape of the array. */
  readonly mask?: Uint8Array | undefined;
  readonly quantizer?: Quantizer | undefined;
}

/** A network compiled for one back end. Holds its own copy of the weights. */
export interface Executor extends Disposable {
  /** Parts in which a sequence is computed, because the memory does not hold all of it: 1 when it does. */
  readonly timeParts: number;
  /** Memory that the compiled network takes, where it is known. */
  readonly memoryBytes: number | undefined;
  /**
   * Run all steps of a batch from zero state.
   * @param training  Keep what `backward` needs.
   */
  forward(input: NetworkInput, options: { readonly training: boolean }): Promise<ForwardResult>;
  /**
   * Backpropagate through time after a training forward pass. Leaves every gradient (sum over samples and steps); with `update`,
   * weights learn on the way and gradients are not kept.
   */
  backward(gradient: OutputGradient, options?: { readonly update?: UpdateStep }): Promise<void>;
  /** Let weights learn from the gradients that `backward` left. */
  update(step: UpdateStep): void;
  /** Copies, one entry per layer. */
  read(kind: ArrayKind): LayerArrays[];
  write(kind: ArrayKind, layers: readonly LayerArrays[]): void;
  /** What the forward pass makes of a layer's masters from now on. Needs `transforms`. */
  setTransform(layer: number, key: TransformedKey, transform: WeightTransform): void;
  /** Spikes of layer `layer` in the last forward pass, shape [step, sample, neuron]. */
  spikesOf(layer: number): SpikeTrain;
  /** Adds each neuron's spikes in the last pass, of all steps and samples, to `totals`. Shape [neuron]. */
  addNeuronSpikes(layer: number, totals: Float64Array): void;
  /** Those spikes summed over steps. Shape [sample, neuron]. */
  spikeCountsOf(layer: number): Float32Array;
}

/** An executor of arithmetic. */
export interface Backend {
  readonly name: string;
  /** @throws the problems of `checkNetwork` */
  compile(network: Network, options: CompileOptions): Promise<Executor>;
}
