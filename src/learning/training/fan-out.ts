import type { LayerArrays } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";

/**
 * Non-zero synapses out of each neuron of the hidden layers, recurrent ones included. In front of a convolution those of its channel:
 * borders and strides, which cut some off, are not looked at. Shape [layer][neuron].
 */
export function hiddenFanOut(network: Network, weights: readonly LayerArrays[]): Uint32Array[] {
  return network.layers.slice(0, -1).map(({ neuronCount }, l) => {
    const found = new Uint32Array(neuronCount);
    const next = network.layers[l + 1]?.weights.shape ?? [];
    const columns = next.at(-1) ?? 1;
    const perChannel = new Uint32Array(next.length === 4 ? (next[2] ?? 1) : neuronCount);
    weights[l + 1]?.weights.forEach((weight, i) => {
      const row = Math.floor(i / columns) % perChannel.length;
      if (weight !== 0) perChannel[row] = (perChannel[row] ?? 0) + 1;
    });
    for (let n = 0; n < neuronCount; n++) found[n] = perChannel[n % perChannel.length] ?? 0;
    weights[l]?.recurrentWeights?.forEach((weight, i) => {
      const from = Math.floor(i / neuronCount);
      if (weight !== 0) found[from] = (found[from] ?? 0) + 1;
    });
    return found;
  });
}
