// Surrogate-gradient training with backpropagation through time; the same loop prunes and quantizes, because both only change what
// the forward pass makes of the weights that learn.

import { assertDefined, randomStream, UserError } from "../../base/index.ts";
import {
  momentKinds,
  type Executor,
  type LayerArrays,
  type OutputGradient,
  type UpdateStep,
} from "../../compute/index.ts";
import { addLayerArrays, layerArrays, listArrays, withArrays, type Network } from "../../model/network/index.ts";
import { batchEncoder, splitValidation, type BatchEncoder } from "../data/index.ts";
import { partName, prunableParts, type Masks } from "../pruning/index.ts";
import { activityPenalty } from "./activity/index.ts";
import { clipGradients } from "./clip.ts";
import { compileForBatch, partAfter } from "./compile-batch.ts";
import { evaluateNetwork } from "./evaluate.ts";
import { hiddenFanOut } from "./fan-out.ts";
import { EpochMonitor, type EpochRecord } from "./monitor.ts";
import { batchLoss, readsEveryStep } from "./output-loss.ts";
import { initialPlateau, observePlateau } from "./plateau.ts";
import {
  changesMasks,
  clearReturned,
  gatherEvidence,
  gathers,
  needsGradients,
  refitsPerEpoch,
  type PruningProgress,
} from "./prune-course.ts";
import { rateAt } from "./schedules.ts";
import type { TrainingResult, TrainingState, TrainingTask } from "./task.ts";
import {
  applyTransforms,
  compresses,
  isSettled,
  learnRanges,
  noTransforms,
  refitTransforms,
  type TransformState,
} from "./weight-transforms.ts";

/**
 * Train a network.
 * @throws `training/not-finite` when loss or weights leave the numbers; `training/no-samples`, `training/normalized-compression`
 */
export async function train(options: TrainingTask): Promise<TrainingResult> {
  const { network, training, backend, onNote } = options;
  const normalized = network.layers.find(({ normalization }) => normalization !== undefined);
  if (normalized !== undefined && compresses(training)) {
    const message = `"${normalized.name}": pruned or quantized weights would change when its normalization is folded`;
    throw new UserError("training/normalized-compression", message, { hint: "fold the normalization first" });
  }
  // One thread is one thread: the worker is one of several.
  const workers = training.threadCount === 1 ? undefined : options.workers;
  await using encoder = batchEncoder(options.dataset, options.batch, workers);
  const { executor, partSize } = await compileForBatch(backend, network, training.batchSize, {
    surrogate: training.surrogate,
    detachReset: training.detachReset,
    optimizer: training.optimizer,
    perStep: readsEveryStep(training.loss),
    transforms: compresses(training),
    ...(training.threadCount === undefined ? {} : { threadCount: training.threadCount }),
    threadsElsewhere: encoder.threadCount,
    ...(training.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: training.memoryLimitBytes }),
    ...(training.truncation === undefined ? {} : { stepsPerPart: training.truncation, truncate: true }),
    ...(onNote === undefined ? {} : { onNote }),
  });
  using held = executor;
  return await new Trainer(options, { executor: held, partSize, encoder }).run();
}

// ---------------------------------------------------------------------------------------------------------------------

/** Batches whose gradients pruning looks at. */
const gradientBatches = 8;

class Trainer {
  readonly #options: TrainingTask;
  readonly #executor: Executor;
  readonly #partSize: number;
  readonly #encoder: BatchEncoder;
  readonly #training: Uint32Array;
  readonly #validation: Uint32Array;
  #transforms: TransformState = noTransforms;
  #plateau = initialPlateau;
  /** Synapses out of each neuron of the hidden layers, counted anew in every epoch. */
  #fanOut: readonly Uint32Array[] = [];
  #history: EpochRecord[] = [];
  #best: TrainingState["best"];
  #step = 0;
  #epoch = 0;
  /** Times per epoch that masks are drawn anew. */
  #refits = 1;
  #partial: TrainingState["partial"];
  #good: TrainingState | undefined;

  constructor(
    options: TrainingTask,
    means: { readonly executor: Executor; readonly partSize: number; readonly encoder: BatchEncoder },
  ) {
    const { executor, partSize, encoder } = means;
    this.#options = options;
    this.#executor = executor;
    this.#partSize = partSize;
    this.#encoder = encoder;
    const { training, validation } = splitValidation(options.dataset.train, options.training.validationShare);
    if (training.length === 0) throw new UserError("training/no-samples", "the training split has no samples");
    this.#training = training;
    this.#validation = validation;
    this.#best = { accuracy: -1, epoch: 0, masters: executor.read("masters") };
    if (options.resume !== undefined) this.#restore(options.resume);
  }

