// What a network did on some samples, and what its synapses saw of it: the ground of every count.

import {
  cellCount,
  convolvedGrid,
  eachSynapse,
  pool,
  recurrentWeightsOf,
  type Layer,
  type Network,
} from "../network/index.ts";
import { firingNeurons, type SpikeTrain } from "../tensor/index.ts";

/** Inputs and spikes of every layer, of one run from zero state. */
export interface NetworkRun {
  readonly input:
    | { readonly kind: "spikes"; readonly spikes: SpikeTrain }
    /** Currents, the same at every step. Shape [sample, input]. */
    | { readonly kind: "direct"; readonly values: Float32Array; readonly sampleCount: number };
  /** Spikes of the neurons of each layer. */
  readonly layers: readonly SpikeTrain[];
}

/** Synapses with the same source: of a layer's input, or of its own neurons. */
export interface Connection {
  readonly layer: Layer;
  readonly weights: Float32Array;
  /** Synapses of each input, zero weights included; beyond the border of an image there are none. Shape [input]. */
  readonly synapses: Float64Array;
  /** Synapses with a weight. Shape [input]. */
  readonly nonZero: Float64Array;
  /** Synapses of an input far from any border. */
  readonly innerFanOut: number;
  /** What arrives in a step of a sample: every input that is not 0. */
  readonly arrivals: (step: number, sample: number) => readonly Arrival[];
}

export interface Arrival {
  readonly input: number;
  readonly value: number;
}

/** Every connection of a network in a run, layer by layer, a layer's feedback behind its input. */
export function connectionsOf(network: Network, run: NetworkRun): readonly Connection[] {
  return network.layers.flatMap((layer, index) => {
    const source = sourceOf(run, index);
    const own = run.layers[index];
    const recurrent = recurrentWeightsOf(layer)?.data;
    const forward = { ...forwardSynapses(layer), layer, weights: layer.weights.data, arrivals: seenBy(layer, source) };
    if (recurrent === undefined || own === undefined) return [forward];
    const before = (step: number, sample: number): readonly Arrival[] =>
      step === 0 ? [] : bits(firingNeurons(own, step - 1, sample));
    return [forward, { ...denseSynapses(recurrent, layer.neuronCount), layer, weights: recurrent, arrivals: before }];
  });
}

// ---------------------------------------------------------------------------------------------------------------------

interface Source {
  readonly count: number;
  readonly at: (step: number, sample: number) => readonly Arrival[];
}

type Synapses = Pick<Connection, "synapses" | "nonZero" | "innerFanOut">;

function bits(firing: readonly number[]): readonly Arrival[] {
  return firing.map((input) => ({ input, value: 1 }));
}

function sourceOf({ input, layers }: NetworkRun, index: number): Source {
  const train = index > 0 ? layers[index - 1] : input.kind === "spikes" ? input.spikes : undefined;
  if (train !== undefined) {
    return { count: train.neuronCount, at: (step, sample) => bits(firingNeurons(train, step, sample)) };
  }
  if (input.kind === "spikes") return { count: 0, at: () => [] };
  const count = input.values.length / Math.max(1, input.sampleCount);
  return {
    count,
    at: (_, sample) => nonZeroOf(input.values.subarray(sample * count, (sample + 1) * count)),
  };
}

function nonZeroOf(values: Float32Array): Arrival[] {
  const found: Arrival[] = [];
  values.forEach((value, input) => {
    if (value !== 0) found.push({ input, value });
  });
  return found;
}

/** Arrivals behind the layer's pooling and delays. */
function seenBy(layer: Layer, { count, at }: Source): Connection["arrivals"] {
  const { inputPooling: pooling } = layer;
  const pooled =
    pooling === undefined
      ? at
      : (step: number, sample: number): readonly Arrival[] => {
          const values = new Float32Array(count);
          for (const { input, value } of at(step, sample)) values[input] = value;
          return nonZeroOf(pool(values, pooling.grid, pooling));
        };
  const delays = layer.kind === "dense" ? layer.delays : undefined;
  if (delays === undefined) return pooled;
  return (step, sample) => {
    const past = new Map<number, Map<number, number>>();
    const found: Arrival[] = [];
    delays.sources.forEach((source, row) => {
      const then = step - (delays.steps[row] ?? 0);
      if (then < 0) return;
      let arrived = past.get(then);
      if (arrived === undefined) {
        arrived = new Map(pooled(then, sample).map(({ input, value }) => [input, value]));
        past.set(then, arrived);
      }
      const value = arrived.get(source);
      if (value !== undefined) found.push({ input: row, value });
    });
    return found;
  };
}

function forwardSynapses(layer: Layer): Synapses {
  if (layer.kind === "dense") return denseSynapses(layer.weights.data, layer.neuronCount);
  const inputs = cellCount(layer.input);
  const [synapses, nonZero] = [new Float64Array(inputs), new Float64Array(inputs)];
  eachSynapse(layer, (from, _to, weight) => {
    synapses[from] = (synapses[from] ?? 0) + 1;
    if (layer.weights.data[weight] !== 0) nonZero[from] = (nonZero[from] ?? 0) + 1;
  });
  const [kernelRows = 0, kernelColumns = 0] = layer.weights.shape;
  const innerFanOut = (kernelRows * kernelColumns * convolvedGrid(layer).channels) / layer.groups;
  return { synapses, nonZero, innerFanOut };
}

function denseSynapses(weights: Float32Array, neuronCount: number): Synapses {
  const inputs = weights.length / neuronCount;
  const nonZero = new Float64Array(inputs);
  weights.forEach((weight, i) => {
    if (weight !== 0) nonZero[Math.floor(i / neuronCount)] = (nonZero[Math.floor(i / neuronCount)] ?? 0) + 1;
  });
  return { synapses: new Float64Array(inputs).fill(neuronCount), nonZero, innerFanOut: neuronCount };
}
