// What `sparsify` and `quantize` do with a model file.

import { assertDefined, UserError, type Progress } from "../base/index.ts";
import { wasmBackendOn } from "../compute/index.ts";
import { roundNeurons } from "../hardware/golden/index.ts";
import {
  evaluateNetwork,
  raiseThresholds,
  train,
  trainWithRewinding,
  type Dataset,
  type ThresholdTrial,
  type TrainingOptions,
} from "../learning/index.ts";
import { accuracyOf } from "../model/encoding/index.ts";
import { foldNormalization, networkShape, removeDeadNeurons, type Network } from "../model/network/index.ts";
import { zeroShare } from "../model/sparsity/index.ts";
import { countSpikes, popCount, type SpikeTrain } from "../model/tensor/index.ts";
import type { Config } from "./config.ts";
import { loadModel, saveModel, type Model } from "./model-file.ts";
import { datasetOf, goldenOn, type ModelTask } from "./model-work.ts";
import { parseConfig } from "./parse-config.ts";
import { batchOptions, initialOf, startsUntrained, tuningOptions } from "./stages/software.ts";

export interface TuneOptions extends ModelTask {
  /** The model file to write. */
  readonly target: string;
  readonly sparsity: number | undefined;
  readonly weightBits: number | undefined;
  /** Take the place of the document's `tuning`; undefined leaves it. */
  readonly tuning: {
    readonly epochs?: number | undefined;
    readonly pruneBlock?: number | undefined;
    readonly pruning: Readonly<Record<string, unknown>>;
    readonly grid?: Readonly<Record<string, unknown>>;
  };
  /** Epochs at the end in which potentials, decays and thresholds are those of the integers, and weights stay on their grids. */
  readonly integerEpochs?: number | undefined;
  /** Prune in so many rounds, going back to the weights after epoch `rewindTo` each time; retrains from the start. */
  readonly rounds: number | undefined;
  readonly rewindTo: number;
  /** Remove neurons that nothing can notice. */
  readonly shrink: boolean;
  /** Raise thresholds of hidden layers as long as validation accuracy loses at most this share. */
  readonly raiseThresholds?: number | undefined;
}

export interface TuneResult {
  readonly before: number;
  readonly after: number;
  /** By what the result was judged. */
  readonly kind: "golden model" | "float";
  /** Spikes on the test split: those that the golden model and the float network do not share, and the golden model's. */
  readonly spikes?: { readonly different: number; readonly all: number };
  readonly connectionSparsity: number;
  /** "784-128-10" before and after dead neurons were removed. */
  readonly shapes: readonly [string, string];
  /** Every factor of the thresholds that was tried; the last one within the limit was taken. */
  readonly thresholds: readonly ThresholdTrial[];
}

/**
 * Prune and quantize a model file with fine-tuning.
 * @throws `tune/range`, `config/invalid`, and what training throws
 */
