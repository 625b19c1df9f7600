// The stages as functions of one model file: what `train`, `eval`, `sparsify`, `quantize`, `rtl` and `inspect` do.

import { assertDefined } from "../base/index.ts";
import { wasmBackendOn } from "../compute/index.ts";
import { withHostDoor, type HostDoor } from "../hardware/family/index.ts";
import { runGoldenFast, type EventTrace } from "../hardware/golden/index.ts";
import { layerSupport, type NeuronSupport } from "../hardware/rtl/index.ts";
import { targetByName } from "../hardware/target/index.ts";
import {
  evaluateNetwork,
  limitDataset,
  loadDataset,
  splitValidation,
  type Dataset,
  type EpochRecord,
} from "../learning/index.ts";
import { layerColumns, layerInputCount, networkShape, synapseCount, type Network } from "../model/network/index.ts";
import { logicalBits, storageFormats, zeroShare } from "../model/sparsity/index.ts";
import type { Files, Platform } from "../platform/index.ts";
import { openRun } from "../runs/index.ts";
import type { Config } from "./config.ts";
import { saveDesign } from "./design-folder.ts";
import { completeChoice, type HardwareWish } from "./fit-work.ts";
import { integerOf, loadModel, saveModel, type Model } from "./model-file.ts";
import type { EventListener, Session } from "./session.ts";
import { buildDesign } from "./stages/build.ts";
import { batchOptions, encodeSpikes, loadData, trainBase } from "./stages/software.ts";

/** What every function on a model file gets. */
export interface ModelTask {
  readonly platform: Platform;
  readonly packageFolder: string;
  /** The model file. */
  readonly file: string;
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
}

/** A training in numbers; accuracies are by floating point. */
export interface TrainingReport {
  readonly testAccuracy: number;
  readonly validationAccuracy: number;
  /** Loss, accuracies, spike rates, dead and saturated neurons, and what is not well, epoch by epoch. */
  readonly history: readonly EpochRecord[];
  /** Of the training, when it ran; an earlier run's when it was reused. */
  readonly seconds: number;
  /** Measured; missing when nothing was trained in this run. */
  readonly samplesPerSecond?: number;
}

/**
 * Train one network of a document and write it.
 * @throws `training/not-finite`, after writing the weights of the best epoch before
 */
export async function trainOnly(options: {
  readonly platform: Platform;
  readonly config: Config;
  readonly runFolder: string;
  readonly packageFolder: string;
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
  readonly modelFile: string;
}): Promise<TrainingReport> {
  const { platform, config, modelFile } = options;
  await using run = await openRun(platform, options.runFolder);
  const keepModel = async (network: Network): Promise<string> => {
    await saveModel(platform.files, modelFile, { kind: "model", network, config });
    return modelFile;
  };
  const session: Session = { ...options, run, ledger: [], keepModel };
  const data = await loadData(session);
  const stepCount = assertDefined(config.explore.stepCount[0], "step count");
  const base = await trainBase(session, data, stepCount);
  const test = await evaluateNetwork({
    network: base.network,
    dataset: data.dataset,
    split: data.dataset.test,
    batch: batchOptions(config, stepCount),
    backend: wasmBackendOn(options.platform.threads),
  });
  await keepModel(base.network);
  const trained = assertDefined(session.ledger.at(-1), "training stage");
  const samples = base.history.length * countTraining(data.dataset, config);
  return {
    testAccuracy: test.accuracy,
    validationAccuracy: base.validationAccuracy,
    history: base.history,
    seconds: trained.seconds,
    ...(trained.reused || trained.seconds === 0 ? {} : { samplesPerSecond: samples / trained.seconds }),
  };
}

function countTraining({ train: split }: Dataset, config: Config): number {
  return splitValidation(split, config.data.validationShare).training.length;
}

