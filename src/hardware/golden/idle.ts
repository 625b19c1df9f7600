import { assertDefined } from "../../base/index.ts";
import { evaluateInteger } from "../../model/neuron/index.ts";
import { firingNeurons } from "../../model/tensor/index.ts";
import { arriving, type EventTrace } from "./event-trace.ts";
import type { IntegerLayer, IntegerNetwork } from "./integer-network.ts";
import { synapseWalk } from "./synapses.ts";

/**
 * Membrane sparsity: the share of (neuron, step) pairs that need no update, because no weight reached the neuron and all its state is
 * 0, from a replay of the first samples of a trace. One number per layer; undefined where a layer pools currents or has a bias that
 * never rests.
 */
export function membraneSparsity(
  network: IntegerNetwork,
  trace: EventTrace,
  maxSamples: number,
): (number | undefined)[] {
  const samples = Math.min(maxSamples, trace.sampleCount);
  return network.layers.map((layer, index) => {
    if (layer.convolution !== undefined || layer.bias !== undefined) return undefined;
    let idle = 0;
    for (let sample = 0; sample < samples; sample++) idle += idlePairs(layer, network, { trace, index, sample });
    return samples === 0 ? undefined : idle / (samples * trace.stepCount * layer.neuronCount);
  });
}

/** Effective synaptic operations of each of P lanes when neuron n belongs to lane n mod P. Shape [lane]. */
export function laneOperations(
  network: IntegerNetwork,
  trace: EventTrace,
  { index, lanes }: { readonly index: number; readonly lanes: number },
): number[] {
  const layer = assertDefined(network.layers[index], "layer");
  const input = arriving(network, trace, index);
  const counts = new Float64Array(input.neuronCount);
  for (let step = 0; step < input.stepCount; step++) {
    for (let sample = 0; sample < input.sampleCount; sample++) {
      for (const neuron of firingNeurons(input, step, sample)) counts[neuron] = (counts[neuron] ?? 0) + 1;
    }
  }
  const work = new Array<number>(lanes).fill(0);
  const walk = synapseWalk(layer);
  counts.forEach((count, event) => {
    if (count === 0) return;
    walk(event, (cell, weight) => {
      if (layer.weights[weight] !== 0) work[cell % lanes] = (work[cell % lanes] ?? 0) + count;
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

function idlePairs(
  layer: IntegerLayer,
  network: IntegerNetwork,
  { trace, index, sample }: { readonly trace: EventTrace; readonly index: number; readonly sample: number },
): number {
  const { neuronCount, neuron, isRecurrent } = layer;
  const input = arriving(network, trace, index);
  const own = assertDefined(trace.layers[index], "spikes");
  const walk = synapseWalk(layer);
  const names = neuron.state.map(({ name }) => name);
  let states: Record<string, number>[] = Array.from({ length: neuronCount }, () =>
    Object.fromEntries(names.map((name) => [name, 0])),
  );
  let idle = 0;
  for (let step = 0; step < trace.stepCount; step++) {
    const sums = new Int32Array(neuronCount);
    const isReached = new Uint8Array(neuronCount);
    const add = (event: number): void =>
      walk(event, (cell, at) => {
        const weight = layer.weights[at] ?? 0;
        if (weight === 0) return;
        isReached[cell] = 1;
        sums[cell] = (sums[cell] ?? 0) + weight;
      });
    firingNeurons(input, step, sample).forEach(add);
    if (isRecurrent === true && step > 0) {
      for (const n of firingNeurons(own, step - 1, sample)) add(layer.inputCount + n);
    }
    states = states.map((state, n) => {
      if (isReached[n] === 0 && names.every((name) => state[name] === 0)) idle++;
      const environment = { ...state, input: sums[n] ?? 0 };
      return Object.fromEntries(
        names.map((name) => [name, evaluateInteger(assertDefined(neuron.next[name], name), environment)]),
      );
    });
  }
  return idle;
}
