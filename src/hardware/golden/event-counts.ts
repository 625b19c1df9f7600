import { assertDefined } from "../../base/index.ts";
import { countRow, firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";
import { arriving, fedBack, handedOver, type EventTrace } from "./event-trace.ts";
import type { IntegerNetwork } from "./integer-network.ts";
import { fanOuts } from "./synapses.ts";

/** Events of one layer, summed over all samples of a trace: integers, so that costs can be added exactly. */
export interface LayerEvents {
  readonly layer: string;
  readonly spikesIn: number;
  readonly spikesOut: number;
  /** After the union of windows, where the next layer sees that. */
  readonly spikesHandedOver: number;
  /** Of a recurrent layer to itself. */
  readonly spikesFedBack: number;
  /** Synapses that a spike reached, whatever their weight. */
  readonly reachedSynapticOperations: number;
  /** Additions of a non-zero weight that a spike reached. */
  readonly effectiveSynapticOperations: number;
  /** Additions as if nothing were zero: steps · synapses. */
  readonly denseSynapticOperations: number;
  /** Update phases of one neuron. */
  readonly neuronUpdates: number;
  /** Spikes out at each step. Shape [step]. */
  readonly spikesPerStep: readonly number[];
  /** Spikes in at each step. Shape [step]. */
  readonly inputsPerStep: readonly number[];
}

export interface EventCounts {
  readonly sampleCount: number;
  readonly layers: readonly LayerEvents[];
}

/** Count what happened in a trace, layer by layer. */
export function countEvents(network: IntegerNetwork, trace: EventTrace): EventCounts {
  const layers = network.layers.map((layer, index) => {
    const input = arriving(network, trace, index);
    const output = assertDefined(trace.layers[index], "output spikes");
    const { all, nonZero } = fanOuts(layer);
    const inputsPerStep = spikesPerStep(input);
    const outputsPerStep = spikesPerStep(output);
    const steps = trace.stepCount * trace.sampleCount;
    const own = fedBack(network, trace, index);
    return {
      layer: layer.name,
      spikesIn: total(inputsPerStep),
      spikesOut: total(outputsPerStep),
      spikesHandedOver: total(spikesPerStep(handedOver(network, trace, index))),
      spikesFedBack: total(spikesPerStep(own)),
      reachedSynapticOperations: sumOverSpikes(input, all) + sumOverSpikes(own, all.subarray(layer.inputCount)),
      effectiveSynapticOperations:
        sumOverSpikes(input, nonZero) + sumOverSpikes(own, nonZero.subarray(layer.inputCount)),
      denseSynapticOperations: steps * all.reduce((a, b) => a + b, 0),
      neuronUpdates: steps * layer.neuronCount,
      spikesPerStep: outputsPerStep,
      inputsPerStep,
    };
  });
  return { sampleCount: trace.sampleCount, layers };
}

/** Σ over all spikes of `perNeuron[neuron]`. */
export function sumOverSpikes(train: SpikeTrain, perNeuron: ArrayLike<number>): number {
  let sum = 0;
  for (let step = 0; step < train.stepCount; step++) {
    for (let sample = 0; sample < train.sampleCount; sample++) {
      for (const neuron of firingNeurons(train, step, sample)) sum += perNeuron[neuron] ?? 0;
    }
  }
  return sum;
}

// ---------------------------------------------------------------------------------------------------------------------

function spikesPerStep(train: SpikeTrain): number[] {
  return Array.from({ length: train.stepCount }, (_, step) => {
    let count = 0;
    for (let sample = 0; sample < train.sampleCount; sample++) count += countRow(train, step, sample);
    return count;
  });
}

function total(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
