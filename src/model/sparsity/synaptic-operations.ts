// Synaptic operations of a run, as this project and as its peers count them. "Per call" means per step: a call holds all samples of
// the run, as a batch does in those frameworks.

import type { Network } from "../network/index.ts";
import { connectionsOf, type Connection, type NetworkRun } from "./network-run.ts";

/** Operations of one layer, of all samples and steps together. */
export interface SynapticOperations {
  readonly layer: string;
  /** One for each input that is not 0 and each synapse whose weight is not 0, in calls whose inputs are all −1, 0 or 1. */
  readonly accumulates: number;
  /** The same in all other calls: a value has to be multiplied. */
  readonly multiplyAccumulates: number;
  /** Every synapse at every step, as if nothing were 0. */
  readonly dense: number;
  /** Multiplications that remain when a weight of one magnitude (ternary, binary) only adds or subtracts. */
  readonly trueMultiplications: number;
  /** SpikingJelly: inputs in calls that are all 0 or 1, times synapses whatever their weight. */
  readonly spikingJelly: number;
  /** Sinabs: sum of input values times synapses whatever their weight. */
  readonly sinabs: number;
  /** Norse: inputs that are not 0, times the synapses of an input far from any border. */
  readonly norse: number;
}

/** Count the synaptic operations of a run, one entry per layer. */
export function countSynapticOperations(network: Network, run: NetworkRun): readonly SynapticOperations[] {
  const connections = connectionsOf(network, run);
  return network.layers.map((layer, index) => {
    const [stepCount, sampleCount] = [network.stepCount, run.layers[index]?.sampleCount ?? 0];
    const parts = connections
      .filter((connection) => connection.layer === layer)
      .map((connection) => countConnection(connection, stepCount, sampleCount));
    return parts.reduce(addOperations, { ...none, layer: layer.name });
  });
}

/** The sum over layers. */
export function totalOperations(layers: readonly SynapticOperations[]): SynapticOperations {
  return layers.reduce(addOperations, { ...none, layer: "all" });
}

/** Whether all weights that are not 0 have one magnitude. */
export function isOneMagnitude(weights: Float32Array): boolean {
  let magnitude = 0;
  for (const weight of weights) {
    if (weight === 0) continue;
    if (magnitude === 0) magnitude = Math.abs(weight);
    else if (Math.abs(weight) !== magnitude) return false;
  }
  return true;
}

// ---------------------------------------------------------------------------------------------------------------------

const none: SynapticOperations = {
  layer: "",
  accumulates: 0,
  multiplyAccumulates: 0,
  dense: 0,
  trueMultiplications: 0,
  spikingJelly: 0,
  sinabs: 0,
  norse: 0,
};

function countConnection(connection: Connection, stepCount: number, sampleCount: number): SynapticOperations {
  const { synapses, weights } = connection;
  const calls = Array.from({ length: stepCount }, (_, step) => countCall(connection, step, sampleCount));
  const sum = (of: (call: Call) => number): number => calls.reduce((total, call) => total + of(call), 0);
  const multiplyAccumulates = sum((call) => (call.isSigned ? 0 : call.effective));
  return {
    layer: "",
    accumulates: sum((call) => (call.isSigned ? call.effective : 0)),
    multiplyAccumulates,
    dense: stepCount * sampleCount * synapses.reduce((a, b) => a + b, 0),
    trueMultiplications: isOneMagnitude(weights) ? 0 : multiplyAccumulates,
    spikingJelly: sum((call) => (call.isBinary ? call.reached : 0)),
    sinabs: sum((call) => call.weighted),
    norse: sum((call) => call.arrivals) * connection.innerFanOut,
  };
}

interface Call {
  readonly effective: number;
  readonly reached: number;
  readonly weighted: number;
  readonly arrivals: number;
  /** All inputs are −1, 0 or 1; all are 0 or 1. */
  readonly isSigned: boolean;
  readonly isBinary: boolean;
}

function countCall({ synapses, nonZero, arrivals }: Connection, step: number, sampleCount: number): Call {
  let [effective, reached, weighted, count] = [0, 0, 0, 0];
  let [isSigned, isBinary] = [true, true];
  for (let sample = 0; sample < sampleCount; sample++) {
    for (const { input, value } of arrivals(step, sample)) {
      effective += nonZero[input] ?? 0;
      reached += synapses[input] ?? 0;
      weighted += value * (synapses[input] ?? 0);
      count++;
      if (value !== 1) isBinary = false;
      if (Math.abs(value) !== 1) isSigned = false;
    }
  }
  return { effective, reached, weighted, arrivals: count, isSigned, isBinary };
}

function addOperations(a: SynapticOperations, b: SynapticOperations): SynapticOperations {
  return {
    layer: a.layer,
    accumulates: a.accumulates + b.accumulates,
    multiplyAccumulates: a.multiplyAccumulates + b.multiplyAccumulates,
    dense: a.dense + b.dense,
    trueMultiplications: a.trueMultiplications + b.trueMultiplications,
    spikingJelly: a.spikingJelly + b.spikingJelly,
    sinabs: a.sinabs + b.sinabs,
    norse: a.norse + b.norse,
  };
}
