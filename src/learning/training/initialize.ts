import { assertDefined, randomStream, type RandomStream } from "../../base/index.ts";
import {
  delayTaps,
  denseLayer,
  layerColumns,
  normalizeLayer,
  recurrentWeightsOf,
  type Layer,
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
  /** Neurons of dense hidden layers. */
  readonly hidden: readonly number[];
  /** All layers instead, with zero weights, such as `layersOfText` makes. */
  readonly layers?: readonly Layer[] | undefined;
  readonly classCount: number;
  readonly stepCount: number;
  readonly neuron: NeuronSpec;
  readonly recurrent: boolean;
  readonly readout: Readout;
  /** Neuron parameters that every neuron gets for itself, to learn. */
  readonly learn?: readonly string[];
  /** Every layer has a bias, 0 at first. */
  readonly bias?: boolean;
  /** Of the currents of hidden layers; none by default. */
  readonly normalization?: NormalizationChoice;
  /** Every layer sees its input at each of these delays; undelayed by default. */
  readonly delays?: readonly number[];
  readonly seed: number;
}): Network {
  const { inputCount, neuron, seed, delays = [] } = options;
  const shells = options.layers ?? denseShells(options);
  const layers = shells.map((shell, index) => {
    const isLast = index === shells.length - 1;
    fillWeights(shell, randomStream(seed, `initialize ${index}`));
    const own = (options.learn ?? []).map((parameter) => {
      const value = assertDefined(neuron.parameters[parameter], parameter);
      return [parameter, tensor([shell.neuronCount], new Float32Array(shell.neuronCount).fill(value))] as const;
    });
    const sources = index === 0 ? inputCount : (shells[index - 1]?.neuronCount ?? 0);
    const extended: Layer = {
      ...shell,
      ...(options.bias === true ? { bias: tensor([layerColumns(shell)]) } : {}),
      ...(delays.length === 0 ? {} : { delays: delayTaps(sources, delays) }),
      ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) }),
    };
    const scale = initialScale(options.normalization, neuron);
    return isLast || scale === undefined ? extended : normalizeLayer(extended, scale);
  });
  const { name, stepCount, readout } = options;
  return { kind: "network", name, inputCount, stepCount, layers, readout };
}

// ---------------------------------------------------------------------------------------------------------------------

function denseShells(options: Parameters<typeof initialNetwork>[0]): readonly Layer[] {
  const { hidden, classCount, delays = [], neuron, recurrent } = options;
  let inputs = options.inputCount;
  return [...hidden, classCount * (options.readout.neuronsPerClass ?? 1)].map((neuronCount, index) => {
    const isLast = index === hidden.length;
    const inputCount = inputs * Math.max(1, delays.length);
    inputs = neuronCount;
    const name = isLast ? "output" : `hidden${index + 1}`;
    return denseLayer(name, { inputCount, neuronCount, recurrent: recurrent && !isLast }, neuron);
  });
}

function fillWeights(layer: Layer, random: RandomStream): void {
  const { data, shape } = layer.weights;
  const range = 2.8 / Math.sqrt(data.length / (shape.at(-1) ?? 1));
  for (let i = 0; i < data.length; i++) data[i] = (random.uniform() * 2 - 1) * range;
  const recurrent = recurrentWeightsOf(layer)?.data ?? new Float32Array(0);
  for (let i = 0; i < recurrent.length; i++) {
    recurrent[i] = ((random.uniform() * 2 - 1) * 0.5) / Math.sqrt(layer.neuronCount);
  }
}

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
