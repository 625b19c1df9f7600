import type { LayerArrays } from "../../compute/index.ts";
import { fanOutBelow, type Network } from "../../model/network/index.ts";

/** Non-zero synapses out of each neuron of the hidden layers, recurrent ones included. Shape [layer][neuron]. */
export function hiddenFanOut(network: Network, weights: readonly LayerArrays[]): Uint32Array[] {
  return network.layers.slice(1).map((next, l) => {
    const neuronCount = network.layers[l]?.neuronCount ?? 0;
    const found = fanOutBelow(next, weights[l + 1]?.weights ?? next.weights.data, neuronCount);
    weights[l]?.recurrentWeights?.forEach((weight, i) => {
      const from = Math.floor(i / neuronCount);
      if (weight !== 0) found[from] = (found[from] ?? 0) + 1;
    });
    return found;
  });
}
