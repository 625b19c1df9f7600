// What `eval` and `metrics` do with a model file: accuracy, sparsity and counts of real runs on its test split.

import { assertDefined, UserError } from "../base/index.ts";
import { runReference, wasmBackendOn } from "../compute/index.ts";
import { encodeBatch, evaluateNetwork, type Dataset } from "../learning/index.ts";
import {
  accuracyOf,
  decideEarly,
  parseEarlyExit,
  type EarlyDecisions,
  type EncodedInput,
} from "../model/encoding/index.ts";
import { networkShape } from "../model/network/index.ts";
import { stateBitsOf } from "../model/neuron/index.ts";
import {
  bootstrapMeans,
  countSynapticOperations,
  measureActivations,
  neurobenchMetrics,
  shareInterval,
  type Interval,
  type Metric,
  type NetworkRun,
  zeroShare,
} from "../model/sparsity/index.ts";
import { countSpikes } from "../model/tensor/index.ts";
import { integerOf, loadModel, type Model } from "./model-file.ts";
import { datasetOf, goldenOn, type ModelTask } from "./model-work.ts";
import { batchOptions } from "./stages/software.ts";

export interface EvaluationResult {
  readonly accuracy: number;
  /** Of the accuracy, 95 % Wilson. */
  readonly interval: Interval;
  readonly sampleCount: number;
  readonly kind: "golden model" | "float";
  /** What a rule of early exit would have done; intervals by bootstrap over samples. */
  readonly early?: {
    readonly rule: string;
    readonly accuracy: number;
    /** Less than without the rule, sample by sample. */
    readonly lost: Interval;
    readonly meanSteps: Interval;
    readonly stepCount: number;
  };
  readonly layers: readonly {
    readonly layer: string;
    readonly connectionSparsity: number;
    readonly activationSparsity: number;
    readonly spikesPerSample: number;
    readonly deadNeurons: number;
    readonly effectiveSynapticOperations: number;
    readonly denseSynapticOperations: number;
  }[];
}

/**
 * Accuracy and sparsity of a model on its test split: by the golden model when it is quantized, by floats otherwise.
 * @throws `encoding/early-exit`
 */
export async function evaluateModel(
  options: ModelTask & { readonly dataFolder: string | undefined; readonly earlyExit?: string | undefined },
): Promise<EvaluationResult> {
  const rule = options.earlyExit === undefined ? undefined : parseEarlyExit(options.earlyExit);
  const model = await loadModel(options.platform.files, options.file);
  const { network } = model;
  const dataset = await datasetOf(options, model, options.dataFolder);
  const { kind, decisions, run } = await runModel(options, model, dataset);
  const { labels, sampleCount } = dataset.test;
  const accuracy = accuracyOf(decisions, labels);
  const counts = countSynapticOperations(network, run);
  const last = assertDefined(run.layers.at(-1), "last layer");
  const exits = rule === undefined ? undefined : decideEarly(rule, last, network.readout.neuronsPerClass);
  return {
    accuracy,
    interval: shareInterval(accuracy, sampleCount),
    sampleCount,
    kind,
    ...(exits === undefined
      ? {}
      : {
          early: {
            rule: String(options.earlyExit),
            accuracy: accuracyOf(exits.decisions, labels),
            ...earlyIntervals(exits, decisions, labels, model.config.seed),
            stepCount: network.stepCount,
          },
        }),
    layers: network.layers.map((layer, l) => {
      const train = assertDefined(run.layers[l], "spikes");
      const activity = measureActivations(train);
      const { accumulates, multiplyAccumulates, dense } = assertDefined(counts[l], "counts");
      return {
        layer: layer.name,
        connectionSparsity: zeroShare(layer),
        activationSparsity: activity.activationSparsity,
        spikesPerSample: countSpikes(train) / sampleCount,
        deadNeurons: activity.deadNeurons,
        effectiveSynapticOperations: (accumulates + multiplyAccumulates) / sampleCount,
        denseSynapticOperations: dense / sampleCount,
      };
    }),
  };
}

export interface MetricsResult {
  readonly model: string;
  readonly shape: string;
  readonly stepCount: number;
  readonly sampleCount: number;
  readonly metrics: readonly Metric[];
}

/** NeuroBench's metrics and their bit-true counterparts, on the first test samples. */
export async function metricsOf(
  options: ModelTask & { readonly dataFolder: string | undefined; readonly sampleCount: number },
): Promise<MetricsResult> {
  const model = await loadModel(options.platform.files, options.file);
  const { network } = model;
  const dataset = await datasetOf(options, model, options.dataFolder);
  const sampleCount = Math.min(options.sampleCount, dataset.test.sampleCount);
  const input = encodedOf(model, dataset, sampleCount);
  const { spikes, potentials } = await runReference(network, input);
  const stateBits = layerStateBits(model);
  return {
    model: network.name,
    shape: networkShape(network),
    stepCount: network.stepCount,
    sampleCount,
    metrics: neurobenchMetrics(
      network,
      { input, layers: spikes },
      { potentials, ...(stateBits === undefined ? {} : { stateBits }) },
    ),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** How sure it is what a rule costs and saves. */
function earlyIntervals(
  exits: EarlyDecisions,
  decisions: ArrayLike<number>,
  labels: ArrayLike<number>,
  seed: number,
): { readonly lost: Interval; readonly meanSteps: Interval } {
  const lost = Float64Array.from(
    exits.decisions,
    (early, i) => Number(decisions[i] === labels[i]) - Number(early === labels[i]),
  );
  const [mean, steps] = bootstrapMeans([lost, exits.stepCounts], seed);
  return { lost: assertDefined(mean, "interval"), meanSteps: assertDefined(steps, "interval") };
}

function encodedOf({ config, network }: Model, dataset: Dataset, sampleCount: number): EncodedInput {
  const indices = Uint32Array.from({ length: sampleCount }, (_, i) => i);
  return encodeBatch(dataset, dataset.test, indices, batchOptions(config, network.stepCount));
}

async function runModel(
  { platform }: ModelTask,
  model: Model,
  dataset: Dataset,
): Promise<{
  readonly kind: "golden model" | "float";
  readonly decisions: ArrayLike<number>;
  readonly run: NetworkRun;
}> {
  const { network, config } = model;
  const { sampleCount } = dataset.test;
  if (network.layers.every(({ quantizer }) => quantizer !== undefined)) {
    const trace = goldenOn(model, dataset, sampleCount);
    const run: NetworkRun = { input: { kind: "spikes", spikes: trace.input }, layers: trace.layers };
    return { kind: "golden model", decisions: trace.decisions, run };
  }
  const evaluation = await evaluateNetwork({
    network,
    dataset,
    split: dataset.test,
    batch: batchOptions(config, network.stepCount),
    backend: wasmBackendOn(platform.threads),
    keepSpikes: true,
  });
  const layers = assertDefined(evaluation.layers, "spikes");
  return {
    kind: "float",
    decisions: evaluation.decisions,
    run: { input: encodedOf(model, dataset, sampleCount), layers },
  };
}

/** Bits of a neuron's state in each layer as the hardware here keeps it; undefined for what it cannot run. */
function layerStateBits(model: Model): readonly number[] | undefined {
  try {
    return integerOf(model).layers.map(({ neuron }) => stateBitsOf(neuron));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
