// Between the network's arrays and the tiles of the module's memory.

import { assertDefined } from "../../base/index.ts";
import { layerArrays } from "../../model/network/index.ts";
import { largestLevel } from "../../model/tensor/index.ts";
import type { ArrayKind, LayerArrays, WeightTransform } from "../backend.ts";
import type { LayerPlan, Trained } from "./plan.ts";

/** Rows of a batch in memory. */
interface RowShape {
  readonly samples: number;
  readonly stepCount: number;
  readonly sampleRows: number;
  readonly maxSampleCount: number;
}

export class LayerMemory {
  readonly floats: Float32Array;
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly #maxSamples: number;

  constructor(memory: WebAssembly.Memory, maxSamples: number) {
    this.floats = new Float32Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    this.#maxSamples = maxSamples;
  }

  /** The weights that the network came with. */
  load(plan: LayerPlan): void {
    for (const array of [plan.weights, plan.recurrent?.weights]) {
      if (array?.transform !== undefined) this.setTransform(plan, array, {});
    }
    this.write(plan, "masters", layerArrays(plan.layer));
  }

  read(plan: LayerPlan, kind: ArrayKind): LayerArrays {
    const { bias, recurrentWeights } = plan.layer;
    const get = (array: Trained, inputs: number): Float32Array => {
      const address = addressOf(array, kind);
      return address === undefined
        ? new Float32Array(inputs * plan.neuronCount)
        : this.#readTiles(plan, address, inputs);
    };
    const parameters = Array.from(plan.parameters, ([name, { values }]) => [name, get(values, 1)] as const);
    return {
      weights: get(plan.weights, plan.inputCount),
      ...(bias === undefined ? {} : { bias: get(plan.bias, 1) }),
      ...(recurrentWeights === undefined || plan.recurrent === undefined
        ? {}
        : { recurrentWeights: get(plan.recurrent.weights, plan.neuronCount) }),
      ...(parameters.length === 0 ? {} : { neuronParameters: Object.fromEntries(parameters) }),
    };
  }

  write(plan: LayerPlan, kind: ArrayKind, arrays: LayerArrays): void {
    const put = (array: Trained, values: Float32Array): void => {
      const address = addressOf(array, kind);
      if (address !== undefined) this.#writeTiles(plan, address, values);
    };
    put(plan.weights, arrays.weights);
    if (arrays.bias !== undefined) put(plan.bias, arrays.bias);
    if (arrays.recurrentWeights !== undefined && plan.recurrent !== undefined) {
      put(plan.recurrent.weights, arrays.recurrentWeights);
    }
    for (const [name, values] of Object.entries(arrays.neuronParameters ?? {})) {
      const array = assertDefined(plan.parameters.get(name), name).values;
      put(array, values);
      // Places after the last neuron compute too: with its parameters, because zeros may divide by 0.
      const address = addressOf(array, kind);
      if (address === undefined || kind === "gradients") continue;
      this.floats.fill(values.at(-1) ?? 0, address / 4 + plan.neuronCount, address / 4 + plan.tiles * plan.width);
    }
  }

  /** Mask and quantizer of an array that has them. */
  setTransform(plan: LayerPlan, array: Trained, { mask, quantizer }: WeightTransform): void {
    const { mask: at, quantizer: place } = assertDefined(array.transform, "compiled without transforms");
    const inputs = array.floats / (plan.tiles * plan.width);
    const kept = mask === undefined ? new Float32Array(inputs * plan.neuronCount).fill(1) : Float32Array.from(mask);
    this.#writeTiles(plan, at, kept);
    this.floats[place / 4] = quantizer?.scale ?? 1;
    this.floats[place / 4 + 1] = quantizer === undefined ? 0 : largestLevel(quantizer.bits);
  }

  /** A copy of an array [tile][sample][width] as it lies. */
  copySamples(plan: LayerPlan, address: number): Float32Array {
    return this.floats.slice(address / 4, address / 4 + plan.tiles * this.#maxSamples * plan.width);
  }

  /** Zeros in row `step` of every sample of an array [tile][row][width]. */
  clearRow(plan: LayerPlan, address: number, shape: RowShape, step: number): void {
    eachRow(plan, address, shape, step, (at) => this.floats.fill(0, at, at + plan.width));
  }

  /** Row `from` of every sample of an array [tile][row][width] to row `to`. */
  moveRows(plan: LayerPlan, address: number, shape: RowShape & { readonly from: number; readonly to: number }): void {
    const by = (shape.to - shape.from) * plan.width;
    eachRow(plan, address, shape, shape.from, (at) => this.floats.copyWithin(at + by, at, at + plan.width));
  }

  clearSamples(plan: LayerPlan, address: number): void {
    this.floats.fill(0, address / 4, address / 4 + plan.tiles * this.#maxSamples * plan.width);
  }

  /** Adds values [sample, neuron] to an array [tile][sample][width]. */
  addSamples(plan: LayerPlan, address: number, values: Float32Array, samples: number): void {
    this.#eachSample(plan, address, samples, (at, i) => {
      this.floats[at] = (this.floats[at] ?? 0) + (values[i] ?? 0);
    });
  }

