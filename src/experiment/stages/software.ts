// From data to integer networks: everything that does not know the hardware.

import { hashValue, UserError } from "../../base/index.ts";
import { surrogateOf, wasmBackendOn } from "../../compute/index.ts";
import {
  lowerNetwork,
  packNetwork,
  runGoldenFast,
  unpackNetwork,
  type EventTrace,
  type IntegerNetwork,
} from "../../hardware/golden/index.ts";
import {
  encodeBatch,
  evaluateNetwork,
  initialNetwork,
  inputCountOf,
  inputGridOf,
  limitDataset,
  loadDataset,
  pruningMethods,
  splitValidation,
  train,
  type BatchOptions,
  type Dataset,
  type EpochRecord,
  type Split,
  type TrainingOptions,
  type TrainingState,
} from "../../learning/index.ts";
import { accuracyOf } from "../../model/encoding/index.ts";
import { foldNormalization, layersOfText, type Layer, type Network } from "../../model/network/index.ts";
import type { NeuronSpec } from "../../model/neuron/index.ts";
import type { SpikeTrain } from "../../model/tensor/index.ts";
import type { StageContext } from "../../runs/index.ts";
import type { Config } from "../config.ts";
import { neuronChoice } from "../neuron-choice.ts";
import { pruningOf } from "../pruning-choice.ts";
import { runQuietStage, runStage, type Session } from "../session.ts";

/** Seconds between checkpoints: a crash loses at most this much training. */
const checkpointSeconds = 2;
/** Validation samples whose golden trace is kept for costs. */
const traceSamples = 200;
/** Validation samples that judge a design. */
const judgeSamples = 2000;

export interface Data {
  readonly dataset: Dataset;
  /** Of everything that later stages read. */
  readonly hash: string;
}

export interface BaseResult {
  readonly network: Network;
  readonly history: readonly EpochRecord[];
  readonly validationAccuracy: number;
}

/** One software variant: integers, its accuracy by the golden model, and a trace for costs. */
export interface SoftwareResult {
  readonly network: Network;
  readonly integer: IntegerNetwork;
  readonly history: readonly EpochRecord[];
  readonly validationAccuracy: number;
  readonly trace: EventTrace;
}

/** Read the data set that the document names. */
export async function loadData(session: Session): Promise<Data> {
  const { config, platform, packageFolder, onEvent } = session;
  const started = platform.clock.monotonic();
  onEvent({ type: "stage-started", title: "data" });
  const folder = config.data.folder ?? `${packageFolder}/data`;
  const loaded = await loadDataset(platform.files, config.data.set, folder);
  const dataset = limitDataset(loaded, { train: config.data.trainLimit, test: config.data.testLimit });
  const hash = hashValue([dataset.train, dataset.test]);
  const seconds = (platform.clock.monotonic() - started) / 1000;
  const summary = `${dataset.title}: ${dataset.train.sampleCount} train, ${dataset.test.sampleCount} test`;
  session.ledger.push({ name: "data", reused: false, reason: "read every time", seconds });
  onEvent({ type: "stage-finished", title: "data", reused: false, reason: "first time", seconds, summary });
  return { dataset, hash };
}

/** How batches of this experiment are encoded for so many steps. */
export function batchOptions(config: Config, stepCount: number): BatchOptions {
  return { encoding: config.encoding, stepCount, seed: config.seed, pool: config.data.pool };
}

/** Train the float network for so many time steps. */
export function trainBase(session: Session, data: Data, stepCount: number): Promise<BaseResult> {
  const { config } = session;
  const { network: shape, training } = config;
  const title = `train, ${stepCount} steps`;
  return runStage(
    session,
    {
      name: title,
      version: 2,
      inputs: {
        data: data.hash,
        network: shape,
        encoding: config.encoding,
        training,
        validationShare: config.data.validationShare,
        pool: config.data.pool,
        seed: config.seed,
        stepCount,
      },
      run: async (context) => {
        const network = initialOf(config, data.dataset, stepCount);
        const options = trainingOptions(config);
        const result = await trainWithCheckpoints(session, context, {
          data,
          network,
          options,
          onEpoch: (record) => session.onEvent({ type: "epoch", title, record, epochCount: options.epochs }),
        });
        const batch = batchOptions(config, stepCount);
        const { validation } = splitValidation(data.dataset.train, config.data.validationShare);
        const judged = await evaluateNetwork({
          network: result.network,
          dataset: data.dataset,
          split: data.dataset.train,
          indices: validation,
          batch,
          backend: wasmBackendOn(session.platform.threads),
        });
        return { network: result.network, history: result.history, validationAccuracy: judged.accuracy };
      },
    },
    ({ validationAccuracy }) => `validation accuracy ${percent(validationAccuracy)} (float)`,
  );
}

