import { neuronOf, type NeuronSpec } from "../neuron/index.ts";
import { tensor, type Quantizer, type Tensor } from "../tensor/index.ts";

/** A spiking network as plain data: what training, import and export speak about. */
export interface Network {
  readonly kind: "network";
  readonly name: string;
  readonly inputCount: number;
  /** Time steps per inference (T). */
  readonly stepCount: number;
  readonly layers: readonly DenseLayer[];
  readonly readout: Readout;
}

/** All-to-all synapses into a population of neurons; recurrent when `recurrentWeights` is given. */
export interface DenseLayer {
  readonly kind: "dense";
  readonly name: string;
  readonly neuronCount: number;
  readonly neuron: NeuronSpec;
  /** Shape [input, neuron]: row i is what a spike of input i adds to every neuron. */
  readonly weights: Tensor;
  /** Added to the input of every step. Shape [neuron]. */
  readonly bias?: Tensor;
  /** Shape [neuron, neuron]: row i is what a spike of neuron i adds in the next step. */
  readonly recurrentWeights?: Tensor;
  /** Present when the weights lie on this quantizer's grid. */
  readonly quantizer?: Quantizer;
}

/**
 * How the last layer decides: `count` by spikes over all steps, `membrane` by the potential v after the last step.
 * Ties go to the lowest class.
 */
export type Readout = { readonly kind: "count" } | { readonly kind: "membrane" };

/** The number of classes: neurons of the last layer. */
export function classCount(network: Network): number {
  return network.layers.at(-1)?.neuronCount ?? 0;
}

/** Inputs of layer `index`. */
export function layerInputCount(network: Network, index: number): number {
  return index === 0 ? network.inputCount : (network.layers[index - 1]?.neuronCount ?? 0);
}

/** "784-128-10", the way the field writes a feed-forward net. */
export function networkShape(network: Network): string {
  return [network.inputCount, ...network.layers.map((layer) => layer.neuronCount)].join("-");
}

/** Synapses that exist as storage, zero or not, recurrent ones included. */
export function synapseCount(network: Network): number {
  return network.layers.reduce(
    (sum, layer) => sum + layer.weights.data.length + (layer.recurrentWeights?.data.length ?? 0),
    0,
  );
}

/** A dense layer with zero weights. */
export function denseLayer(
  name: string,
  shape: { readonly inputCount: number; readonly neuronCount: number; readonly recurrent?: boolean },
  neuron: NeuronSpec,
): DenseLayer {
  const { inputCount, neuronCount } = shape;
  return {
    kind: "dense",
    name,
    neuronCount,
    neuron,
    weights: tensor([inputCount, neuronCount]),
    ...(shape.recurrent === true ? { recurrentWeights: tensor([neuronCount, neuronCount]) } : {}),
  };
}

/** Whether a layer can fire at all. */
export function layerFires(layer: DenseLayer): boolean {
  return neuronOf(layer.neuron).spike.op !== "constant";
}
