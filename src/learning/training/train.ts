// Surrogate-gradient training with backpropagation through time; the same loop prunes and quantizes, because both only change what
// the forward pass makes of the weights that learn.

import { assertDefined, randomStream, UserError, type ProgressListener } from "../../base/index.ts";
import {
  momentKinds,
  type Backend,
  type Executor,
  type LayerArrays,
  type Optimizer,
  type OutputGradient,
  type Surrogate,
  type UpdateStep,
} from "../../compute/index.ts";
import { addLayerArrays, listArrays, withArrays, type Network } from "../../model/network/index.ts";
import { encodeBatch, splitValidation, type Augmentation, type BatchOptions, type Dataset } from "../data/index.ts";
import { clipGradients, type ClipSpec } from "./clip.ts";
import { evaluateNetwork } from "./evaluate.ts";
import type { LossSpec } from "./losses/index.ts";
import { EpochMonitor, type EpochRecord } from "./monitor.ts";
import { batchLoss, readsEveryStep } from "./output-loss.ts";
import { initialPlateau, observePlateau, type PlateauState } from "./plateau.ts";
import { rateAt, type ScheduleSpec } from "./schedules.ts";
import {
  applyTransforms,
  compresses,
  layerQuantizer,
  noTransforms,
  refitTransforms,
  type CompressionOptions,
  type TransformState,
} from "./weight-transforms.ts";

export interface TrainingOptions extends CompressionOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: Optimizer;
  readonly schedule: ScheduleSpec;
  readonly loss: LossSpec;
  readonly clip?: ClipSpec | undefined;
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
  /** Threads of the back end; results do not depend on it. */
  readonly threadCount?: number | "auto" | undefined;
  /** Most memory that the engine may take; a batch that needs more is split. */
  readonly memoryLimitBytes?: number | undefined;
}

/** Everything that training needs to go on as if it had never stopped; plain data with typed arrays. */
export interface TrainingState {
  readonly epoch: number;
  readonly step: number;
  readonly masters: readonly LayerArrays[];
  readonly moments: readonly (readonly LayerArrays[])[];
  readonly transforms: TransformState;
  readonly plateau: PlateauState;
  readonly history: readonly EpochRecord[];
  readonly best: { readonly accuracy: number; readonly epoch: number; readonly masters: readonly LayerArrays[] };
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
 * @param onNote   Called with what the user should know, such as a batch that was split.
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
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}): Promise<TrainingResult> {
  const { executor, partSize } = await compileForBatch(options);
  using held = executor;
  return await new Trainer(options, held, partSize).run();
}

// ---------------------------------------------------------------------------------------------------------------------

type Options = Parameters<typeof train>[0];

/** The executor for a batch, or for the largest half, quarter… of it that fits the memory. */
async function compileForBatch(options: Options): Promise<{ readonly executor: Executor; readonly partSize: number }> {
  const { network, training, backend, onNote } = options;
  for (let partSize = training.batchSize; ; partSize = Math.ceil(partSize / 2)) {
    try {
      const executor = await backend.compile(network, {
        surrogate: training.surrogate,
        detachReset: training.detachReset,
        maxSampleCount: partSize,
        optimizer: training.optimizer,
        perStep: readsEveryStep(training.loss),
        transforms: compresses(training),
        ...(training.threadCount === undefined ? {} : { threadCount: training.threadCount }),
        ...(training.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: training.memoryLimitBytes }),
      });
      if (partSize < training.batchSize) {
        onNote?.(`a batch of ${training.batchSize} does not fit the memory: it is computed in parts of ${partSize}`);
      }
      if (executor.timeParts > 1) {
        onNote?.(`${network.stepCount} steps do not fit the memory: they are computed in ${executor.timeParts} parts`);
      }
      return { executor, partSize };
    } catch (error) {
      if (!(error instanceof UserError && error.code === "compute/too-large" && partSize > 1)) throw error;
    }
  }
}

class Trainer {
  readonly #options: Options;
  readonly #executor: Executor;
  readonly #partSize: number;
  readonly #training: Uint32Array;
  readonly #validation: Uint32Array;
  #transforms: TransformState = noTransforms;
  #plateau = initialPlateau;
  #history: EpochRecord[] = [];
  #best: TrainingState["best"];
  #step = 0;
  #epoch = 0;

