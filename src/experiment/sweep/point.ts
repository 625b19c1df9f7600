// One point of a sweep: learn, lower, run, count, predict.

import { assertDefined, hashValue } from "../../base/index.ts";
import { wasmBackendOn } from "../../compute/index.ts";
import { allocateLanes, AllocationSpace, deriveEnergy, profiles } from "../../hardware/cost/index.ts";
import { families, type HardwareChoice } from "../../hardware/family/index.ts";
import {
  countEvents,
  lowerNetwork,
  runGoldenFast,
  type EventTrace,
  type IntegerNetwork,
  weightColumns,
} from "../../hardware/golden/index.ts";
import { targetByName } from "../../hardware/target/index.ts";
import { splitValidation, train, type TrainingOptions } from "../../learning/index.ts";
import { accuracyOf } from "../../model/encoding/index.ts";
import { layerArrays, withArrays, type Network } from "../../model/network/index.ts";
import { measureActivations, measureConnections } from "../../model/sparsity/index.ts";
import type { Config } from "../config.ts";
import { runQuietStage, type Session } from "../session.ts";
import {
  batchOptions,
  encodeSpikes,
  initialOf,
  trainingOptions,
  tuningOptions,
  type Data,
} from "../stages/software.ts";

/** A hardware as predicted for a point; undefined where the network does not fit. */
export interface Prediction {
  readonly lanes: readonly number[];
  readonly cycles: number;
  /** Joules per inference, dynamic part. */
  readonly energy: number;
}

/** What a sweep finds at a point; everything per inference, on validation samples, by the golden model. */
export interface PointResult {
  readonly accuracy: number;
  /** Spikes of all neurons. */
  readonly spikes: number;
  readonly inputSpikes: number;
  readonly effectiveOperations: number;
  readonly denseOperations: number;
  readonly activationSparsity: readonly number[];
  readonly connectionSparsity: readonly number[];
  readonly layerSpikes: readonly number[];
  /** With the lanes of the document. */
  readonly fixed: Prediction | undefined;
  /** The fastest allocation of at most as many lanes. */
  readonly balanced: Prediction | undefined;
  readonly sampleCount: number;
  readonly isWarm: boolean;
}

/** The hardware that points are predicted for. */
const hardware = { family: "layer-pipeline", weightStorage: "dense" } as const;

/** Validation samples that judge a point. */
const judgeSamples = 1000;

/**
 * Judge the document of one point. A network whose shape is that of `warm` starts from its weights and is only fine-tuned.
 */
export async function judgePoint(
  session: Session,
  data: Data,
  config: Config,
  warm: Network | undefined,
  name: string,
): Promise<PointResult> {
  const stepCount = assertDefined(config.explore.stepCount[0], "steps");
  const fresh = initialOf(config, data.dataset, stepCount);
  const start = warm === undefined ? undefined : warmed(fresh, warm);
  return runQuietStage(session, {
    name,
    version: 3,
    inputs: {
      data: data.hash,
      network: config.network,
      encoding: config.encoding,
      training: config.training,
      tuning: config.tuning,
      numerics: config.numerics,
      explore: config.explore,
      target: config.target,
      seed: config.seed,
      warm: start === undefined ? "cold" : hashValue(warm),
    },
    run: async (context) => {
      const { dataset } = data;
      const batch = batchOptions(config, stepCount);
      const { network } = await train({
        network: start ?? fresh,
        dataset,
        batch,
        backend: wasmBackendOn(session.platform.threads),
        training: pointTraining(config, start !== undefined),
        signal: context.signal,
      });
      const { validation } = splitValidation(dataset.train, config.data.validationShare);
      const judged = validation.subarray(0, judgeSamples);
      const integer = lowerNetwork(network, config.numerics);
      const trace = runGoldenFast(integer, encodeSpikes(dataset, dataset.train, judged, batch));
      const labels = Array.from(judged, (index) => dataset.train.labels[index] ?? 0);
      return {
        ...measure(config, integer, trace),
        accuracy: accuracyOf(trace.decisions, labels),
        isWarm: start !== undefined,
      };
    },
  });
}

