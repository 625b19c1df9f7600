// The numbers of a network apart from its structure: what learns, and what executors hold.

import { assertDefined } from "../../base/index.ts";
import type { Quantizer, Tensor } from "../tensor/index.ts";
import { recurrentWeightsOf, type Layer } from "./layer.ts";
import type { Network } from "./network.ts";

/** The trained arrays of a layer in the network's layout. */
export interface LayerArrays {
  /** The shape of the layer's `weights`. */
  readonly weights: Float32Array;
  /** Shape [neuron], or [output channel] for a convolution. */
  readonly bias?: Float32Array;
  /** Shape [neuron, neuron]. */
  readonly recurrentWeights?: Float32Array;
  /** Per-neuron parameters by name. Shape [neuron]. */
  readonly neuronParameters?: Readonly<Record<string, Float32Array>>;
}

/** The arrays of a layer, not copied. */
export function layerArrays(layer: Layer): LayerArrays {
  const recurrent = recurrentWeightsOf(layer);
  const own = Object.entries(layer.neuronParameters ?? {}).map(([name, values]) => [name, values.data] as const);
  return {
    weights: layer.weights.data,
    ...(layer.bias === undefined ? {} : { bias: layer.bias.data }),
    ...(recurrent === undefined ? {} : { recurrentWeights: recurrent.data }),
    ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) }),
  };
}

/** Every array of a layer, in a fixed order. */
export function listArrays({ weights, bias, recurrentWeights, neuronParameters = {} }: LayerArrays): Float32Array[] {
  return [weights, bias, recurrentWeights, ...Object.values(neuronParameters)].filter((array) => array !== undefined);
}

/** `total` += `more`, in place; `more` itself when there is no total yet. */
export function addLayerArrays(total: LayerArrays[] | undefined, more: LayerArrays[]): LayerArrays[] {
  if (total === undefined) return more;
  total.forEach((layer, l) => {
    const added = listArrays(assertDefined(more[l], "layer"));
    listArrays(layer).forEach((array, a) => array.forEach((value, i) => (array[i] = value + (added[a]?.[i] ?? 0))));
  });
  return total;
}

/** A network of the same structure with other numbers, one entry per layer. */
export function withArrays(
  network: Network,
  arrays: readonly LayerArrays[],
  quantizerOf: (layer: number) => Quantizer | undefined = () => undefined,
): Network {
  const layers = network.layers.map((layer, l): Layer => {
    const { weights, bias, recurrentWeights, neuronParameters } = assertDefined(arrays[l], "arrays");
    const recurrent = recurrentWeightsOf(layer);
    const quantizer = quantizerOf(l);
    const own = Object.entries(neuronParameters ?? {}).map(([name, data]) => [name, { shape: [data.length], data }]);
    return {
      ...layer,
      weights: like(layer.weights, weights),
      ...(layer.bias === undefined || bias === undefined ? {} : { bias: like(layer.bias, bias) }),
      ...(recurrent === undefined || recurrentWeights === undefined
        ? {}
        : { recurrentWeights: like(recurrent, recurrentWeights) }),
      ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) as Record<string, Tensor> }),
      ...(quantizer === undefined ? {} : { quantizer }),
    };
  });
  return { ...network, layers };
}

// ---------------------------------------------------------------------------------------------------------------------

function like({ shape }: Tensor, data: Float32Array): Tensor {
  return { shape, data };
}