  constructor(options: Options, executor: Executor, partSize: number) {
    this.#options = options;
    this.#executor = executor;
    this.#partSize = partSize;
    const { training, validation } = splitValidation(options.dataset.train, options.training.validationShare);
    if (training.length === 0) throw new UserError("training/no-samples", "the training split has no samples");
    this.#training = training;
    this.#validation = validation;
    this.#best = { accuracy: -1, epoch: 0, masters: executor.read("masters") };
    if (options.resume !== undefined) this.#restore(options.resume);
  }

  async run(): Promise<TrainingResult> {
    const { training, signal } = this.#options;
    while (this.#epoch < training.epochs) {
      signal?.throwIfAborted();
      await this.#runEpoch();
      await this.#options.onEpoch?.(this.#state());
      const { patience } = training;
      if (patience !== undefined && this.#validation.length > 0 && this.#epoch - this.#best.epoch >= patience) break;
    }
    const network = this.#networkOf(this.#best.masters);
    return { network, history: this.#history, bestEpoch: this.#best.epoch };
  }

  async #runEpoch(): Promise<void> {
    const { network, training, signal, onProgress } = this.#options;
    this.#epoch++;
    const order = randomStream(training.seed, `order ${this.#epoch}`).shuffle(this.#training.slice());
    const monitor = new EpochMonitor(network);
    this.#refit();
    for (let start = 0; start < order.length; start += training.batchSize) {
      signal?.throwIfAborted();
      const chosen = order.subarray(start, start + training.batchSize);
      await this.#runBatch(monitor, chosen, start, order.length);
      onProgress?.({
        label: "train",
        done: (this.#epoch - 1) * order.length + start + chosen.length,
        total: training.epochs * order.length,
        unit: "samples",
        note: `epoch ${this.#epoch}/${training.epochs} · loss ${monitor.loss.toFixed(3)} · accuracy ${monitor.accuracy.toFixed(3)}`,
      });
    }
    if (!Number.isFinite(monitor.loss) || !this.#executor.read("masters").every(isFinite)) {
      throw new UserError(
        "training/not-finite",
        `network "${network.name}": loss or weights are no longer numbers in epoch ${this.#epoch}; the last good epoch is ${this.#epoch - 1}`,
        { hint: "use a lower learning rate or a smaller surrogate slope" },
      );
    }
    await this.#judge(monitor.record(this.#epoch));
  }

  /** One update. The last batch of an epoch also tells how large the gradients are. */
  async #runBatch(monitor: EpochMonitor, chosen: Uint32Array, start: number, total: number): Promise<void> {
    const { training } = this.#options;
    const update = this.#updateStep(start, total);
    const isLast = start + chosen.length >= total;
    const isPlain = !isLast && training.clip === undefined && chosen.length <= this.#partSize;
    if (isPlain) {
      await this.#runPart(monitor, chosen, chosen.length, update);
      return;
    }
    let gradients: LayerArrays[] | undefined;
    for (let from = 0; from < chosen.length; from += this.#partSize) {
      await this.#runPart(monitor, chosen.subarray(from, from + this.#partSize), chosen.length, undefined);
      gradients = addLayerArrays(gradients, this.#executor.read("gradients"));
    }
    const summed = assertDefined(gradients, "gradients");
    if (isLast) monitor.gradients(summed);
    if (training.clip !== undefined) clipGradients(training.clip, summed.flatMap(listArrays));
    this.#executor.write("gradients", summed);
    this.#executor.update(update);
  }

  /** Forward and backward for samples of a batch of `batchSize`. */
  async #runPart(
    monitor: EpochMonitor,
    chosen: Uint32Array,
    batchSize: number,
    update: UpdateStep | undefined,
  ): Promise<void> {
    const { network, dataset, training, batch } = this.#options;
    const augmented = { ...batch, epoch: this.#epoch, augmentation: training.augmentation };
    const input = encodeBatch(dataset, dataset.train, chosen, augmented);
    const result = await this.#executor.forward(input, { training: true });
    const labels = Array.from(chosen, (index) => dataset.train.labels[index] ?? 0);
    const found = batchLoss(network, training.loss, result, labels);
    monitor.batch(this.#executor, chosen.length, found);
    const penalty = this.#activityGradient(chosen.length);
    const gradient = {
      ...scaled(found.gradient, chosen.length / batchSize),
      ...(penalty === undefined
        ? {}
        : { layerSpikes: penalty.map((g) => g?.fill(training.activityPenalty / batchSize)) }),
    };
    await this.#executor.backward(gradient, update === undefined ? {} : { update });
  }

  #updateStep(start: number, total: number): UpdateStep {
    const { training } = this.#options;
    const learningRate = rateAt(training.schedule, training.learningRate, {
      epoch: this.#epoch,
      step: Math.floor(start / training.batchSize),
      stepsPerEpoch: Math.ceil(total / training.batchSize),
      epochs: training.epochs,
      plateauState: this.#plateau,
    });
    this.#step++;
    return { learningRate, step: this.#step };
  }

  /** The L1 penalty pulls every spike of a hidden layer alike; the caller fills in how much. */
  #activityGradient(samples: number): (Float32Array | undefined)[] | undefined {
    const { network, training } = this.#options;
    if (training.activityPenalty === 0) return undefined;
    const last = network.layers.length - 1;
    return network.layers.map(({ neuronCount }, l) =>
      l === last ? undefined : new Float32Array(samples * neuronCount),
    );
  }

  #refit(): void {
    const { network, training } = this.#options;
    if (!compresses(training)) return;
    const masters = this.#executor.read("masters");
    this.#transforms = refitTransforms(training, this.#transforms, network, masters, {
      epoch: this.#epoch,
      epochs: training.epochs,
    });
    applyTransforms(this.#executor, network, training, this.#transforms);
  }

  async #judge(record: Omit<EpochRecord, "validationAccuracy">): Promise<void> {
    const { batch, backend, dataset, training } = this.#options;
    let validationAccuracy: number | undefined;
    if (this.#validation.length > 0) {
      const network = this.#networkOf(this.#executor.read("masters"));
      const indices = this.#validation;
      const result = await evaluateNetwork({ network, dataset, split: dataset.train, indices, batch, backend });
      validationAccuracy = result.accuracy;
    }
    const judged = { ...record, validationAccuracy };
    this.#history = [...this.#history, judged];
    if (training.schedule.kind === "plateau") {
      const watched =
        training.schedule.watch === "accuracy" ? (validationAccuracy ?? record.trainAccuracy) : record.loss;
      this.#plateau = observePlateau(training.schedule, this.#plateau, watched);
    }
    // While weights are still being pruned, an earlier epoch is no candidate: it would not be sparse enough.
    const settled = (training.sparsity ?? 0) === 0 || this.#epoch / training.epochs > 0.5;
    const accuracy = validationAccuracy ?? 0;
    if (settled && (validationAccuracy === undefined || accuracy >= this.#best.accuracy)) {
      this.#best = { accuracy, epoch: this.#epoch, masters: this.#executor.read("masters") };
    }
  }

  /** The network with these masters, as the forward pass sees them. */
  #networkOf(masters: readonly LayerArrays[]): Network {
    const { network, training } = this.#options;
    const present = this.#executor.read("masters");
    this.#executor.write("masters", masters);
    const seen = this.#executor.read("weights");
    this.#executor.write("masters", present);
    return withArrays(network, seen, (layer) => layerQuantizer(training, this.#transforms, layer));
  }

  #state(): TrainingState {
    return {
      epoch: this.#epoch,
      step: this.#step,
      masters: this.#executor.read("masters"),
      moments: momentKinds.map((kind) => this.#executor.read(kind)),
      transforms: this.#transforms,
      plateau: this.#plateau,
      history: this.#history,
      best: this.#best,
    };
  }

  #restore(state: TrainingState): void {
    this.#transforms = state.transforms;
    const { network, training } = this.#options;
    if (compresses(training)) applyTransforms(this.#executor, network, training, state.transforms);
    this.#executor.write("masters", state.masters);
    momentKinds.forEach((kind, i) => this.#executor.write(kind, assertDefined(state.moments[i], kind)));
    this.#plateau = state.plateau;
    this.#history = [...state.history];
    this.#best = state.best;
    this.#step = state.step;
    this.#epoch = state.epoch;
  }
}

function isFinite(layer: LayerArrays): boolean {
  return listArrays(layer).every((array) => array.every((value) => Number.isFinite(value)));
}

function scaled({ outputs, spikes, potentials }: OutputGradient, factor: number): OutputGradient {
  const times = (array: Float32Array): Float32Array => (factor === 1 ? array : array.map((g) => g * factor));
  return {
    ...(outputs === undefined ? {} : { outputs: times(outputs) }),
    ...(spikes === undefined ? {} : { spikes: times(spikes) }),
    ...(potentials === undefined ? {} : { potentials: times(potentials) }),
  };
}
