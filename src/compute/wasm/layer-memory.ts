// Between the network's arrays and the tiles of the module's memory.

import { assertDefined } from "../../base/index.ts";
import { layerArrays, recurrentWeightsOf } from "../../model/network/index.ts";
import { levelRange, scaleOf } from "../../model/tensor/index.ts";
import type { ArrayKind, LayerArrays, WeightTransform } from "../backend.ts";
import { placeOf, quantizerPlace, type TiledShape, type Trained } from "./memory-layout.ts";
import { delayWords } from "./delay.ts";
import type { LayerPlan } from "./plan.ts";

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
  readonly #doubles: Float64Array;
  readonly #maxSamples: number;

  constructor(memory: WebAssembly.Memory, maxSamples: number) {
    this.floats = new Float32Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    this.#maxSamples = maxSamples;
  }

  /** The weights that the network came with. */
  load(plan: LayerPlan): void {
    for (const array of [plan.weights, plan.recurrent?.weights]) {
      if (array?.transform !== undefined) this.setTransform(array, {});
    }
    this.write(plan, "masters", layerArrays(plan.layer));
    if (plan.delay === undefined) return;
    const { starts, entries } = delayWords(plan.delay);
    this.words.set(starts, plan.delay.starts / 4);
    this.words.set(entries, plan.delay.entries / 4);
  }

  read(plan: LayerPlan, kind: ArrayKind): LayerArrays {
    const get = (array: Trained): Float32Array => {
      const address = addressOf(array, kind);
      return address === undefined
        ? new Float32Array(array.shape.rows * array.shape.columns)
        : this.#readTiles(array.shape, address);
    };
    const parameters = Array.from(plan.parameters, ([name, { values }]) => [name, get(values)] as const);
    return {
      weights: get(plan.weights),
      ...(plan.layer.bias === undefined ? {} : { bias: get(plan.bias) }),
      ...(recurrentWeightsOf(plan.layer) === undefined || plan.recurrent === undefined
        ? {}
        : { recurrentWeights: get(plan.recurrent.weights) }),
      ...(parameters.length === 0 ? {} : { neuronParameters: Object.fromEntries(parameters) }),
      ...this.#readNormalization(plan, kind),
    };
  }

  /** Running statistics are what they are, whether the forward pass or learning asks; nothing else has any. */
  #readNormalization(plan: LayerPlan, kind: ArrayKind): Pick<LayerArrays, "normalization"> {
    const { normalization } = plan;
    if (normalization === undefined) return {};
    const { shape } = normalization.scale;
    const isState = kind === "weights" || kind === "masters";
    const get = (address: number | undefined): Float32Array =>
      address === undefined ? new Float32Array(shape.columns) : this.#readTiles(shape, address);
    const running = isState ? normalization : { mean: undefined, variance: undefined };
    return {
      normalization: {
        scale: get(addressOf(normalization.scale, kind)),
        mean: get(running.mean),
        variance: get(running.variance),
      },
    };
  }

  #writeNormalization({ normalization }: LayerPlan, kind: ArrayKind, arrays: LayerArrays): void {
    if (normalization === undefined || arrays.normalization === undefined) return;
    const { shape } = normalization.scale;
    const scale = addressOf(normalization.scale, kind);
    if (scale !== undefined) this.#writeTiles(shape, scale, arrays.normalization.scale);
    if (kind !== "weights" && kind !== "masters") return;
    this.#writeTiles(shape, normalization.mean, arrays.normalization.mean);
    this.#writeTiles(shape, normalization.variance, arrays.normalization.variance);
  }

  write(plan: LayerPlan, kind: ArrayKind, arrays: LayerArrays): void {
    this.#writeNormalization(plan, kind, arrays);
    const put = (array: Trained, values: Float32Array): void => {
      const address = addressOf(array, kind);
      if (address !== undefined) this.#writeTiles(array.shape, address, values);
    };
    put(plan.weights, arrays.weights);
    if (arrays.bias !== undefined) put(plan.bias, arrays.bias);
    if (arrays.recurrentWeights !== undefined && plan.recurrent !== undefined) {
      put(plan.recurrent.weights, arrays.recurrentWeights);
    }
    for (const [name, values] of Object.entries(arrays.neuronParameters ?? {})) {
      const array = assertDefined(plan.parameters.get(name), name).values;
      const address = addressOf(array, kind);
      // Places of no neuron compute too: with a neuron's parameters, because zeros may divide by 0.
      if (address !== undefined && kind !== "gradients") {
        this.floats.fill(values.at(-1) ?? 0, address / 4, address / 4 + array.floats);
      }
      put(array, values);
    }
  }

  /** Mask and quantizer of an array that has them. */
  setTransform(array: Trained, { mask, quantizer }: WeightTransform): void {
    const { steps, quantizer: place } = assertDefined(array.transform, "compiled without transforms");
    const { rows, columns } = array.shape;
    const values = Float32Array.from({ length: rows * columns }, (_, i) => {
      if (mask?.[i] === 0) return 0;
      return quantizer === undefined ? 1 : scaleOf(quantizer, i % columns);
    });
    this.#writeTiles(array.shape, steps, values);
    const set = (at: number, value: number): void => {
      this.floats[(place + at) / 4] = value;
    };
    const { low, high } = quantizer === undefined ? { low: 0, high: 0 } : levelRange(quantizer);
    set(quantizerPlace.isActive, quantizer === undefined ? 0 : 1);
    set(quantizerPlace.low, low);
    set(quantizerPlace.high, high);
    set(quantizerPlace.least, quantizer?.bits === 1 ? 1 : 0);
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

  clear(address: number, bytes: number): void {
    // Shared memory is filled number by number: wide numbers are faster. Arrays begin and end on whole cache lines.
    this.#doubles.fill(0, address / 8, (address + bytes) / 8);
  }

  clearSamples(plan: LayerPlan, address: number): void {
    this.clear(address, 4 * plan.tiles * this.#maxSamples * plan.width);
  }

  /** Adds values [sample, neuron] to an array [tile][sample][width]. */
  addSamples(plan: LayerPlan, address: number, values: Float32Array, samples: number): void {
    this.#eachRun(plan, address, samples, (at, first, count) => {
      for (let i = 0; i < count; i++) this.floats[at + i] = (this.floats[at + i] ?? 0) + (values[first + i] ?? 0);
    });
  }

  /** Values [sample, neuron] of an array [tile][sample][width], for the first `columns` neurons. */
  readSamples(plan: LayerPlan, address: number, samples: number, columns: number): Float32Array {
    const values = new Float32Array(samples * columns);
    this.#eachRun(plan, address, samples, (at, first, count) => {
      for (let i = 0; i < count; i++) values[first + i] = this.floats[at + i] ?? 0;
    });
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

  /** [tile][row][width] to [row, column]. */
  #readTiles(shape: TiledShape, address: number): Float32Array {
    const values = new Float32Array(shape.rows * shape.columns);
    eachGroup(shape, (at, from, to) => {
      values.set(this.floats.subarray(address / 4 + at, address / 4 + at + to - from), from);
    });
    return values;
  }

  #writeTiles(shape: TiledShape, address: number, values: Float32Array): void {
    eachGroup(shape, (at, from, to) => this.floats.set(values.subarray(from, to), address / 4 + at));
  }

  /** Neurons that lie side by side, sample by sample. */
  #eachRun(
    plan: LayerPlan,
    address: number,
    samples: number,
    visit: (at: number, first: number, count: number) => void,
  ): void {
    const { width, neuronCount, lanes } = plan;
    for (let n = 0; n < neuronCount; n += lanes.count) {
      const place = placeOf(lanes, n);
      const tile = Math.floor(place / width);
      const start = address / 4 + tile * this.#maxSamples * width + (place - tile * width);
      const count = Math.min(lanes.count, neuronCount - n);
      for (let sample = 0; sample < samples; sample++) visit(start + sample * width, sample * neuronCount + n, count);
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

/** Columns that lie side by side: their place, and where they start and end in [row, column]. */
function eachGroup(shape: TiledShape, visit: (at: number, from: number, to: number) => void): void {
  const { rows, columns, lanes, width } = shape;
  for (let column = 0; column < columns; column += lanes.count) {
    const place = placeOf(lanes, column);
    const tile = Math.floor(place / width);
    const count = Math.min(lanes.count, columns - column);
    for (let row = 0; row < rows; row++) {
      const from = row * columns + column;
      visit((tile * rows + row) * width + (place - tile * width), from, from + count);
    }
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
  const { width, neuronCount, lanes } = plan;
  const rows = shape.maxSampleCount * shape.sampleRows;
  for (let step = 0; step < shape.stepCount; step++) {
    for (let sample = 0; sample < shape.samples; sample++) {
      for (let n = 0; n < neuronCount; n++) {
        const place = placeOf(lanes, n);
        const tile = Math.floor(place / width);
        const row = sample * shape.sampleRows + step;
        const at = address / 4 + (tile * rows + row) * width + (place - tile * width);
        visit(at, (step * shape.samples + sample) * neuronCount + n);
      }
    }
  }
}