  /** Values [sample, neuron] of an array [tile][sample][width], for the first `columns` neurons. */
  readSamples(plan: LayerPlan, address: number, samples: number, columns: number): Float32Array {
    const values = new Float32Array(samples * columns);
    this.#eachSample(plan, address, samples, (at, i) => (values[i] = this.floats[at] ?? 0));
    return values;
  }

  /** Values [step, sample, neuron] of an array [tile][row][width]. */
  readRows(plan: LayerPlan, address: number, shape: RowShape): Float32Array {
    const values = new Float32Array(shape.stepCount * shape.samples * plan.neuronCount);
    eachRowValue(plan, address, shape, (at, i) => (values[i] = this.floats[at] ?? 0));
    return values;
  }

  /** Puts values [step, sample, neuron], or zeros, into an array [tile][row][width]. */
  writeRows(plan: LayerPlan, address: number, values: Float32Array | undefined, shape: RowShape): void {
    eachRowValue(plan, address, shape, (at, i) => (this.floats[at] = values?.[i] ?? 0));
  }

  /** [tile][input][width] to [input, neuron]. */
  #readTiles(plan: LayerPlan, address: number, inputs: number): Float32Array {
    const { width, tiles, neuronCount } = plan;
    const values = new Float32Array(inputs * neuronCount);
    for (let tile = 0; tile < tiles; tile++) {
      const columns = Math.min(width, neuronCount - tile * width);
      for (let input = 0; input < inputs; input++) {
        const from = address / 4 + (tile * inputs + input) * width;
        values.set(this.floats.subarray(from, from + columns), input * neuronCount + tile * width);
      }
    }
    return values;
  }

  #writeTiles(plan: LayerPlan, address: number, values: Float32Array): void {
    const { width, tiles, neuronCount } = plan;
    const inputs = values.length / neuronCount;
    for (let tile = 0; tile < tiles; tile++) {
      const columns = Math.min(width, neuronCount - tile * width);
      for (let input = 0; input < inputs; input++) {
        const from = input * neuronCount + tile * width;
        this.floats.set(values.subarray(from, from + columns), address / 4 + (tile * inputs + input) * width);
      }
    }
  }

  #eachSample(plan: LayerPlan, address: number, samples: number, visit: (at: number, i: number) => void): void {
    const { width, neuronCount } = plan;
    for (let sample = 0; sample < samples; sample++) {
      for (let n = 0; n < neuronCount; n++) {
        const tile = Math.floor(n / width);
        const at = address / 4 + (tile * this.#maxSamples + sample) * width + (n - tile * width);
        visit(at, sample * neuronCount + n);
      }
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** Undefined for a moment that the optimizer does not have. */
function addressOf(array: Trained, kind: ArrayKind): number | undefined {
  switch (kind) {
    case "weights":
      return array.values;
    case "masters":
      return array.masters;
    case "gradients":
      return array.gradient;
    case "moment0":
      return array.moments[0];
    case "moment1":
      return array.moments[1];
    case "moment2":
      return array.moments[2];
    default:
      return kind satisfies never;
  }
}

function eachRow(
  { tiles, width }: LayerPlan,
  address: number,
  shape: RowShape,
  step: number,
  visit: (at: number) => void,
): void {
  const rows = shape.maxSampleCount * shape.sampleRows;
  for (let tile = 0; tile < tiles; tile++) {
    for (let sample = 0; sample < shape.samples; sample++) {
      visit(address / 4 + (tile * rows + sample * shape.sampleRows + step) * width);
    }
  }
}

function eachRowValue(
  plan: LayerPlan,
  address: number,
  shape: RowShape,
  visit: (at: number, index: number) => void,
): void {
  const { width, neuronCount } = plan;
  const rows = shape.maxSampleCount * shape.sampleRows;
  for (let step = 0; step < shape.stepCount; step++) {
    for (let sample = 0; sample < shape.samples; sample++) {
      for (let n = 0; n < neuronCount; n++) {
        const tile = Math.floor(n / width);
        const row = sample * shape.sampleRows + step;
        const at = address / 4 + (tile * rows + row) * width + (n - tile * width);
        visit(at, (step * shape.samples + sample) * neuronCount + n);
      }
    }
  }
}
