import { synapseCount, synapseWeights, type Layer } from "../network/index.ts";
import { countSpikes, firingNeurons, countRow, type SpikeTrain } from "../tensor/index.ts";

/** Static sparsity of one weight matrix, shape [input, neuron]. */
export interface ConnectionSparsity {
  /** Share of zero weights. */
  readonly connectionSparsity: number;
  readonly nonZeroCount: number;
  /** Inputs without any effect: share of all-zero rows. */
  readonly emptyRows: number;
  /** Neurons that no input reaches: share of all-zero columns. */
  readonly emptyColumns: number;
}

/** Dynamic sparsity of one layer over a data set. */
export interface ActivationSparsity {
  /** 1 − spikes / (samples · steps · neurons). */
  readonly activationSparsity: number;
  /** Share of (sample, step) pairs in which the whole layer is silent. */
  readonly temporalSparsity: number;
  /** Share of (sample, neuron) pairs silent over the whole sample: spatial sparsity. */
  readonly silentShare: number;
  /** Neurons silent over the whole data set. */
  readonly deadNeurons: number;
  /** Spikes per neuron at each step, mean over samples. Shape [step]. */
  readonly spikeRates: readonly number[];
}

/** Connection sparsity of layers together: zeros among their weights, recurrent ones included; 0 without weights. */
export function zeroShare(...layers: readonly Layer[]): number {
  const weights = layers.flatMap(synapseWeights);
  const zeros = weights.reduce((sum, array) => sum + array.filter((w) => w === 0).length, 0);
  return share(zeros, synapseCount({ layers }));
}

/** @param weights Shape [input, neuron]. */
export function measureConnections(weights: ArrayLike<number>, neuronCount: number): ConnectionSparsity {
  const rows = neuronCount === 0 ? 0 : weights.length / neuronCount;
  const rowUsed = new Uint8Array(rows);
  const columnUsed = new Uint8Array(neuronCount);
  let nonZeroCount = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    nonZeroCount++;
    rowUsed[Math.floor(i / neuronCount)] = 1;
    columnUsed[i % neuronCount] = 1;
  }
  return {
    connectionSparsity: share(weights.length - nonZeroCount, weights.length),
    nonZeroCount,
    emptyRows: share(rows - total(rowUsed), rows),
    emptyColumns: share(neuronCount - total(columnUsed), neuronCount),
  };
}

export function measureActivations(spikes: SpikeTrain): ActivationSparsity {
  const { stepCount, sampleCount, neuronCount } = spikes;
  const fired = new Uint8Array(neuronCount);
  const perStep = new Array<number>(stepCount).fill(0);
  let silentSteps = 0;
  let silentPairs = 0;
  for (let sample = 0; sample < sampleCount; sample++) {
    const seen = new Uint8Array(neuronCount);
    for (let step = 0; step < stepCount; step++) {
      const count = countRow(spikes, step, sample);
      perStep[step] = (perStep[step] ?? 0) + count;
      if (count === 0) silentSteps++;
      else for (const neuron of firingNeurons(spikes, step, sample)) seen[neuron] = 1;
    }
    silentPairs += neuronCount - total(seen);
    seen.forEach((value, n) => {
      if (value === 1) fired[n] = 1;
    });
  }
  return {
    activationSparsity: 1 - share(countSpikes(spikes), stepCount * sampleCount * neuronCount),
    temporalSparsity: share(silentSteps, stepCount * sampleCount),
    silentShare: share(silentPairs, sampleCount * neuronCount),
    deadNeurons: neuronCount - total(fired),
    spikeRates: perStep.map((count) => share(count, sampleCount * neuronCount)),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum;
}
