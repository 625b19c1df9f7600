// Surrogate-gradient training with backpropagation through time; the same loop prunes and quantizes, because all three only
// change which weights the forward pass sees.

import { assertDefined, randomStream, UserError, type ProgressListener } from "../../base/index.ts";
import type { Backend, Executor, Surrogate } from "../../compute/index.ts";
import { classCount, recurrentWeightsOf, type Layer, type Network } from "../../model/network/index.ts";
import { fitQuantizer, type Quantizer, type Tensor } from "../../model/tensor/index.ts";
import { encodeBatch, splitValidation, type Augmentation, type BatchOptions, type Dataset } from "../data/index.ts";
import { gradualSparsity, magnitudeMask } from "../pruning/index.ts";
import { effectiveWeights } from "../quantization/index.ts";
import { adamStep, cosineRate, zeroMoments, type Moments } from "./adam.ts";
import { evaluateNetwork } from "./evaluate.ts";
import { evaluateLoss, type Loss } from "./loss.ts";

export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly loss: Loss;
  readonly surrogate: Surrogate;
  readonly detachReset: boolean;
  readonly augmentation: Augmentation;
  /** Weight of the L1 penalty on hidden spikes per sample. */
  readonly activityPenalty: number;
  /** Stop when validation has not improved for so many epochs. */
  readonly patience?: number | undefined;
  /** Share of the training split that only judges; 0 keeps the last epoch's weights. */
  readonly validationShare: number;
  readonly seed: number;
  /** Share of weights that ends at zero, reached gradually over the first half. */
  readonly sparsity?: number | undefined;
  /** Neurons of a row that are pruned together. */
  readonly pruneBlock?: number | undefined;
  /** Quantize while training. */
  readonly weightBits?: number | undefined;
}

/** One epoch in numbers. */
export interface EpochRecord {
  readonly epoch: number;
  readonly loss: number;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number | undefined;
  /** Spikes per neuron and step, one number per layer. */
  readonly spikeRates: readonly number[];
  /** Neurons that never fired in this epoch, one number per layer. */
  readonly deadNeurons: readonly number[];
}

/** Everything that training needs to go on as if it had never stopped; plain data with typed arrays. */
export interface TrainingState {
  readonly epoch: number;
  readonly step: number;
  /** Master weights: one array per trained parameter, layer by layer. */
  readonly weights: readonly Float32Array[];
  readonly means: readonly Float32Array[];
  readonly squares: readonly Float32Array[];
  readonly masks: readonly Uint8Array[];
  readonly scales: readonly number[];
  readonly history: readonly EpochRecord[];
  readonly best: { readonly accuracy: number; readonly epoch: number; readonly weights: readonly Float32Array[] };
}

export interface TrainingResult {
  readonly network: Network;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
}

/**
 * Train a network.
 *
 * @param resume   A state that `onEpoch` gave earlier: the result is the same as without the pause.
 * @param onEpoch  Called after every epoch with all that a checkpoint needs.
 * @throws `training/not-finite` when loss or weights leave the numbers; `training/no-samples`
 */
export async function train(options: {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly batch: BatchOptions;
  readonly backend: Backend;
  readonly training: TrainingOptions;
  readonly resume?: TrainingState | undefined;
  readonly onEpoch?: (state: TrainingState) => Promise<void>;
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
}): Promise<TrainingResult> {
  const trainer = new Trainer(options);
  return trainer.run();
}

// ---------------------------------------------------------------------------------------------------------------------

type Options = Parameters<typeof train>[0];

/** A trained array: where it lives in the executor, its master and its moments. */
interface Parameter {
  readonly layer: number;
  readonly key: "weights" | "bias" | "recurrentWeights";
  readonly gradientKey: "weightGradient" | "biasGradient" | "recurrentGradient";
  readonly master: Float32Array;
  readonly moments: Moments;
}

class Trainer {
  readonly #options: Options;
  readonly #parameters: readonly Parameter[];
  readonly #training: Uint32Array;
  readonly #validation: Uint32Array;
  #masks: Uint8Array[] = [];
  #scales: number[] = [];
  #history: EpochRecord[] = [];
  #best: TrainingState["best"];
  #step = 0;
  #epoch = 0;

  constructor(options: Options) {
    this.#options = options;
    const { training, validation } = splitValidation(options.dataset.train, options.training.validationShare);
    if (training.length === 0) throw new UserError("training/no-samples", "the training split has no samples");
    this.#training = training;
    this.#validation = validation;
    this.#parameters = options.network.layers.flatMap(parametersOf);
    this.#best = { accuracy: -1, epoch: 0, weights: this.#masters() };
    if (options.resume !== undefined) this.#restore(options.resume);
  }

