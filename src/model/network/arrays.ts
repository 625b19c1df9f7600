// The numbers of a network apart from its structure: what learns, and what executors hold.

import { assertDefined } from "../../base/index.ts";
import type { Quantizer, Tensor } from "../tensor/index.ts";
import { recurrentWeightsOf, type Layer } from "./layer.ts";
import type { Network } from "./network.ts";
import type { Normalization } from "./normalization.ts";

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
  /** Scale, which learns, and running statistics, which follow. Shape [channel]. */
  readonly normalization?: Readonly<Record<NormalizationArray, Float32Array>>;
}

export type NormalizationArray = "scale" | "mean" | "variance";

/** The arrays of a layer, not copied. */
export function layerArrays(layer: Layer): LayerArrays {
  const recurrent = recurrentWeightsOf(layer);
  const { normalization } = layer;
  const own = Object.entries(layer.neuronParameters ?? {}).map(([name, values]) => [name, values.data] as const);
  return {
    weights: layer.weights.data,
    ...(layer.bias === undefined ? {} : { bias: layer.bias.data }),
    ...(recurrent === undefined ? {} : { recurrentWeights: recurrent.data }),
    ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) }),
    ...(normalization === undefined
      ? {}
      : { normalization: mapRecord(normalizationArrays(normalization), (a) => a.data) }),
  };
}

/** Every array of a layer that learns, in a fixed order. */
export function listArrays(arrays: LayerArrays): Float32Array[] {
  const { weights, bias, recurrentWeights, neuronParameters = {}, normalization } = arrays;
  return [weights, bias, recurrentWeights, normalization?.scale, ...Object.values(neuronParameters)].filter(
    (array) => array !== undefined,
  );
}

/** The same arrays with other contents. */
export function mapArrays(arrays: LayerArrays, map: (array: Float32Array) => Float32Array): LayerArrays {
  const { weights, bias, recurrentWeights, neuronParameters, normalization } = arrays;
  return {
    weights: map(weights),
    ...(bias === undefined ? {} : { bias: map(bias) }),
    ...(recurrentWeights === undefined ? {} : { recurrentWeights: map(recurrentWeights) }),
    ...(neuronParameters === undefined ? {} : { neuronParameters: mapRecord(neuronParameters, map) }),
    ...(normalization === undefined ? {} : { normalization: mapRecord(normalization, map) }),
  };
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
  quantizerOf: (layer: number, key: "weights" | "recurrentWeights") => Quantizer | undefined = () => undefined,
): Network {
  const layers = network.layers.map((layer, l): Layer => {
    const { weights, bias, recurrentWeights, neuronParameters, normalization } = assertDefined(arrays[l], "arrays");
    const recurrent = recurrentWeightsOf(layer);
    const quantizer = quantizerOf(l, "weights");
    const recurrentQuantizer = recurrent === undefined ? undefined : quantizerOf(l, "recurrentWeights");
    const own = Object.entries(neuronParameters ?? {}).map(([name, data]) => [name, { shape: [data.length], data }]);
    return {
      ...layer,
      weights: like(layer.weights, weights),
      ...(layer.bias === undefined || bias === undefined ? {} : { bias: like(layer.bias, bias) }),
      ...(recurrent === undefined || recurrentWeights === undefined
        ? {}
        : { recurrentWeights: like(recurrent, recurrentWeights) }),
      ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) as Record<string, Tensor> }),
      ...(layer.normalization === undefined || normalization === undefined
        ? {}
        : {
            normalization: {
              ...layer.normalization,
              ...mapRecord(normalization, (data): Tensor => ({ shape: [data.length], data })),
            },
          }),
      ...(quantizer === undefined ? {} : { quantizer }),
      ...(recurrentQuantizer === undefined ? {} : { recurrentQuantizer }),
    };
  });
  return { ...network, layers };
}

// ---------------------------------------------------------------------------------------------------------------------

function like({ shape }: Tensor, data: Float32Array): Tensor {
  return { shape, data };
}

function normalizationArrays({ scale, mean, variance }: Normalization): Record<NormalizationArray, Tensor> {
  return { scale, mean, variance };
}

function mapRecord<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  map: (value: From) => To,
): Record<Key, To> {
  return Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, map(value)])) as Record<Key, To>;
}