  async run(): Promise<TrainingResult> {
    const { training, signal } = this.#options;
    while (this.#epoch < training.epochs || this.#partial !== undefined) {
      signal?.throwIfAborted();
      await this.#runEpoch();
      this.#good = this.#state();
      await this.#options.onEpoch?.(this.#good);
      const { patience } = training;
      if (patience !== undefined && this.#validation.length > 0 && this.#epoch - this.#best.epoch >= patience) break;
    }
    const network = this.#networkOf(this.#best.masters);
    return { network, history: this.#history, bestEpoch: this.#best.epoch };
  }

  async #runEpoch(): Promise<void> {
    const { network, training, signal } = this.#options;
    const partial = this.#partial;
    this.#partial = undefined;
    const monitor = new EpochMonitor(network, partial?.monitor);
    if (partial === undefined) this.#epoch++;
    const order = randomStream(training.seed, `order ${this.#epoch}`).shuffle(this.#training.slice());
    const updates = Math.ceil(order.length / training.batchSize);
    this.#refits = refitsPerEpoch(training, updates);
    const refitUpdates = Array.from({ length: this.#refits }, (_, k) => Math.floor((k * updates) / this.#refits));
    this.#countFanOut();
    for (let start = partial?.sampleCount ?? 0; start < order.length; start += training.batchSize) {
      signal?.throwIfAborted();
      const refit = refitUpdates.indexOf(start / training.batchSize);
      if (refit >= 0) await this.#refit(order.subarray(start), refit, Math.ceil(updates / this.#refits));
      const chosen = order.subarray(start, start + training.batchSize);
      await this.#runBatch(monitor, chosen, start, order.length);
      await this.#tell(monitor, start + chosen.length, order.length);
    }
    if (!this.#executor.read("masters").every(isFinite)) await this.#fail("a weight");
    await this.#judge(monitor.record(this.#epoch));
  }

  /** After a batch: progress, and a checkpoint when one is due. */
  async #tell(monitor: EpochMonitor, done: number, total: number): Promise<void> {
    const { training, onProgress, checkpoints } = this.#options;
    if (!Number.isFinite(monitor.loss)) await this.#fail("the loss");
    onProgress?.({
      label: "train",
      done: (this.#epoch - 1) * total + done,
      total: training.epochs * total,
      unit: "samples",
      note: `epoch ${this.#epoch}/${training.epochs} · ${monitor.summary}`,
    });
    if (done === total || checkpoints?.isDue() !== true) return;
    await checkpoints.save({ ...this.#state(), partial: { sampleCount: done, monitor: monitor.state } });
  }

  /** @throws `training/not-finite` naming what is left */
  async #fail(what: string): Promise<never> {
    const good = this.#good;
    const hint = "use a lower learning rate, limit the gradient by norm, or choose a smaller surrogate slope";
    const message = `network "${this.#options.network.name}": ${what} is no longer a number in epoch ${this.#epoch}`;
    if (good === undefined) {
      throw new UserError("training/not-finite", `${message}; no epoch before it was good`, { hint });
    }
    const network = this.#networkOf(good.best.masters);
    const place = await this.#options.onFailure?.({ state: good, network });
    const kept = `the last good epoch is ${good.epoch}${place === undefined ? "" : `, kept in ${place}`}`;
    throw new UserError("training/not-finite", `${message}; ${kept}`, { hint });
  }

  /** One update. The last batch of an epoch also tells how large the gradients are. */
  async #runBatch(monitor: EpochMonitor, chosen: Uint32Array, start: number, total: number): Promise<void> {
    const { training } = this.#options;
    const update = this.#updateStep(start, total);
    const isLast = start + chosen.length >= total;
    const learnsRanges = training.rangeRate !== undefined;
    const isGathering = gathers(training, this.#progress(0));
    const isPlain =
      !isLast && !isGathering && !learnsRanges && training.clip === undefined && chosen.length <= this.#partSize;
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
    if (isGathering) {
      const arrays = { masters: this.#executor.read("masters"), gradients: summed };
      const gathered = gatherEvidence(training, this.#transforms, this.#options.network, arrays);
      this.#transforms = { ...this.#transforms, ...gathered };
    }
    if (learnsRanges) this.#learnRanges(summed, update.learningRate);
    this.#executor.write("gradients", summed);
    this.#executor.update(update);
  }

  #learnRanges(gradients: readonly LayerArrays[], learningRate: number): void {
    const { network, training } = this.#options;
    const arrays = { masters: this.#executor.read("masters"), gradients };
    this.#transforms = learnRanges(training, this.#transforms, network, arrays, learningRate);
    applyTransforms(this.#executor, network, this.#transforms);
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
    const input = await this.#encoder.encode(chosen, augmented);
    const next = partAfter(chosen, training.batchSize, this.#partSize);
    if (next.length > 0) this.#encoder.expect(next, augmented);
    const result = await this.#executor.forward(input, { training: true });
    const labels = Array.from(chosen, (index) => dataset.train.labels[index] ?? 0);
    const found = batchLoss(network, training.loss, result, labels);
    monitor.batch(this.#executor, chosen.length, found);
    const layerSpikes = this.#activityGradients(chosen.length / batchSize);
    const gradient = {
      ...scaled(found.gradient, chosen.length / batchSize),
      ...(layerSpikes === undefined ? {} : { layerSpikes }),
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

  #countFanOut(): void {
    const { network, training } = this.#options;
    if (training.activity.length > 0) this.#fanOut = hiddenFanOut(network, this.#executor.read("weights"));
  }

  /** What penalties on spikes pull hidden layers by, after a forward pass. */
  #activityGradients(factor: number): (Float32Array | undefined)[] | undefined {
    const { network, training } = this.#options;
    if (training.activity.length === 0) return undefined;
    return network.layers.map(({ neuronCount }, l) => {
      const fanOut = this.#fanOut[l];
      if (fanOut === undefined) return undefined;
      const counts = this.#executor.spikeCountsOf(l);
      const sampleCount = counts.length / neuronCount;
      const layer = { counts, sampleCount, neuronCount, stepCount: network.stepCount, fanOut };
      return activityPenalty(training.activity, layer).gradient.map((g) => g * factor);
    });
  }

  /** Draw masks and grids anew, looking at the samples that come next. */
  async #refit(coming: Uint32Array, refit: number, interval: number): Promise<void> {
    const { network, training } = this.#options;
    const progress = this.#progress(refit);
    if (!compresses(training) || (refit > 0 && !changesMasks(training, progress))) return;
    const batches = refit === 0 ? gradientBatches : Math.min(gradientBatches, Math.ceil(interval / gradientBatches));
    // Penalties on spikes enter these gradients.
    const gradients = needsGradients(training, progress) ? await this.#sampleGradients(coming, batches) : [];
    const masters = this.#executor.read("masters");
    const initial = network.layers.map(layerArrays);
    const context = { network, initial, gradients, seed: training.seed, masters, progress };
    const next = refitTransforms(training, this.#transforms, context);
    this.#executor.write("masters", masters);
    this.#forgetMoments(this.#transforms.masks, next.masks);
    this.#transforms = next;
    applyTransforms(this.#executor, network, next);
    this.#countFanOut();
  }

  #progress(refit: number): PruningProgress {
    return { epoch: this.#epoch, epochs: this.#options.training.epochs, refit, refits: this.#refits };
  }

  /** Weights that come back learn as if they were new. */
  #forgetMoments(before: Masks, after: Masks): void {
    for (const kind of momentKinds) {
      const moments = this.#executor.read(kind);
      const parts = prunableParts(this.#options.network, moments);
      if (clearReturned(parts, before, after)) this.#executor.write(kind, moments);
    }
  }

  /** Gradients of a few batches, without learning from them: what some pruning looks at. */
  async #sampleGradients(coming: Uint32Array, batches: number): Promise<LayerArrays[][]> {
    const size = Math.min(this.#partSize, this.#options.training.batchSize);
    const found: LayerArrays[][] = [];
    for (let start = 0; start < coming.length && found.length < batches; start += size) {
      const chosen = coming.subarray(start, start + size);
      await this.#runPart(new EpochMonitor(this.#options.network), chosen, chosen.length, undefined);
      found.push(this.#executor.read("gradients"));
    }
    return found;
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
    const settled = isSettled(training, this.#progress(0));
    const accuracy = validationAccuracy ?? 0;
    if (settled && (validationAccuracy === undefined || accuracy >= this.#best.accuracy)) {
      this.#best = { accuracy, epoch: this.#epoch, masters: this.#executor.read("masters") };
    }
  }

  /** The network with these masters, as the forward pass sees them. */
  #networkOf(masters: readonly LayerArrays[]): Network {
    const { network } = this.#options;
    const present = this.#executor.read("masters");
    this.#executor.write("masters", masters);
    const seen = this.#executor.read("weights");
    this.#executor.write("masters", present);
    return withArrays(network, seen, (layer, key) => this.#transforms.quantizers[partName(layer, key)]);
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
    if (compresses(training)) applyTransforms(this.#executor, network, state.transforms);
    this.#executor.write("masters", state.masters);
    momentKinds.forEach((kind, i) => this.#executor.write(kind, assertDefined(state.moments[i], kind)));
    this.#plateau = state.plateau;
    this.#history = [...state.history];
    this.#best = state.best;
    this.#step = state.step;
    this.#epoch = state.epoch;
    this.#partial = state.partial;
    if (state.partial === undefined) this.#good = state;
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