export async function tuneModel(options: TuneOptions): Promise<TuneResult> {
  const { platform } = options;
  checkTuning(options);
  const loaded = await loadModel(platform.files, options.file);
  const folded = foldNormalization(loaded.network);
  const model: Model = { ...loaded, network: folded, config: configOf(loaded.config, options) };
  const dataset = await datasetOf(options, model, undefined);
  const batch = batchOptions(model.config, model.network.stepCount);
  const backend = wasmBackendOn(platform.threads);
  const judge = async (network: Network): Promise<number> =>
    (await evaluateNetwork({ network, dataset, split: dataset.test, batch, backend })).accuracy;
  const before = await judge(model.network);
  const weightBits = options.weightBits ?? model.network.layers[0]?.quantizer?.bits;
  const isUntouched = options.sparsity === 0 && options.weightBits === undefined;
  const learned =
    isUntouched && options.raiseThresholds !== undefined
      ? model.network
      : await learnIntegers(
          options,
          { ...model, network: await tune(options, model, dataset, weightBits) },
          {
            dataset,
            isPruned:
              (options.sparsity ?? 0) > 0 || model.network.layers.some(({ weights }) => weights.data.includes(0)),
          },
        );
  const { network: tunedNetwork, trials } = await raise(options, { ...model, network: learned }, dataset);
  const network = options.shrink ? removeDeadNeurons(tunedNetwork).network : tunedNetwork;
  const tuned: Model = { ...model, network };
  const golden = weightBits === undefined ? undefined : goldenOn(tuned, dataset, dataset.test.sampleCount);
  const judged = await evaluateNetwork({ network, dataset, split: dataset.test, batch, backend, keepSpikes: true });
  const after = golden === undefined ? judged.accuracy : accuracyOf(golden.decisions, dataset.test.labels);
  await saveModel(platform.files, options.target, tuned);
  return {
    before,
    after,
    kind: golden === undefined ? "float" : "golden model",
    ...(golden === undefined ? {} : { spikes: compareSpikes(golden.layers, assertDefined(judged.layers, "spikes")) }),
    connectionSparsity: zeroShare(...network.layers),
    shapes: [networkShape(tunedNetwork), networkShape(network)],
    thresholds: trials,
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The document with what the command line says instead; checked like any document. */
function configOf(config: Config, { tuning }: TuneOptions): Config {
  const given = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const pruning = { ...config.tuning.pruning, ...given(tuning.pruning) };
  const { epochs, pruneBlock } = tuning;
  const own = given(tuning.grid ?? {});
  const grid = Object.keys(own).length === 0 ? {} : { grid: { ...config.tuning.grid, ...own } };
  const merged = { ...config, tuning: { ...config.tuning, ...given({ epochs, pruneBlock }), ...grid, pruning } };
  return parseConfig(merged, "command line");
}

/** Thresholds raised as far as the options allow. */
async function raise(
  { raiseThresholds: maxLoss, platform }: TuneOptions,
  { network, config }: Model,
  dataset: Dataset,
): Promise<{ readonly network: Network; readonly trials: readonly ThresholdTrial[] }> {
  if (maxLoss === undefined) return { network, trials: [] };
  const batch = batchOptions(config, network.stepCount);
  const backend = wasmBackendOn(platform.threads);
  const { validationShare } = config.data;
  return raiseThresholds({ network, dataset, batch, backend, validationShare, maxLoss });
}

/** Weights on their grids learn on with neurons that compute as their integers do. */
async function learnIntegers(
  options: TuneOptions,
  { network, config }: Model,
  { dataset, isPruned }: { readonly dataset: Dataset; readonly isPruned: boolean },
): Promise<Network> {
  const { integerEpochs = 0, platform, signal, onEvent } = options;
  if (integerEpochs === 0) return network;
  const title = "fine-tune with integers";
  const started = platform.clock.monotonic();
  onEvent({ type: "stage-started", title });
  const { rangeRate: _learned, ...training } = tuningOptions(config, 0);
  const { network: learned } = await train({
    network: roundNeurons(network, config.numerics),
    dataset,
    batch: batchOptions(config, network.stepCount),
    backend: wasmBackendOn(platform.threads),
    signal,
    // What was pruned stays pruned: a grid with a 0 would let it grow again.
    training: { ...training, epochs: integerEpochs, keepGrids: true, keepZeros: isPruned },
    onProgress: (progress: Progress) => onEvent({ type: "progress", title, progress }),
  });
  const seconds = (platform.clock.monotonic() - started) / 1000;
  onEvent({ type: "stage-finished", title, reused: false, reason: "first time", seconds, summary: options.target });
  return learned;
}

async function tune(
  options: TuneOptions,
  { network, config }: Model,
  dataset: Dataset,
  weightBits: number | undefined,
): Promise<Network> {
  const { platform, signal, onEvent, rounds, rewindTo } = options;
  const sparsity = options.sparsity ?? 0;
  const isFresh = startsUntrained(config, sparsity) || rounds !== undefined;
  const title = isFresh ? "train" : "fine-tune";
  const training: TrainingOptions = {
    ...tuningOptions(config, sparsity),
    ...(rounds === undefined ? {} : { epochs: config.training.epochs, learningRate: config.training.learningRate }),
    ...(weightBits === undefined ? {} : { weightBits }),
    // Zeros of a pruned model are kept when it is only quantized.
    ...(sparsity > 0 ? {} : { keepZeros: true }),
  };
  const started = platform.clock.monotonic();
  onEvent({ type: "stage-started", title });
  const task = {
    network: isFresh ? foldNormalization(initialOf(config, dataset, network.stepCount)) : network,
    dataset,
    batch: batchOptions(config, network.stepCount),
    backend: wasmBackendOn(platform.threads),
    signal,
    training,
    onProgress: (progress: Progress) => onEvent({ type: "progress", title, progress }),
  };
  const result =
    rounds === undefined
      ? await train(task)
      : await trainWithRewinding({ ...task, rewinding: { rounds, epoch: rewindTo } });
  const seconds = (platform.clock.monotonic() - started) / 1000;
  onEvent({ type: "stage-finished", title, reused: false, reason: "first time", seconds, summary: options.target });
  return result.network;
}

function compareSpikes(
  golden: readonly SpikeTrain[],
  float: readonly SpikeTrain[],
): { readonly different: number; readonly all: number } {
  let [different, all] = [0, 0];
  golden.forEach((spikes, l) => {
    const other = assertDefined(float[l], "spikes").words;
    spikes.words.forEach((word, i) => (different += popCount((word ^ (other[i] ?? 0)) >>> 0)));
    all += countSpikes(spikes);
  });
  return { different, all };
}

function checkTuning({ sparsity, weightBits, raiseThresholds: maxLoss, integerEpochs }: TuneOptions): void {
  const fail = (flag: string, expected: string, got: number): never => {
    throw new UserError("tune/range", `--${flag}: expected ${expected}, got ${got}`, { exit: "usage" });
  };
  if (sparsity !== undefined && !(sparsity >= 0 && sparsity < 1)) fail("sparsity", "a share 0…0.99", sparsity);
  if (weightBits !== undefined && !(Number.isInteger(weightBits) && weightBits >= 1 && weightBits <= 16)) {
    fail("bits", "a whole number 1…16", weightBits);
  }
  if (integerEpochs !== undefined && !(Number.isInteger(integerEpochs) && integerEpochs >= 0)) {
    fail("integer-epochs", "a whole number from 0", integerEpochs);
  }
  if (maxLoss !== undefined && !(maxLoss >= 0 && maxLoss <= 1)) fail("raise-thresholds", "a share 0…1", maxLoss);
}
