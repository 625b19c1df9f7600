// Where everything of a compiled network lies in the module's memory, in bytes. A row is one step of one sample, time inside;
// neurons come in tiles, and all rows of one tile lie together, so that a tile of weights stays in cache while rows pass by.

import { assertDefined, UserError } from "../../base/index.ts";
import { denseLayers, layerInputCount, type DenseLayer, type Network } from "../../model/network/index.ts";
import { differentiate, neuronOf, type Neuron, type ParameterDefinition } from "../../model/neuron/index.ts";
import type { CompileOptions } from "../backend.ts";
import { momentNames } from "../optimizer.ts";
import { planTape, type Tape } from "./tape.ts";

/** Spikes of one population: bits, and the index lists that kernels read. */
export interface SourcePlan {
  readonly count: number;
  /** Bits of a row, 32 neurons to a word: [row][word]. */
  readonly bits: number;
  readonly words: number;
  /** Who fires in each row: `index` entries between `start[row]` and `end[row]`, both byte offsets. */
  readonly rows: Lists;
  /** In which rows each fires. */
  readonly columns: Lists;
  /** Places in the column lists while they are made: [chunk][neuron]. */
  readonly counts: number;
  /** Spikes of each chunk of rows. */
  readonly totals: number;
  /** Bits of a neuron over rows, for tables: [neuron][word of rows]. */
  readonly columnBits: number;
}

export interface Lists {
  readonly start: number;
  readonly end: number;
  readonly index: number;
  /** Bytes of an entry. */
  readonly entry: 2 | 4;
}

export interface LayerPlan {
  readonly index: number;
  readonly layer: DenseLayer;
  readonly neuron: Neuron;
  readonly tape: Tape;
  readonly inputCount: number;
  readonly neuronCount: number;
  /** Neurons of a tile: 16 or 32. */
  readonly width: number;
  readonly tiles: number;
  /** Bytes of one row of a tile. */
  readonly tileBytes: number;
  /** Spikes that arrive and spikes that leave. */
  readonly input: SourcePlan;
  readonly output: SourcePlan;
  /** Shape [tile][input][width]; gradients and moments alike. */
  readonly weights: Trained;
  /** Shape [tile][width]. */
  readonly bias: Trained;
  readonly recurrent: RecurrentPlan | undefined;
  /** Weights as the layer below multiplies them: [tile of the layer below][neuron][width of the layer below]. */
  readonly transposed: number | undefined;
  /** Current that is the same in every step: [tile][sample][width]; first layer only. */
  readonly base: number | undefined;
  /** State, and the gradient of the loss with respect to it: [state][tile][sample][width]. */
  readonly state: readonly number[];
  readonly carried: readonly number[];
  /** [slot][tile][row][width]; after the backward pass slot 0 holds dLoss/dInput. */
  readonly saved: readonly number[];
  /** Σ over steps of dLoss/dInput: [tile][sample][width]. */
  readonly inputGradientSum: number;
  /** dLoss/dSpike that is the same in every step: [tile][sample][width]. */
  readonly staticGradient: number;
  /** Per-neuron parameters by name: [tile][width], and per sample their gradients: [tile][sample][width]. */
  readonly parameters: ReadonlyMap<string, { readonly values: Trained; readonly perSample: number }>;
  /** Spikes per sample: [tile][sample][width]; last layer only. */
  readonly counts: number | undefined;
  /** v after each step, and gradients given for every step: [tile][row][width]; last layer, when asked for. */
  readonly perStep:
    | { readonly potential: number; readonly spike: number; readonly potentialGradient: number }
    | undefined;
}

export interface RecurrentPlan {
  /** Shape [tile][neuron][width]. */
  readonly weights: Trained;
  /** Weights as the backward pass multiplies them. */
  readonly transposed: number;
  /** Spikes of the step before the first, as positions of an index list: [sample][start, end]. */
  readonly carried: number;
  /** Where those lists lie, in bytes from the start of the output's row lists. */
  readonly carriedPosition: number;
}