/** Write the SystemVerilog of a model with a golden trace of its first test samples. */
export async function emitModel(
  options: ModelTask & {
    readonly folder: string;
    readonly door: HostDoor;
    /** Without lanes, the fastest that fit. */
    readonly choice: HardwareWish;
    readonly target: string;
    readonly sampleCount: number;
  },
): Promise<{
  readonly files: readonly string[];
  readonly meanCycles: number;
  readonly samples: number;
  readonly lanes: readonly number[];
}> {
  const { files } = options.platform;
  const model = await loadModel(files, options.file);
  const dataset = await datasetOf(options, model, undefined);
  const trace = goldenOn(model, dataset, Math.min(options.sampleCount, dataset.test.sampleCount));
  const integer = integerOf(model);
  const target = targetByName(options.target);
  const choice = completeChoice(integer, options.choice, target);
  const built = buildDesign(integer, choice, target, trace);
  const design = withHostDoor(built.mapping, built.design, options.door);
  await saveDesign(files, options.folder, { mapping: built.mapping, design, trace });
  return {
    files: design.files.map(({ name }) => name),
    meanCycles: built.meanCycles,
    samples: trace.sampleCount,
    lanes: choice.lanes,
  };
}

/** What a model file holds, without running it. */
export async function inspectModel(files: Files, file: string): Promise<ModelSummary> {
  const { network, config } = await loadModel(files, file);
  return {
    name: network.name,
    shape: networkShape(network),
    stepCount: network.stepCount,
    encoding: config.encoding.kind,
    synapses: synapseCount(network),
    layers: network.layers.map((layer, index) => ({
      name: layer.name,
      neuron: `${layer.neuron.model}, reset ${layer.neuron.reset.kind}`,
      inputCount: layerInputCount(network, index),
      neuronCount: layer.neuronCount,
      connectionSparsity: zeroShare(layer),
      weightBits: layer.quantizer?.bits,
      low: layer.weights.data.reduce((a, b) => Math.min(a, b), 0),
      high: layer.weights.data.reduce((a, b) => Math.max(a, b), 0),
      parameters: layer.neuron.parameters,
      learned: Object.keys(layer.neuronParameters ?? {}),
      support: layerSupport(layer),
    })),
    storage: network.layers.flatMap((layer) => {
      const { quantizer } = layer;
      if (quantizer === undefined) return [];
      const columns = layerColumns(layer);
      const shape = { rows: layer.weights.data.length / columns, columns, bits: quantizer.bits };
      const matrix = { ...shape, values: Array.from(layer.weights.data, (w) => Math.round(w / quantizer.scale)) };
      const bits = storageFormats.map((format) => ({
        format: format.name,
        bits: logicalBits(format.encode(matrix, 1)),
      }));
      return [{ layer: layer.name, bits }];
    }),
  };
}

export interface ModelSummary {
  readonly name: string;
  readonly shape: string;
  readonly stepCount: number;
  readonly encoding: string;
  readonly synapses: number;
  readonly layers: readonly {
    readonly name: string;
    readonly neuron: string;
    readonly inputCount: number;
    readonly neuronCount: number;
    readonly connectionSparsity: number;
    readonly weightBits: number | undefined;
    readonly low: number;
    readonly high: number;
    readonly parameters: Readonly<Record<string, number>>;
    /** Parameters that differ from neuron to neuron. */
    readonly learned: readonly string[];
    /** What can run its neuron. */
    readonly support: NeuronSupport;
  }[];
  readonly storage: readonly {
    readonly layer: string;
    readonly bits: readonly { readonly format: string; readonly bits: number }[];
  }[];
}

// ---------------------------------------------------------------------------------------------------------------------

/** The data that a model was made for, from `folder` when it lies elsewhere now. */
export async function datasetOf(task: ModelTask, { config }: Model, folder: string | undefined): Promise<Dataset> {
  const place = folder ?? config.data.folder ?? `${task.packageFolder}/data`;
  const dataset = await loadDataset(task.platform.files, config.data.set, place);
  return limitDataset(dataset, { train: config.data.trainLimit, test: config.data.testLimit });
}

/** The golden trace of a model on its first test samples. */
export function goldenOn(model: Model, dataset: Dataset, sampleCount: number): EventTrace {
  const indices = Uint32Array.from({ length: sampleCount }, (_, i) => i);
  const input = encodeSpikes(dataset, dataset.test, indices, batchOptions(model.config, model.network.stepCount));
  return runGoldenFast(integerOf(model), input);
}