/** The untrained network of a document. */
export function initialOf(config: Config, dataset: Dataset, stepCount: number): Network {
  const { name, network, training, seed } = config;
  const neuron = neuronChoice(network);
  return initialNetwork({
    name,
    inputCount: inputCountOf(dataset, batchOptions(config, stepCount)),
    hidden: network.hidden,
    layers: layersOf(config, dataset, neuron),
    classCount: dataset.classCount,
    stepCount,
    neuron,
    recurrent: network.recurrent,
    readout: network.readout,
    learn: training.learn,
    bias: network.bias,
    normalization: network.normalization,
    delays: network.delays,
    seed,
  });
}

/** The layers that a document writes as text. @throws `network/classes` when they end in another number of neurons */
function layersOf(config: Config, dataset: Dataset, neuron: NeuronSpec): readonly Layer[] | undefined {
  const { layers: text, pooling, readout } = config.network;
  if (text === undefined) return undefined;
  const batch = batchOptions(config, 1);
  const input = text.includes("C")
    ? inputGridOf(dataset, batch)
    : { rows: 1, columns: 1, channels: inputCountOf(dataset, batch) };
  const layers = layersOfText(text, { input, neuron, pooling });
  const wanted = dataset.classCount * (readout.neuronsPerClass ?? 1);
  if (layers.at(-1)?.neuronCount === wanted) return layers;
  throw new UserError(
    "network/classes",
    `network.layers: "${text}" must end in ${wanted} neurons for ${dataset.title}`,
  );
}

/** Prune and quantize a trained network with fine-tuning, lower it, and judge it by the golden model. */
export async function tuneVariant(
  session: Session,
  data: Data,
  base: BaseResult,
  variant: { readonly stepCount: number; readonly weightBits: number; readonly sparsity: number },
): Promise<SoftwareResult> {
  const { config } = session;
  const { weightBits, sparsity, stepCount } = variant;
  const { integer: packed, ...rest } = await runQuietStage(session, {
    name: `tune, ${stepCount} steps, ${weightBits} bit, sparsity ${sparsity}`,
    version: 2,
    inputs: {
      base: hashValue(base.network),
      data: data.hash,
      tuning: config.tuning,
      training: config.training,
      numerics: config.numerics,
      ...variant,
    },
    run: async (context) => {
      const options: TrainingOptions = { ...tuningOptions(config, sparsity), weightBits };
      const untuned = startsUntrained(config, sparsity) ? initialOf(config, data.dataset, stepCount) : base.network;
      const start = foldNormalization(untuned);
      const { network, history } = await trainWithCheckpoints(session, context, { data, network: start, options });
      const integer = lowerNetwork(network, config.numerics);
      const { validation } = splitValidation(data.dataset.train, config.data.validationShare);
      const judged = validation.subarray(0, judgeSamples);
      const input = encodeSpikes(data.dataset, data.dataset.train, judged, batchOptions(config, stepCount));
      const golden = runGoldenFast(integer, input);
      const labels = Array.from(judged, (index) => data.dataset.train.labels[index] ?? 0);
      const kept = encodeSpikes(
        data.dataset,
        data.dataset.train,
        judged.subarray(0, traceSamples),
        batchOptions(config, stepCount),
      );
      return {
        network,
        integer: packNetwork(integer),
        history,
        validationAccuracy: accuracyOf(golden.decisions, labels),
        trace: runGoldenFast(integer, kept),
      };
    },
  });
  return { ...rest, integer: unpackNetwork(packed) };
}