/** An array that learns, in tiles: values, gradient and the optimizer's moments, `floats` each. */
export interface Trained {
  /** What the forward pass sees. */
  readonly values: number;
  /** What learns: the same address, unless values are made from it by mask and quantizer. */
  readonly masters: number;
  readonly transform: Transform | undefined;
  readonly gradient: number;
  readonly moments: readonly number[];
  readonly floats: number;
  /** Learning keeps what is learned in here. */
  readonly range?: ParameterDefinition["range"] | undefined;
}

/** value = quantized(mask · master). */
export interface Transform {
  /** 0 or 1 for each value. */
  readonly mask: number;
  /** Two floats: the scale and the largest level; level 0 does not quantize. */
  readonly quantizer: number;
}

export interface Plan {
  readonly stepCount: number;
  /** Rows from one sample to the next: one more than steps, so that "the step after the last" has a place. */
  readonly sampleRows: number;
  readonly maxSampleCount: number;
  /** Parts of a batch in which column lists are made. */
  readonly chunkCount: number;
  readonly layers: readonly LayerPlan[];
  /** Where a batch is put: bytes or words [step][sample][…], or values [sample][input]. */
  readonly arrival: number;
  /** Scalars that change from call to call; see `scalar`. */
  readonly scalars: number;
  /** Scratch of each thread. */
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly byteCount: number;
}

/** Floats at `Plan.scalars`. */
export const scalar = { rate: 0, keep: 1, correction: 2 } as const;

const largest = 2 ** 32 - 2 ** 16;

/** @throws `compute/too-large` when a batch needs more than 4 GiB */
export function planMemory(network: Network, options: CompileOptions & { readonly threadCount: number }): Plan {
  const memory = new Allocator();
  const { maxSampleCount } = options;
  const { stepCount } = network;
  const chunkCount = options.threadCount;
  const shape: Shape = { memory, samples: maxSampleCount, rows: maxSampleCount * (stepCount + 1), chunkCount };
  const scalars = memory.take(64);
  const inputBytes = maxSampleCount * Math.max(stepCount * network.inputCount, 4 * network.inputCount);
  const arrival = memory.take(inputBytes + 64);
  let source = planSource(shape, network.inputCount);
  const last = network.layers.length - 1;
  const layers = denseLayers(network).map((layer, index): LayerPlan => {
    const below = index === 0 ? undefined : widthOf(layerInputCount(network, index));
    const planned = planLayer(layer, index, source, { shape, options, below, isLast: index === last });
    source = planned.output;
    return planned;
  });
  const scratchBytes = Math.max((stepCount + 8) * 128, ...layers.map(tableBytes));
  const scratch = memory.take(scratchBytes * chunkCount);
  const limit = Math.min(largest, options.memoryLimitBytes ?? largest);
  if (memory.next > limit) {
    const [needed, allowed] = [memory.next, limit].map((bytes) => `${(bytes / 2 ** 30).toPrecision(2)} GiB`);
    throw new UserError(
      "compute/too-large",
      `network "${network.name}": a batch of ${maxSampleCount} samples needs ${needed}, at most ${allowed} are allowed`,
      { exit: "resources", hint: "use a smaller batch, or fewer steps at a time" },
    );
  }
  return {
    stepCount,
    sampleRows: stepCount + 1,
    maxSampleCount,
    chunkCount,
    layers,
    arrival,
    scalars,
    scratch,
    scratchBytes,
    byteCount: memory.next,
  };
}

/** Rows whose tables of sums fit a second-level cache, in words of 32. */
export const tableChunkWords = 25;

/** Words of a neuron's bits over all rows. */
export function columnWords(plan: Pick<Plan, "maxSampleCount" | "sampleRows">): number {
  return Math.ceil((plan.maxSampleCount * plan.sampleRows) / 32);
}

/** Neurons of a tile: few neurons get a narrow one. */
export function widthOf(neuronCount: number): number {
  return neuronCount <= 16 ? 16 : 32;
}

// ---------------------------------------------------------------------------------------------------------------------

interface Shape {
  readonly memory: Allocator;
  readonly samples: number;
  readonly rows: number;
  readonly chunkCount: number;
}

class Allocator {
  /** Before it lie zeros; see `zeroVectors`. */
  next = 128;

  /** Bytes, on a cache line of their own. */
  take(bytes: number): number {
    const address = this.next;
    this.next += Math.ceil(bytes / 64) * 64;
    return address;
  }
}