  async run(): Promise<TrainingResult> {
    const { network, training, signal } = this.#options;
    using executor = await this.#options.backend.compile(network, {
      surrogate: training.surrogate,
      detachReset: training.detachReset,
      maxSampleCount: training.batchSize,
    });
    while (this.#epoch < training.epochs) {
      signal?.throwIfAborted();
      await this.#runEpoch(executor);
      await this.#options.onEpoch?.(this.#state());
      const { patience } = training;
      if (patience !== undefined && this.#validation.length > 0 && this.#epoch - this.#best.epoch >= patience) break;
    }
    return { network: this.#finalNetwork(), history: this.#history, bestEpoch: this.#best.epoch };
  }

  async #runEpoch(executor: Executor): Promise<void> {
    const { network, dataset, training, signal, onProgress } = this.#options;
    this.#epoch++;
    const order = randomStream(training.seed, `order ${this.#epoch}`).shuffle(this.#training.slice());
    const fired = network.layers.map((layer) => new Uint8Array(layer.neuronCount));
    const spikes = network.layers.map(() => 0);
    let lossSum = 0;
    let right = 0;
    this.#refit();
    for (let start = 0; start < order.length; start += training.batchSize) {
      signal?.throwIfAborted();
      const chosen = order.subarray(start, start + training.batchSize);
      const result = await this.#runBatch(executor, chosen, (start + chosen.length) / order.length);
      lossSum += result.loss * chosen.length;
      right += result.rightCount;
      result.spikeCounts.forEach((counts, l) => {
        const seen = assertDefined(fired[l], "fired");
        for (let i = 0; i < counts.length; i++) {
          const count = counts[i] ?? 0;
          if (count === 0) continue;
          spikes[l] = (spikes[l] ?? 0) + count;
          seen[i % seen.length] = 1;
        }
      });
      const done = (this.#epoch - 1) * order.length + start + chosen.length;
      const total = training.epochs * order.length;
      const note = `epoch ${this.#epoch}/${training.epochs} · loss ${(lossSum / (start + chosen.length)).toFixed(3)} · accuracy ${(right / (start + chosen.length)).toFixed(3)}`;
      onProgress?.({ label: "train", done, total, unit: "samples", note });
    }
    if (!Number.isFinite(lossSum) || !this.#parameters.every(({ master }) => master.every((w) => Number.isFinite(w)))) {
      throw new UserError(
        "training/not-finite",
        `network "${network.name}": loss or weights are no longer numbers in epoch ${this.#epoch}; the last good epoch is ${this.#epoch - 1}`,
        { hint: "use a lower learning rate or a smaller surrogate slope" },
      );
    }
    const steps = order.length * network.stepCount;
    await this.#judge(
      {
        epoch: this.#epoch,
        loss: lossSum / order.length,
        trainAccuracy: right / order.length,
        validationAccuracy: undefined,
        spikeRates: network.layers.map((layer, l) => (spikes[l] ?? 0) / (steps * layer.neuronCount)),
        deadNeurons: fired.map((seen) => seen.reduce((dead, f) => dead + 1 - f, 0)),
      },
      dataset,
    );
  }

  async #runBatch(
    executor: Executor,
    chosen: Uint32Array,
    epochShare: number,
  ): Promise<{ readonly loss: number; readonly rightCount: number; readonly spikeCounts: readonly Float32Array[] }> {
    const { network, dataset, training, batch } = this.#options;
    const progress = (this.#epoch - 1 + epochShare) / training.epochs;
    this.#load(executor);
    const augmented = { ...batch, epoch: this.#epoch, augmentation: training.augmentation };
    const input = encodeBatch(dataset, dataset.train, chosen, augmented);
    const { outputs, spikeCounts } = await executor.forward(input, { training: true });
    const labels = Array.from(chosen, (index) => dataset.train.labels[index] ?? 0);
    const shape = { classCount: classCount(network), stepCount: network.stepCount };
    const result = evaluateLoss(training.loss, outputs, labels, shape);
    await executor.backward(result.gradient, this.#activityGradient(spikeCounts, chosen.length));
    this.#step++;
    const rate = {
      learningRate: cosineRate(training.learningRate, progress),
      weightDecay: training.weightDecay,
      step: this.#step,
    };
    for (const { layer, gradientKey, master, moments } of this.#parameters) {
      const gradient = assertDefined(assertDefined(executor.layers[layer], "layer")[gradientKey], gradientKey);
      adamStep(master, gradient, moments, rate);
    }
    return { loss: result.loss, rightCount: result.rightCount, spikeCounts };
  }

  /** The L1 penalty pulls every spike of a hidden layer alike. */
  #activityGradient(spikeCounts: readonly Float32Array[], samples: number): (Float32Array | undefined)[] | undefined {
    const { activityPenalty } = this.#options.training;
    if (activityPenalty === 0) return undefined;
    return spikeCounts.map((counts, l) =>
      l === spikeCounts.length - 1 ? undefined : new Float32Array(counts.length).fill(activityPenalty / samples),
    );
  }

  /** Once per epoch: prune further, and fit the quantizers until half of the epochs are over. */
  #refit(): void {
    const { epochs, sparsity = 0, weightBits, pruneBlock = 1 } = this.#options.training;
    const progress = this.#epoch / Math.max(1, epochs);
    if (sparsity > 0 && progress <= 0.5 + 1 / epochs) {
      this.#masks = this.#parameters.map(({ master, key, layer }) => {
        if (key === "bias") return new Uint8Array(master.length).fill(1);
        const { neuronCount } = assertDefined(this.#options.network.layers[layer], "layer");
        const wanted = gradualSparsity(sparsity, progress / 0.5);
        return magnitudeMask(master, { neuronCount, sparsity: wanted, blockSize: pruneBlock });
      });
    }
    if (weightBits !== undefined && (progress <= 0.5 || this.#scales.length === 0)) {
      this.#scales = this.#parameters.map(({ master }, i) => {
        const kept = this.#masks[i] === undefined ? master : master.map((w, k) => w * (this.#masks[i]?.[k] ?? 1));
        return fitQuantizer(kept, weightBits).scale;
      });
    }
  }

  #transform(index: number): { readonly mask: Uint8Array | undefined; readonly quantizer: Quantizer | undefined } {
    const scale = this.#scales[index];
    const bits = this.#options.training.weightBits;
    const quantizer = scale === undefined || bits === undefined ? undefined : { bits, scale };
    return { mask: this.#masks[index], quantizer: this.#parameters[index]?.key === "bias" ? undefined : quantizer };
  }

  #load(executor: Executor): void {
    this.#parameters.forEach(({ layer, key, master }, i) => {
      effectiveWeights(
        master,
        assertDefined(assertDefined(executor.layers[layer], "layer")[key], key),
        this.#transform(i),
      );
    });
    executor.weightsChanged();
  }

  async #judge(record: EpochRecord, dataset: Dataset): Promise<void> {
    let validationAccuracy: number | undefined;
    if (this.#validation.length > 0) {
      const { batch, backend } = this.#options;
      const network = this.#networkOf(this.#masters());
      const result = await evaluateNetwork({
        network,
        dataset,
        split: dataset.train,
        indices: this.#validation,
        batch,
        backend,
      });
      validationAccuracy = result.accuracy;
    }
    this.#history = [...this.#history, { ...record, validationAccuracy }];
    const { sparsity = 0, epochs } = this.#options.training;
    // While weights are still being pruned, an earlier epoch is no candidate: it would not be sparse enough.
    const settled = sparsity === 0 || this.#epoch / epochs > 0.5;
    const accuracy = validationAccuracy ?? 0;
    if (settled && (validationAccuracy === undefined || accuracy >= this.#best.accuracy)) {
      this.#best = { accuracy, epoch: this.#epoch, weights: this.#masters().map((w) => w.slice()) };
    }
  }

  #masters(): Float32Array[] {
    return this.#parameters.map(({ master }) => master);
  }

  #finalNetwork(): Network {
    return this.#networkOf(this.#best.weights);
  }

  /** The network with these master weights, as the forward pass sees them. */
  #networkOf(masters: readonly Float32Array[]): Network {
    const layers = this.#options.network.layers.map((layer): Layer => ({ ...layer }));
    this.#parameters.forEach(({ layer, key }, i) => {
      const shell = assertDefined(layers[layer], "layer");
      const shape = assertDefined(parameterOf(shell, key), key).shape;
      const transform = this.#transform(i);
      const data = new Float32Array(assertDefined(masters[i], "weights").length);
      effectiveWeights(assertDefined(masters[i], "weights"), data, transform);
      layers[layer] = {
        ...shell,
        [key]: { shape, data },
        ...(key === "weights" && transform.quantizer !== undefined ? { quantizer: transform.quantizer } : {}),
      };
    });
    return { ...this.#options.network, layers };
  }

  #state(): TrainingState {
    return {
      epoch: this.#epoch,
      step: this.#step,
      weights: this.#masters(),
      means: this.#parameters.map(({ moments }) => moments.mean),
      squares: this.#parameters.map(({ moments }) => moments.square),
      masks: this.#masks,
      scales: this.#scales,
      history: this.#history,
      best: this.#best,
    };
  }

  #restore(state: TrainingState): void {
    this.#parameters.forEach(({ master, moments }, i) => {
      master.set(assertDefined(state.weights[i], "weights"));
      moments.mean.set(assertDefined(state.means[i], "mean"));
      moments.square.set(assertDefined(state.squares[i], "square"));
    });
    this.#masks = [...state.masks];
    this.#scales = [...state.scales];
    this.#history = [...state.history];
    this.#best = state.best;
    this.#step = state.step;
    this.#epoch = state.epoch;
  }
}

function parameterOf(layer: Layer, key: Parameter["key"]): Tensor | undefined {
  return key === "recurrentWeights" ? recurrentWeightsOf(layer) : layer[key];
}

function parametersOf(layer: Layer, index: number): Parameter[] {
  const parameter = (
    key: Parameter["key"],
    gradientKey: Parameter["gradientKey"],
    values: Float32Array,
  ): Parameter => ({ layer: index, key, gradientKey, master: values.slice(), moments: zeroMoments(values.length) });
  const recurrent = recurrentWeightsOf(layer);
  return [
    parameter("weights", "weightGradient", layer.weights.data),
    ...(layer.bias === undefined ? [] : [parameter("bias", "biasGradient", layer.bias.data)]),
    ...(recurrent === undefined ? [] : [parameter("recurrentWeights", "recurrentGradient", recurrent.data)]),
  ];
}
