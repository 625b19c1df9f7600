import type { Network } from "../../model/network/index.ts";
import { integerWeights } from "./integer-weights.ts";
import { chooseFormats, type LowerOptions } from "./lower-network.ts";
import { lowerSynapses } from "./lower-synapses.ts";

/**
 * The network with neurons that compute as their integers will: potentials, decays and thresholds in the formats that `lowerNetwork`
 * chooses. Training then learns with them, and what the network fires is what the golden model fires. Weights have to stay on their
 * grids from now on.
 * @throws what lowering throws; `neuron/too-wide-to-round`
 */
export function roundNeurons(network: Network, options: LowerOptions): Network {
  let inputCount = network.inputCount;
  const layers = network.layers.map((layer) => {
    const { weights, share } = lowerSynapses(layer, inputCount);
    inputCount = layer.neuronCount;
    const unit = integerWeights(layer, weights, options.weightBits).unit * share;
    const { numerics: _before, ...neuron } = layer.neuron;
    return { ...layer, neuron: { ...neuron, numerics: { unit, formats: chooseFormats({ neuron }, unit, options) } } };
  });
  return { ...network, layers };
}