/** Bytes of a thread's table: 16 sums for every four inputs or rows of a tile. */
function tableBytes({ input, tileBytes }: LayerPlan): number {
  return Math.max(input.words, tableChunkWords) * 8 * 16 * tileBytes;
}

function planRecurrent({ memory, samples, rows }: Shape, output: SourcePlan, weights: Trained): RecurrentPlan {
  return {
    weights,
    transposed: memory.take(4 * weights.floats),
    carried: memory.take(8 * samples),
    carriedPosition: output.rows.entry * output.count * rows,
  };
}

/** @param carried  Samples whose last list is kept behind all rows. */
function planSource({ memory, rows, chunkCount }: Shape, count: number, carried = 0): SourcePlan {
  const words = Math.ceil(count / 32);
  const lists = (keys: number, values: number, more = 0): Lists => {
    const entry = values <= 65536 ? 2 : 4;
    return {
      start: memory.take(4 * keys),
      end: memory.take(4 * keys),
      index: memory.take(entry * (keys + more) * values + 64),
      entry,
    };
  };
  return {
    count,
    words,
    bits: memory.take(4 * (rows + 32) * words),
    rows: lists(rows, count, carried),
    columns: lists(count, rows),
    counts: memory.take(4 * count * chunkCount),
    totals: memory.take(4 * chunkCount),
    columnBits: memory.take(4 * 32 * words * Math.ceil(rows / 32)),
  };
}

function planLayer(
  layer: DenseLayer,
  index: number,
  input: SourcePlan,
  context: {
    readonly shape: Shape;
    readonly options: CompileOptions;
    readonly below: number | undefined;
    readonly isLast: boolean;
  },
): LayerPlan {
  const { shape, options, below, isLast } = context;
  const { memory, samples, rows } = shape;
  const { neuronCount } = layer;
  const neuron = neuronOf(layer.neuron);
  const width = widthOf(neuronCount);
  const tiles = Math.ceil(neuronCount / width);
  const tileBytes = width * 4;
  const perSample = (): number => memory.take(tiles * samples * tileBytes);
  const perRow = (): number => memory.take(tiles * rows * tileBytes);
  const trained = (inputs: number, transforms = options.transforms === true): Trained => {
    const floats = tiles * inputs * width;
    const array = (): number => memory.take(4 * floats);
    const values = array();
    return {
      values,
      masters: transforms ? array() : values,
      transform: transforms ? { mask: array(), quantizer: memory.take(8) } : undefined,
      gradient: array(),
      moments: Array.from(
        { length: options.optimizer === undefined ? 0 : momentNames(options.optimizer).length },
        array,
      ),
      floats,
    };
  };
  const learned = Object.keys(layer.neuronParameters ?? {});
  const tape = planTape(neuron, differentiate(neuron, options), ["input", ...neuron.state, ...learned]);
  const output = planSource(shape, neuronCount, layer.recurrentWeights === undefined ? 0 : samples);
  return {
    index,
    layer,
    neuron,
    tape,
    inputCount: input.count,
    neuronCount,
    width,
    tiles,
    tileBytes,
    input,
    output,
    weights: trained(input.count),
    bias: trained(1, false),
    recurrent: layer.recurrentWeights === undefined ? undefined : planRecurrent(shape, output, trained(neuronCount)),
    transposed: below === undefined ? undefined : memory.take(4 * neuronCount * Math.ceil(input.count / below) * below),
    base: index === 0 ? perSample() : undefined,
    state: neuron.state.map(perSample),
    carried: neuron.state.map(perSample),
    saved: Array.from({ length: Math.max(1, tape.saved.length) }, perRow),
    inputGradientSum: perSample(),
    staticGradient: perSample(),
    parameters: new Map(
      learned.map((name) => {
        const { range } = assertDefined(neuron.parameters[name], name);
        return [name, { values: { ...trained(1, false), range }, perSample: perSample() }];
      }),
    ),
    counts: isLast ? perSample() : undefined,
    perStep:
      isLast && options.perStep === true
        ? { potential: perRow(), spike: perRow(), potentialGradient: perRow() }
        : undefined,
  };
}
