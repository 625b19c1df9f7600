import { assertDefined } from "../../base/index.ts";
import { firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";
import { arriving, fedBack, type EventTrace } from "./event-trace.ts";
import type { IntegerLayer, IntegerNetwork } from "./integer-network.ts";
import { LayerState } from "./layer-state.ts";
import { largestOfWindows } from "./pooling.ts";
import { eventCount, sumCount, synapseWalk } from "./synapses.ts";

/**
 * Membrane sparsity: the share of (neuron, step) pairs that need no update, because no weight and no bias reaches the neuron and all its
 * state is 0, from a replay of the first samples of a trace. One number per layer; undefined without samples.
 */
export function membraneSparsity(
  network: IntegerNetwork,
  trace: EventTrace,
  maxSamples: number,
): (number | undefined)[] {
  const samples = Math.min(maxSamples, trace.sampleCount);
  return network.layers.map((layer, index) => {
    const input = arriving(network, trace, index);
    const replay = new LayerState(layer, trace.stepCount, 1);
    let idle = 0;
    for (let sample = 0; sample < samples; sample++) {
      replay.clear();
      for (let step = 0; step < trace.stepCount; step++) {
        const firing = firingNeurons(input, step, sample);
        idle += idleNeurons(layer, replay.state, replay.eventsOf(firing));
        replay.step(firing, step, 0);
      }
    }
    return samples === 0 ? undefined : idle / (samples * trace.stepCount * layer.neuronCount);
  });
}

/** Effective synaptic operations, recurrent ones included, of each of P lanes when neuron n belongs to lane n mod P. Shape [lane]. */
export function laneOperations(
  network: IntegerNetwork,
  trace: EventTrace,
  { index, lanes }: { readonly index: number; readonly lanes: number },
): number[] {
  const layer = assertDefined(network.layers[index], "layer");
  const counts = new Float64Array(eventCount(layer));
  const count = (train: SpikeTrain, first: number): void => {
    for (let step = 0; step < train.stepCount; step++) {
      for (let sample = 0; sample < train.sampleCount; sample++) {
        for (const n of firingNeurons(train, step, sample)) counts[first + n] = (counts[first + n] ?? 0) + 1;
      }
    }
  };
  count(arriving(network, trace, index), 0);
  count(fedBack(network, trace, index), layer.inputCount);
  const work = new Array<number>(lanes).fill(0);
  const walk = synapseWalk(layer);
  counts.forEach((spikes, event) => {
    if (spikes === 0) return;
    walk(event, (cell, weight) => {
      if (layer.weights[weight] !== 0) work[cell % lanes] = (work[cell % lanes] ?? 0) + spikes;
    });
  });
  return work;
}

/** Busiest over mean; 1 is even, also when nobody works. */
export function imbalanceOf(work: readonly number[]): number {
  const sum = work.reduce((a, b) => a + b, 0);
  return sum === 0 ? 1 : (Math.max(...work) * work.length) / sum;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Neurons at rest that nothing reaches in a step. @param state  Shape [neuron, variable]. */
function idleNeurons(layer: IntegerLayer, state: Readonly<Int32Array>, events: readonly number[]): number {
  const { neuronCount, convolution, bias, weights } = layer;
  const reachedSums = new Int32Array(sumCount(layer));
  const walk = synapseWalk(layer);
  for (const event of events) walk(event, (sum, at) => (reachedSums[sum] ||= weights[at] === 0 ? 0 : 1));
  const { largest, sums } = convolution ?? {};
  const isReached =
    largest === undefined || sums === undefined ? reachedSums : largestOfWindows(reachedSums, sums, largest);
  const variables = state.length / neuronCount;
  let idle = 0;
  for (let n = 0; n < neuronCount; n++) {
    const own = state.subarray(n * variables, (n + 1) * variables);
    const isBiased = bias !== undefined && bias[n % bias.length] !== 0;
    if (isReached[n] === 0 && !isBiased && own.every((value) => value === 0)) idle++;
  }
  return idle;
}
