import { assertDefined, randomStream } from "../../base/index.ts";
import {
  delayTaps,
  denseLayer,
  normalizeLayer,
  type DenseLayer,
  type Network,
  type Readout,
} from "../../model/network/index.ts";
import type { NeuronSpec } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";

/** Batch normalization as it starts: with scale 1, or alpha (1) times the threshold of the neurons (tdBN). */
export type NormalizationChoice =
  | { readonly kind: "none" }
  | { readonly kind: "batch" }
  | { readonly kind: "threshold"; readonly alpha?: number | undefined };

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
  /** Of the currents of hidden layers; none by default. */
  readonly normalization?: NormalizationChoice;
  /** Every layer sees its input at each of these delays; undelayed by default. */
  readonly delays?: readonly number[];
  readonly seed: number;
}): Network {
  const { inputCount, hidden, classCount, neuron, seed, delays = [] } = options;
  let inputs = inputCount;
  const outputs = classCount * (options.readout.neuronsPerClass ?? 1);
  const layers = [...hidden, outputs].map((neuronCount, index) => {
    const last = index === hidden.length;
    const name = last ? "output" : `hidden${index + 1}`;
    const rows = inputs * Math.max(1, delays.length);
    const layer = denseLayer(name, { inputCount: rows, neuronCount, recurrent: options.recurrent && !last }, neuron);
    const random = randomStream(seed, `initialize ${index}`);
    const range = 2.8 / Math.sqrt(rows);
    for (let i = 0; i < layer.weights.data.length; i++) layer.weights.data[i] = (random.uniform() * 2 - 1) * range;
    const recurrent = layer.recurrentWeights?.data;
    if (recurrent !== undefined) {
      for (let i = 0; i < recurrent.length; i++)
        recurrent[i] = ((random.uniform() * 2 - 1) * 0.5) / Math.sqrt(neuronCount);
    }
    const sources = inputs;
    inputs = neuronCount;
    const own = (options.learn ?? []).map((parameter) => {
      const value = assertDefined(neuron.parameters[parameter], parameter);
      return [parameter, tensor([neuronCount], new Float32Array(neuronCount).fill(value))] as const;
    });
    const extended: DenseLayer = {
      ...layer,
      ...(delays.length === 0 ? {} : { delays: delayTaps(sources, delays) }),
      ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) }),
    };
    const scale = initialScale(options.normalization, neuron);
    return last || scale === undefined ? extended : normalizeLayer(extended, scale);
  });
  const { name, stepCount, readout } = options;
  return { kind: "network", name, inputCount, stepCount, layers, readout };
}

// ---------------------------------------------------------------------------------------------------------------------

function initialScale(choice: NormalizationChoice = { kind: "none" }, neuron: NeuronSpec): number | undefined {
  switch (choice.kind) {
    case "none":
      return undefined;
    case "batch":
      return 1;
    case "threshold":
      return (choice.alpha ?? 1) * (neuron.parameters["threshold"] ?? 1);
    default:
      return choice satisfies never;
  }
}
