// The arrays of the reference back end, in the network's own layout.

import { assertDefined } from "../../base/index.ts";
import type { DenseLayer } from "../../model/network/index.ts";
import type { ArrayKind, LayerArrays } from "../backend.ts";
import { momentCount, updateArray, type Optimizer, type UpdateStep } from "../optimizer.ts";

export class ReferenceParameters {
  readonly #layers: readonly DenseLayer[];
  readonly #optimizer: Optimizer | undefined;
  readonly #arrays: Readonly<Record<ArrayKind, LayerArrays[]>>;

  constructor(layers: readonly DenseLayer[], optimizer: Optimizer | undefined) {
    this.#layers = layers;
    this.#optimizer = optimizer;
    const zeros = (): LayerArrays[] =>
      layers.map((layer) => mapArrays(arraysOf(layer), (a) => new Float32Array(a.length)));
    this.#arrays = {
      weights: layers.map((layer) => mapArrays(arraysOf(layer), (array) => array.slice())),
      gradients: zeros(),
      moment0: zeros(),
      moment1: zeros(),
    };
  }

  weights(layer: number): LayerArrays {
    return assertDefined(this.#arrays.weights[layer], "weights");
  }

  gradients(layer: number): LayerArrays {
    return assertDefined(this.#arrays.gradients[layer], "gradients");
  }

  clearGradients(layer: number): void {
    mapArrays(this.gradients(layer), (array) => array.fill(0));
  }

  /** The parameters of one neuron, rounded to 32 bits. */
  ofNeuron(layer: number, neuron: number): Record<string, number> {
    const values = Object.entries(assertDefined(this.#layers[layer], "layer").neuron.parameters);
    const own = Object.entries(this.weights(layer).neuronParameters ?? {});
    return {
      ...Object.fromEntries(values.map(([name, value]) => [name, Math.fround(value)])),
      ...Object.fromEntries(own.map(([name, array]) => [name, array[neuron] ?? 0])),
    };
  }

  addParameterGradients(layer: number, neuron: number, gradientOf: (name: string) => number): void {
    for (const [name, array] of Object.entries(this.gradients(layer).neuronParameters ?? {})) {
      array[neuron] = (array[neuron] ?? 0) + gradientOf(name);
    }
  }

  read(kind: ArrayKind): LayerArrays[] {
    return this.#arrays[kind].map((layer) => mapArrays(layer, (array) => array.slice()));
  }

  write(kind: ArrayKind, layers: readonly LayerArrays[]): void {
    layers.forEach((layer, l) => (this.#arrays[kind][l] = mapArrays(layer, (array) => array.slice())));
  }

  update(step: UpdateStep): void {
    const optimizer = assertDefined(this.#optimizer, "optimizer");
    const kinds = (["moment0", "moment1"] as const).slice(0, momentCount(optimizer));
    this.#arrays.weights.forEach((layer, l) => {
      const of = (kind: ArrayKind): Float32Array[] => listArrays(assertDefined(this.#arrays[kind][l], kind));
      const [gradients, moments] = [of("gradients"), kinds.map(of)];
      listArrays(layer).forEach((weights, i) => {
        updateArray(optimizer, step, {
          weights,
          gradient: assertDefined(gradients[i], "gradient"),
          moments: moments.map((arrays) => assertDefined(arrays[i], "moment")),
        });
      });
    });
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function arraysOf({ weights, bias, recurrentWeights, neuronParameters }: DenseLayer): LayerArrays {
  const own = Object.entries(neuronParameters ?? {}).map(([name, values]) => [name, values.data] as const);
  return {
    weights: weights.data,
    ...(bias === undefined ? {} : { bias: bias.data }),
    ...(recurrentWeights === undefined ? {} : { recurrentWeights: recurrentWeights.data }),
    ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) }),
  };
}

function listArrays({ weights, bias, recurrentWeights, neuronParameters = {} }: LayerArrays): Float32Array[] {
  return [weights, bias, recurrentWeights, ...Object.values(neuronParameters)].filter((array) => array !== undefined);
}

function mapArrays(arrays: LayerArrays, map: (array: Float32Array) => Float32Array): LayerArrays {
  const { weights, bias, recurrentWeights, neuronParameters } = arrays;
  const own = Object.entries(neuronParameters ?? {}).map(([name, array]) => [name, map(array)] as const);
  return {
    weights: map(weights),
    ...(bias === undefined ? {} : { bias: map(bias) }),
    ...(recurrentWeights === undefined ? {} : { recurrentWeights: map(recurrentWeights) }),
    ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) }),
  };
}
