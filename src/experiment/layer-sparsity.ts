// Every measure of sparsity of the layers of a network, from a trace of a real run.

import { assertDefined } from "../base/index.ts";
import { families, type HardwareChoice, type Mapping } from "../hardware/family/index.ts";
import {
  countEvents,
  imbalanceOf,
  laneOperations,
  membraneSparsity,
  runGoldenSkipping,
  type EventTrace,
  type IntegerNetwork,
} from "../hardware/golden/index.ts";
import { targetByName } from "../hardware/target/index.ts";
import {
  bootstrapMeans,
  measureActivations,
  measureConnections,
  measureFiring,
  measureStructure,
  type Interval,
  type StructuredSparsity,
} from "../model/sparsity/index.ts";
import { selectSamples } from "../model/tensor/index.ts";

/** Everything about one layer; shares are 0…1, operations per inference. */
export interface LayerSparsityReport {
  readonly layer: string;
  readonly neuronCount: number;
  readonly connectionSparsity: number;
  readonly structure: StructuredSparsity;
  readonly activationSparsity: Interval;
  readonly spikesPerSample: Interval;
  /** Share of steps in which the whole layer is silent. */
  readonly temporalSparsity: number;
  /** Share of neurons that stay silent over a sample. */
  readonly spatialSparsity: Interval;
  readonly deadNeurons: number;
  readonly saturatedNeurons: number;
  readonly burstiness: number | undefined;
  readonly membraneSparsity: number | undefined;
  /** Spikes per neuron at each step. Shape [step]. */
  readonly spikeRates: readonly number[];
  /** Spikes per step of each neuron. Shape [neuron]. */
  readonly neuronRates: readonly number[];
  readonly operations: {
    readonly dense: number;
    readonly effective: number;
    /** What the chosen hardware adds, zeros included; undefined where the model does not fit it. */
    readonly executed: number | undefined;
  };
  /** Effective operations of the busiest lane over the mean. */
  readonly loadImbalance: number;
  /** Share of the steps of the layer that would change nothing and can be skipped; of the first samples. */
  readonly restingSteps: number;
}

/** What leaving out the steps that change nothing would save; the same spikes, bit for bit. */
export interface SkippingReport {
  readonly sampleCount: number;
  /** Mean per inference on the chosen hardware, as it is and with skipping; undefined where the model does not fit or it cannot skip. */
  readonly cycles: { readonly plain: number; readonly skipping: number } | undefined;
}

/** The hardware that a model is laid out on. */
export interface Place {
  readonly choice: HardwareChoice;
  readonly target: string;
}

/** Measures of a run, layer by layer, and what skipping would save. */
export interface MeasuredRun {
  readonly layers: readonly LayerSparsityReport[];
  readonly skipping: SkippingReport;
}

/** Samples that are replayed for what is not part of a trace: membranes at rest, steps that change nothing. */
const replayedSamples = 100;
/** Neighbors among which n of m is looked for. */
const neighbors = 4;

/** Measure a run on a hardware. */
export function measureRun(
  network: IntegerNetwork,
  run: { readonly trace: EventTrace; readonly seed: number },
  place: Place,
): MeasuredRun {
  const { input, sampleCount } = run.trace;
  const first = Uint32Array.from({ length: Math.min(replayedSamples, sampleCount) }, (_, i) => i);
  const replay = runGoldenSkipping(network, selectSamples(input, first));
  return {
    layers: measureLayers(network, run.trace, { ...place, skipped: replay.skipped }, run.seed),
    skipping: skippingOf(network, replay, place),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function measureLayers(
  network: IntegerNetwork,
  trace: EventTrace,
  { choice, target, skipped }: Place & { readonly skipped: readonly Uint8Array[] },
  seed: number,
): LayerSparsityReport[] {
  const events = countEvents(network, trace);
  const executed = executedAdditions(network, trace, { choice, target });
  const idle = membraneSparsity(network, trace, replayedSamples);
  return network.layers.map((layer, index): LayerSparsityReport => {
    const spikes = assertDefined(trace.layers[index], "spikes");
    const counted = assertDefined(events.layers[index], "events");
    const lanes = Math.min(choice.lanes[index] ?? choice.lanes.at(-1) ?? 1, layer.neuronCount);
    const firing = measureFiring(spikes);
    const activity = measureActivations(spikes);
    const measures = [firing.sampleSparsity, firing.sampleSpikes, firing.silentShares];
    const [activation, perSample, spatial] = bootstrapMeans(measures, seed);
    const { convolution: c, weights, neuronCount, inputCount } = layer;
    const shape =
      c === undefined
        ? [inputCount, neuronCount]
        : [c.kernelRows, c.kernelColumns, c.input.channels / c.groups, c.sums.channels];
    const samples = Math.max(1, trace.sampleCount);
    return {
      layer: layer.name,
      neuronCount,
      connectionSparsity: measureConnections(weights, assertDefined(shape.at(-1), "columns")).connectionSparsity,
      structure: measureStructure(shape, weights, { lanes, m: neighbors }),
      activationSparsity: assertDefined(activation, "interval"),
      spikesPerSample: assertDefined(perSample, "interval"),
      temporalSparsity: activity.temporalSparsity,
      spatialSparsity: assertDefined(spatial, "interval"),
      deadNeurons: firing.deadNeurons,
      saturatedNeurons: firing.saturatedNeurons,
      burstiness: firing.burstiness,
      membraneSparsity: idle[index],
      spikeRates: activity.spikeRates,
      neuronRates: [...firing.neuronRates],
      operations: {
        dense: counted.denseSynapticOperations / samples,
        effective: counted.effectiveSynapticOperations / samples,
        executed: executed?.[index],
      },
      loadImbalance: imbalanceOf(laneOperations(network, trace, { index, lanes })),
      restingSteps: meanOf(assertDefined(skipped[index], "marks")),
    };
  });
}

/** The model on its hardware, each layer with at most as many lanes as neurons; undefined where it does not fit. */
function placed(network: IntegerNetwork, { choice, target: targetName }: Place): Mapping | undefined {
  const target = targetByName(targetName);
  const family = families[choice.family];
  const lanes = network.layers.map(({ neuronCount }, l) =>
    Math.min(choice.lanes[l] ?? choice.lanes.at(-1) ?? 1, neuronCount),
  );
  const fitting = { ...choice, lanes };
  return family.check(network, fitting, target).length > 0 ? undefined : family.map(network, fitting, target);
}

/** Additions per inference of each layer on a hardware; undefined where the network does not fit. */
function executedAdditions(network: IntegerNetwork, trace: EventTrace, place: Place): number[] | undefined {
  const mapping = placed(network, place);
  if (mapping === undefined) return undefined;
  const work = families[place.choice.family].work(mapping, trace);
  return work.map((layer) => layer.executedAdditions / Math.max(1, trace.sampleCount));
}

function skippingOf(
  network: IntegerNetwork,
  { trace, skipped }: ReturnType<typeof runGoldenSkipping>,
  place: Place,
): SkippingReport {
  const mapping = placed(network, place);
  const family = families[place.choice.family];
  const skipping = mapping === undefined ? undefined : family.predictSkipping?.(mapping, trace, skipped);
  if (mapping === undefined || skipping === undefined) return { sampleCount: trace.sampleCount, cycles: undefined };
  const plain = meanOf(family.predict(mapping, trace).sampleCycles);
  return { sampleCount: trace.sampleCount, cycles: { plain, skipping: meanOf(skipping.sampleCycles) } };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / Math.max(1, values.length);
}
