import { assertDefined, randomStream } from "../../base/index.ts";
import { denseLayer, type Network, type Readout } from "../../model/network/index.ts";
import type { NeuronSpec } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";

/**
 * A feed-forward (or recurrent) network with random weights: uniform in ± scale / √(expected active inputs), so that neurons
 * fire from the first step on.
 */
export function initialNetwork(options: {
  readonly name: string;
  readonly inputCount: number;
  readonly hidden: readonly number[];
  readonly classCount: number;
  readonly stepCount: number;
  readonly neuron: NeuronSpec;
  readonly recurrent: boolean;
  readonly readout: Readout;
  /** Neuron parameters that every neuron gets for itself, to learn. */
  readonly learn?: readonly string[];
  readonly seed: number;
}): Network {
  const { inputCount, hidden, classCount, neuron, seed } = options;
  let inputs = inputCount;
  const outputs = classCount * (options.readout.neuronsPerClass ?? 1);
  const layers = [...hidden, outputs].map((neuronCount, index) => {
    const last = index === hidden.length;
    const name = last ? "output" : `hidden${index + 1}`;
    const layer = denseLayer(name, { inputCount: inputs, neuronCount, recurrent: options.recurrent && !last }, neuron);
    const random = randomStream(seed, `initialize ${index}`);
    const range = 2.8 / Math.sqrt(inputs);
    for (let i = 0; i < layer.weights.data.length; i++) layer.weights.data[i] = (random.uniform() * 2 - 1) * range;
    const recurrent = layer.recurrentWeights?.data;
    if (recurrent !== undefined) {
      for (let i = 0; i < recurrent.length; i++)
        recurrent[i] = ((random.uniform() * 2 - 1) * 0.5) / Math.sqrt(neuronCount);
    }
    inputs = neuronCount;
    const own = (options.learn ?? []).map((name) => {
      const value = assertDefined(neuron.parameters[name], name);
      return [name, tensor([neuronCount], new Float32Array(neuronCount).fill(value))] as const;
    });
    return own.length === 0 ? layer : { ...layer, neuronParameters: Object.fromEntries(own) };
  });
  const { name, stepCount, readout } = options;
  return { kind: "network", name, inputCount, stepCount, layers, readout };
}