/** Give lanes out, and predict; undefined where the network does not fit. */
export function predictOn(
  config: Config,
  integer: IntegerNetwork,
  trace: EventTrace,
  lanes: readonly number[],
): Prediction | undefined {
  const target = targetByName(config.target);
  const choice: HardwareChoice = { ...hardware, lanes };
  const family = families[choice.family];
  if (family.check(integer, choice, target).length > 0) return undefined;
  const mapping = family.map(integer, choice, target);
  const { sampleCycles } = family.predict(mapping, trace);
  return {
    lanes,
    cycles: sampleCycles.reduce((sum, cycles) => sum + cycles, 0) / Math.max(1, sampleCycles.length),
    energy: deriveEnergy(mapping, trace, assertDefined(profiles[0], "profile")).total.value,
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Fresh structure with the weights of a trained network, when every array has the same size. */
function warmed(fresh: Network, warm: Network): Network | undefined {
  const [own, other] = [fresh.layers.map(layerArrays), warm.layers.map(layerArrays)];
  const fits =
    own.length === other.length && own.every((layer, l) => layer.weights.length === other[l]?.weights.length);
  if (!fits) return undefined;
  // Constants that neurons learned belong to the choices of the point.
  return withArrays(
    fresh,
    own.map((layer, l) => ({ ...layer, weights: assertDefined(other[l], "layer").weights })),
  );
}

/** Whole training, or fine-tuning; pruned and quantized when the document says so. */
function pointTraining(config: Config, isWarm: boolean): TrainingOptions {
  const sparsity = config.explore.sparsity[0] ?? 0;
  const weightBits = assertDefined(config.explore.weightBits[0], "weight bits");
  const whole = trainingOptions(config);
  const tuning = tuningOptions(config, sparsity);
  const { epochs, learningRate } = isWarm ? tuning : whole;
  return { ...tuning, epochs, learningRate, patience: undefined, weightBits };
}

/** The fastest allocation of the front with at most so many lanes in total. */
function predictBalanced(
  config: Config,
  integer: IntegerNetwork,
  trace: EventTrace,
  most: number,
): Prediction | undefined {
  const target = targetByName(config.target);
  const space = new AllocationSpace(integer, trace, { ...hardware, target, mostLanes: most });
  const found = allocateLanes(space).front.find(({ lanes }) => lanes.reduce((a, b) => a + b, 0) <= most);
  return found === undefined ? undefined : predictOn(config, integer, trace, found.lanes);
}

function measure(config: Config, integer: IntegerNetwork, trace: EventTrace): Omit<PointResult, "accuracy" | "isWarm"> {
  const { layers } = countEvents(integer, trace);
  const samples = Math.max(1, trace.sampleCount);
  const total = (of: (layer: (typeof layers)[number]) => number): number =>
    layers.reduce((sum, layer) => sum + of(layer), 0) / samples;
  const { lanes, outputLanes } = config.explore;
  const last = integer.layers.length - 1;
  const fixed = integer.layers.map(({ neuronCount }, l) =>
    Math.min(neuronCount, (l === last ? outputLanes[0] : lanes[0]) ?? 1),
  );
  const sum = fixed.reduce((a, b) => a + b, 0);
  return {
    spikes: total((layer) => layer.spikesOut),
    inputSpikes: (layers[0]?.spikesIn ?? 0) / samples,
    effectiveOperations: total((layer) => layer.effectiveSynapticOperations),
    denseOperations: total((layer) => layer.denseSynapticOperations),
    activationSparsity: trace.layers.map((spikes) => measureActivations(spikes).activationSparsity),
    connectionSparsity: integer.layers.map(
      (layer) => measureConnections(layer.weights, weightColumns(layer)).connectionSparsity,
    ),
    layerSpikes: layers.map((layer) => layer.spikesOut / samples),
    fixed: predictOn(config, integer, trace, fixed),
    balanced: predictBalanced(config, integer, trace, sum),
    sampleCount: trace.sampleCount,
  };
}
