// The arrays of the reference back end, in the network's own layout.

import { assertDefined } from "../../base/index.ts";
import { layerArrays, layerColumns, listArrays, mapArrays, scaleRange, type Layer } from "../../model/network/index.ts";
import { neuronOf } from "../../model/neuron/index.ts";
import { realValue } from "../../model/tensor/index.ts";
import {
  momentKinds,
  type ArrayKind,
  type LayerArrays,
  type TransformedKey,
  type WeightTransform,
} from "../backend.ts";
import type { NormalizationArrays } from "../normalization.ts";
import { momentNames, updateArray, type Optimizer, type UpdateStep } from "../optimizer.ts";

export class ReferenceParameters {
  readonly #layers: readonly Layer[];
  readonly #optimizer: Optimizer | undefined;
  readonly #transforms = new Map<string, WeightTransform>();
  readonly #arrays: Readonly<Record<ArrayKind, LayerArrays[]>>;

  constructor(layers: readonly Layer[], optimizer: Optimizer | undefined) {
    this.#layers = layers;
    this.#optimizer = optimizer;
    const zeros = (): LayerArrays[] =>
      layers.map((layer) => mapArrays(layerArrays(layer), (a) => new Float32Array(a.length)));
    this.#arrays = {
      weights: layers.map((layer) => mapArrays(layerArrays(layer), (array) => array.slice())),
      masters: layers.map((layer) => mapArrays(layerArrays(layer), (array) => array.slice())),
      gradients: zeros(),
      moment0: zeros(),
      moment1: zeros(),
      moment2: zeros(),
    };
  }

  weights(layer: number): LayerArrays {
    return assertDefined(this.#arrays.weights[layer], "weights");
  }

  gradients(layer: number): LayerArrays {
    return assertDefined(this.#arrays.gradients[layer], "gradients");
  }

  /** Running statistics, in whatever the forward pass sees and what learns. */
  setNormalization(layer: number, normalization: NormalizationArrays): void {
    for (const kind of ["weights", "masters"] as const) {
      const { scale } = assertDefined(this.#arrays[kind][layer]?.normalization, "normalization");
      this.#arrays[kind][layer] = {
        ...assertDefined(this.#arrays[kind][layer], kind),
        normalization: { ...normalization, scale },
      };
    }
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
    // Without transforms weights and masters are one.
    if (kind === "weights" && this.#transforms.size === 0) this.write("masters", layers);
    if (kind === "masters") layers.forEach((_, l) => this.#makeEffective(l));
  }

  setTransform(layer: number, key: TransformedKey, transform: WeightTransform): void {
    this.#transforms.set(`${layer} ${key}`, transform);
    this.#makeEffective(layer);
  }

  #makeEffective(layer: number): void {
    const masters = assertDefined(this.#arrays.masters[layer], "masters");
    const effective = mapArrays(masters, (array) => array.slice());
    const columns = layerColumns(assertDefined(this.#layers[layer], "layer"));
    for (const key of ["weights", "recurrentWeights"] as const) {
      const { mask, quantizer } = this.#transforms.get(`${layer} ${key}`) ?? {};
      const [from, to] = [masters[key], effective[key]];
      from?.forEach((value, i) => {
        if (to === undefined) return;
        if (mask?.[i] === 0) to[i] = 0;
        else if (quantizer !== undefined) to[i] = realValue(quantizer, value, i % columns);
      });
    }
    this.#arrays.weights[layer] = effective;
  }

  update(step: UpdateStep): void {
    const optimizer = assertDefined(this.#optimizer, "optimizer");
    const kinds = momentKinds.slice(0, momentNames(optimizer).length);
    this.#arrays.masters.forEach((layer, l) => {
      const of = (kind: ArrayKind): Float32Array[] => listArrays(assertDefined(this.#arrays[kind][l], kind));
      const [gradients, moments] = [of("gradients"), kinds.map(of)];
      listArrays(layer).forEach((weights, i) => {
        updateArray(optimizer, step, {
          weights,
          gradient: assertDefined(gradients[i], "gradient"),
          moments: moments.map((arrays) => assertDefined(arrays[i], "moment")),
        });
      });
      this.#keepInRange(l);
      this.#makeEffective(l);
    });
  }

  /** What neurons learn for themselves stays a value that their model allows; scales stay foldable. */
  #keepInRange(layer: number): void {
    const definition = assertDefined(this.#layers[layer], "layer");
    const { parameters } = neuronOf(definition.neuron);
    const masters = this.#arrays.masters[layer];
    for (const [name, array] of Object.entries(masters?.neuronParameters ?? {})) {
      keepWithin(array, assertDefined(parameters[name], name).range);
    }
    const range = scaleRange(definition);
    if (masters?.normalization !== undefined && range !== undefined) keepWithin(masters.normalization.scale, range);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function keepWithin(array: Float32Array, { low, high }: { readonly low: number; readonly high: number }): void {
  array.forEach((value, n) => (array[n] = Math.min(Math.max(value, low), high)));
}
