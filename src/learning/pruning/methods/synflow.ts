import { assertDefined } from "../../../base/index.ts";
import {
  eachForwardSynapse,
  eachReached,
  eachRow,
  layerInputCount,
  synapseInputCount,
  synapseSumCount,
  type Layer,
  type Network,
} from "../../../model/network/index.ts";
import type { PruningMethod } from "../method.ts";
import { partName, type PrunablePart } from "../part.ts";

/**
 * Synaptic flow, without data: a weight counts by the sum of |w| products over all paths through it. Scoring anew in a hundred
 * rounds keeps every layer connected. A weight of a convolution is part of many paths; pooling passes all of them on.
 */
export const synflow: PruningMethod = {
  name: "synflow",
  title: "least synaptic flow first, before training, without data",
  source: "H. Tanaka et al., Pruning neural networks without any data, NeurIPS 2020, eq. 2, arXiv:2006.05467",
  needsGradients: false,
  atInitialization: true,
  rounds: 100,
  score: (parts, { network }) => {
    const flows = flowsThrough(network, parts);
    return parts.map(({ layer: index, key, values, columns }) => {
      const layer = assertDefined(network.layers[index], "layer");
      const { atRows, intoNeurons, fromSums, fromNeurons } = assertDefined(flows[index], "flow");
      // A recurrent path would be endless; a step through it is one more path into the same layer.
      if (key === "recurrentWeights") {
        const through = (i: number): number =>
          (intoNeurons[Math.floor(i / columns)] ?? 0) * (fromNeurons[i % columns] ?? 0);
        return Float64Array.from(values, (w, i) => Math.abs(w) * through(i));
      }
      const scores = new Float64Array(values.length);
      eachForwardSynapse(layer, (row, sum, i) => {
        scores[i] = (scores[i] ?? 0) + (atRows[row] ?? 0) * (fromSums[sum] ?? 0);
      });
      return scores.map((score, i) => score * Math.abs(values[i] ?? 0));
    });
  },
};

// ---------------------------------------------------------------------------------------------------------------------

/** Flow of a layer: what comes from the inputs, and what goes on to the outputs. */
interface LayerFlow {
  readonly atRows: Float64Array;
  readonly intoNeurons: Float64Array;
  readonly fromSums: Float64Array;
  readonly fromNeurons: Float64Array;
}

function flowsThrough(network: Network, parts: readonly PrunablePart[]): LayerFlow[] {
  const weightsOf = (layer: number): Float32Array =>
    assertDefined(
      parts.find(({ name }) => name === partName(layer, "weights")),
      "weights",
    ).values;
  let below: Float64Array = new Float64Array(network.inputCount).fill(1);
  const forward = network.layers.map((layer, l) => {
    const flow = flowIn(layer, weightsOf(l), below);
    below = flow.intoNeurons;
    return { layer, l, flow };
  });
  let above: Float64Array = new Float64Array(network.layers.at(-1)?.neuronCount ?? 0).fill(1);
  return forward
    .reverse()
    .map(({ layer, l, flow }) => {
      const fromNeurons = above;
      const back = flowBack(layer, weightsOf(l), fromNeurons, layerInputCount(network, l));
      above = back.fromBelow;
      return { ...flow, fromSums: back.fromSums, fromNeurons };
    })
    .reverse();
}

function flowIn(layer: Layer, weights: Float32Array, below: Float64Array): Pick<LayerFlow, "atRows" | "intoNeurons"> {
  const atRows = new Float64Array(synapseInputCount(layer, below.length));
  const atSums = new Float64Array(synapseSumCount(layer));
  const intoNeurons = new Float64Array(layer.neuronCount);
  eachRow(layer, below.length, (from, row) => (atRows[row] = (atRows[row] ?? 0) + (below[from] ?? 0)));
  eachForwardSynapse(layer, (row, sum, i) => {
    atSums[sum] = (atSums[sum] ?? 0) + Math.abs(weights[i] ?? 0) * (atRows[row] ?? 0);
  });
  eachReached(layer, (sum, neuron) => (intoNeurons[neuron] = (intoNeurons[neuron] ?? 0) + (atSums[sum] ?? 0)));
  return { atRows, intoNeurons };
}

function flowBack(
  layer: Layer,
  weights: Float32Array,
  fromNeurons: Float64Array,
  arriving: number,
): { readonly fromSums: Float64Array; readonly fromBelow: Float64Array } {
  const fromSums = new Float64Array(synapseSumCount(layer));
  const fromRows = new Float64Array(synapseInputCount(layer, arriving));
  const fromBelow = new Float64Array(arriving);
  eachReached(layer, (sum, neuron) => (fromSums[sum] = (fromSums[sum] ?? 0) + (fromNeurons[neuron] ?? 0)));
  eachForwardSynapse(layer, (row, sum, i) => {
    fromRows[row] = (fromRows[row] ?? 0) + Math.abs(weights[i] ?? 0) * (fromSums[sum] ?? 0);
  });
  eachRow(layer, arriving, (from, row) => (fromBelow[from] = (fromBelow[from] ?? 0) + (fromRows[row] ?? 0)));
  return { fromSums, fromBelow };
}