/** Spikes of chosen samples; direct coding was refused when the document was read. */
export function encodeSpikes(
  dataset: Dataset,
  split: Split,
  indices: ArrayLike<number>,
  batch: BatchOptions,
): SpikeTrain {
  const encoded = encodeBatch(dataset, split, indices, batch);
  if (encoded.kind === "spikes") return encoded.spikes;
  throw new TypeError("direct coding has no spikes");
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The document's training section as options of the trainer. */
export function trainingOptions(config: Config): TrainingOptions {
  const { training, data, seed } = config;
  return {
    epochs: training.epochs,
    batchSize: training.batchSize,
    learningRate: training.learningRate,
    optimizer: { weightDecay: training.weightDecay, ...training.optimizer },
    schedule: training.schedule ?? { kind: "cosine", warmUp: 0.02 * training.epochs },
    loss: training.loss,
    clip: training.clip.kind === "none" ? undefined : training.clip,
    surrogate: surrogateOf(training.surrogate, training.surrogateScale, training.surrogateParameters),
    detachReset: training.detachReset,
    augmentation: {
      shift: training.shift,
      rotation: training.rotation,
      zoom: training.zoom,
      mirror: training.mirror,
    },
    activity: [
      ...training.activity,
      ...(training.activityPenalty > 0 ? [{ kind: "l1", weight: training.activityPenalty } as const] : []),
    ],
    patience: training.patience,
    truncation: training.truncation,
    memoryLimitBytes: training.memoryLimit === undefined ? undefined : training.memoryLimit * 2 ** 20,
    threadCount: training.threads,
    validationShare: data.validationShare,
    seed,
  };
}

/** Whether the document's pruning wants a network that has not learned yet. */
export function startsUntrained(config: Config, sparsity: number): boolean {
  return sparsity > 0 && pruningMethods[config.tuning.pruning.method].atInitialization;
}

/** Training that prunes as the document says: fine-tuning, or the whole training when it starts untrained. */
export function tuningOptions(config: Config, sparsity: number): TrainingOptions {
  const { training, tuning } = config;
  const isFresh = startsUntrained(config, sparsity);
  return {
    ...trainingOptions(config),
    epochs: isFresh ? training.epochs : tuning.epochs,
    learningRate: isFresh ? training.learningRate : tuning.learningRate,
    patience: undefined,
    ...(tuning.grid === undefined ? {} : { grid: tuning.grid }),
    ...(tuning.rangeRate === undefined ? {} : { rangeRate: tuning.rangeRate }),
    ...(sparsity > 0 ? { sparsity, pruning: pruningOf(tuning) } : {}),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

async function trainWithCheckpoints(
  session: Session,
  context: StageContext,
  work: {
    readonly data: Data;
    readonly network: Network;
    readonly options: TrainingOptions;
    readonly onEpoch?: (record: EpochRecord) => void;
  },
): Promise<{ readonly network: Network; readonly history: readonly EpochRecord[] }> {
  const { data, network, options: training } = work;
  const { clock } = session.platform;
  const resume = (await context.checkpoint.load()) as TrainingState | undefined;
  if (resume !== undefined) {
    const { epoch, partial } = resume;
    const where = partial === undefined ? "" : `, ${partial.sampleCount} samples into it`;
    session.onEvent({ type: "note", text: `continuing from epoch ${epoch}/${training.epochs}${where}` });
  }
  let saved = clock.monotonic();
  const save = async (state: TrainingState): Promise<void> => {
    await context.checkpoint.save(state);
    saved = clock.monotonic();
  };
  const isDue = (): boolean => clock.monotonic() - saved >= checkpointSeconds * 1000;
  return train({
    network,
    dataset: data.dataset,
    batch: batchOptions(session.config, network.stepCount),
    backend: wasmBackendOn(session.platform.threads),
    workers: session.platform.workers,
    training,
    resume,
    onProgress: context.onProgress,
    signal: context.signal,
    checkpoints: { isDue, save },
    onEpoch: async (state) => {
      const record = state.history.at(-1);
      if (record !== undefined) work.onEpoch?.(record);
      if (isDue()) await save(state);
    },
    onFailure: async (lastGood) => {
      await save(lastGood.state);
      return (await session.keepModel?.(lastGood.network)) ?? context.checkpoint.path;
    },
    onNote: (text) => session.onEvent({ type: "note", text }),
  });
}
