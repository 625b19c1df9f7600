// Where everything of a compiled network lies in the module's memory, in bytes. A row is one step of one sample, time inside;
// neurons come in tiles, and all rows of one tile lie together, so that a tile of weights stays in cache while rows pass by.

import { assertDefined, UserError } from "../../base/index.ts";
import { delaysOf, recurrentWeightsOf, scaleRange, type Layer, type Network } from "../../model/network/index.ts";
import { differentiate, neuronOf, sendsBits, type Neuron } from "../../model/neuron/index.ts";
import type { CompileOptions } from "../backend.ts";
import { convolutionScratch, planConvolution, tileWidth, type ConvolutionPlan } from "./convolution/plan.ts";
import { convolutionShape, gridLayers, type GridLayer } from "./convolution/shape.ts";
import { Allocator, planTrained, type Lanes, type Trained } from "./memory-layout.ts";
import { planSource, type SourcePlan } from "./source-plan.ts";
import { planDelay, type DelayPlan } from "./delay-plan.ts";
import { planNormalization, type NormalizationPlan } from "./normalization-plan.ts";
import { planTape, type Tape } from "./tape.ts";

export interface LayerPlan {
  readonly index: number;
  readonly layer: Layer;
  readonly neuron: Neuron;
  readonly tape: Tape;
  readonly inputCount: number;
  readonly neuronCount: number;
  /** Places of a tile: 16 or 32, or all of a convolution. */
  readonly width: number;
  /** How neurons lie on places. */
  readonly lanes: Lanes;
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
  /** What a convolution adds. */
  readonly convolution: ConvolutionPlan | undefined;
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
  /** What normalized currents add. */
  readonly normalization: NormalizationPlan | undefined;
  /** What delayed synapses add; `input` then holds spikes as they arrive. */
  readonly delay: DelayPlan | undefined;
  /** dLoss/dSpike by the delayed synapses of the layer above: [tile][row][width]. */
  readonly spikeGradient: number | undefined;
  /** Spikes per sample: [tile][sample][width]; a dense last layer of bits only. */
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
  const grids = gridLayers(network.layers);
  let source = planSource(shape, network.inputCount, { isListed: grids[0] === undefined });
  let below: LayerPlan | undefined;
  const layers = network.layers.map((layer, index): LayerPlan => {
    const isLast = index === network.layers.length - 1;
    const above = network.layers[index + 1];
    below = planLayer(layer, index, source, {
      shape,
      options,
      below,
      isLast,
      convolution: grids[index],
      isDelayedAbove: above !== undefined && delaysOf(above) !== undefined,
      isListed: recurrentWeightsOf(layer) !== undefined || (!isLast && grids[index + 1] === undefined),
    });
    source = below.output;
    return below;
  });
  const scratchBytes = Math.ceil(Math.max((stepCount + 8) * 128, ...layers.map(scratchOf)) / 64) * 64;
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

/** A thread's table, 16 sums for every four inputs or rows of a tile; or what a convolution puts aside. */
function scratchOf({ input, tileBytes, convolution }: LayerPlan): number {
  return convolution === undefined
    ? Math.max(input.words, tableChunkWords) * 8 * 16 * tileBytes
    : convolutionScratch(convolution).bytes;
}

function planRecurrent({ memory, samples, rows }: Shape, output: SourcePlan, weights: Trained): RecurrentPlan {
  return {
    weights,
    transposed: memory.take(4 * weights.floats),
    carried: memory.take(8 * samples),
    carriedPosition: output.rowBytes * rows,
  };
}

interface LayerContext {
  readonly shape: Shape;
  readonly options: CompileOptions;
  readonly below: LayerPlan | undefined;
  readonly isLast: boolean;
  /** The layer as a convolution, where it runs as one. */
  readonly convolution: GridLayer | undefined;
  /** Whether it or the layer above reads lists of its spikes. */
  readonly isListed: boolean;
  readonly isDelayedAbove: boolean;
}

function planLayer(layer: Layer, index: number, sent: SourcePlan, context: LayerContext): LayerPlan {
  const { shape, options, isLast, isListed, convolution: grid } = context;
  const { memory, samples, rows } = shape;
  const { neuronCount } = layer;
  const neuron = neuronOf(layer.neuron);
  const delays = delaysOf(layer);
  const input = delays === undefined ? sent : planDelayed(shape, sent, delays.sources.length);
  const rowWidth = index === 0 ? undefined : widthOf(input.count);
  const { width, lanes, tiles, channels, channelWidth, weightRows } = layoutOf(layer, grid, input);
  const tileBytes = width * 4;
  const perSample = (): number => memory.take(tiles * samples * tileBytes);
  const perRow = (): number => memory.take(tiles * rows * tileBytes);
  const trained = (count: number, transforms = options.transforms === true): Trained =>
    planTrained(memory, { rows: count, columns: channels, lanes, width: channelWidth }, { ...options, transforms });
  const learned = Object.keys(layer.neuronParameters ?? {});
  const inputGradientSum = perSample();
  const tape = planTape(neuron, differentiate(neuron, options), ["input", ...neuron.state, ...learned]);
  const recurrent = recurrentWeightsOf(layer);
  const output = planSource(shape, neuronCount, {
    isListed,
    carried: recurrent === undefined ? 0 : samples,
    graded: sendsBits(neuron) ? undefined : { tiles, width, lanes },
  });
  return {
    index,
    layer,
    neuron,
    tape,
    inputCount: input.count,
    neuronCount,
    width,
    lanes,
    tiles,
    tileBytes,
    input,
    output,
    weights: trained(weightRows),
    bias: trained(1, false),
    recurrent: recurrent === undefined ? undefined : planRecurrent(shape, output, trained(neuronCount)),
    convolution:
      grid === undefined
        ? undefined
        : planConvolution(grid, {
            ...shape,
            input,
            isLast,
            neuron,
            tape,
            below: belowOf(context),
          }),
    transposed: transposedOf(context, neuronCount, delays === undefined ? undefined : input.count),
    base: index === 0 ? perSample() : undefined,
    state: neuron.state.map(perSample),
    carried: neuron.state.map(perSample),
    saved: Array.from({ length: Math.max(1, tape.saved.length) }, perRow),
    inputGradientSum,
    staticGradient: perSample(),
    parameters: new Map(
      learned.map((name) => {
        const { range } = assertDefined(neuron.parameters[name], name);
        return [name, { values: { ...trained(neuronCount / channels, false), range }, perSample: perSample() }];
      }),
    ),
    normalization:
      layer.normalization === undefined
        ? undefined
        : planNormalization(
            layer.normalization,
            { ...trained(1, false), range: scaleRange(layer) },
            grid === undefined
              ? {
                  row: perRow,
                  sample: perSample,
                  channels: () => memory.take(tiles * tileBytes),
                  shiftSums: inputGradientSum,
                }
              : {
                  row: perRow,
                  sample: () => memory.take(4 * channelWidth * samples),
                  channels: () => memory.take(4 * channelWidth),
                  shiftSums: undefined,
                },
          ),
    delay: delays === undefined ? undefined : planDelay(memory, delays, { sent, rows, width: rowWidth }),
    spikeGradient: context.isDelayedAbove && grid === undefined ? perRow() : undefined,
    counts: isLast && grid === undefined && output.graded === undefined ? perSample() : undefined,
    perStep:
      isLast && options.perStep === true
        ? { potential: perRow(), spike: perRow(), potentialGradient: perRow() }
        : undefined,
  };
}

/** Spikes as delayed synapses see them. */
function planDelayed(shape: Shape, sent: SourcePlan, count: number): SourcePlan {
  const width = widthOf(count);
  const lying = { tiles: Math.ceil(count / width), width, lanes: { count: width, width } };
  return planSource(shape, count, { isListed: true, graded: sent.graded === undefined ? undefined : lying });
}

/** How neurons and weights lie: in narrow tiles, or pixel by pixel. */
function layoutOf(
  { neuronCount }: Layer,
  grid: GridLayer | undefined,
  input: SourcePlan,
): Pick<LayerPlan, "width" | "lanes" | "tiles"> & {
  /** Columns of the weights, and their rows. */
  readonly channels: number;
  readonly channelWidth: number;
  readonly weightRows: number;
} {
  if (grid === undefined) {
    const width = widthOf(neuronCount);
    return {
      width,
      lanes: { count: width, width },
      tiles: Math.ceil(neuronCount / width),
      channels: neuronCount,
      channelWidth: width,
      weightRows: input.count,
    };
  }
  const shape = convolutionShape(grid);
  return {
    width: tileWidth(shape),
    lanes: shape.lanes,
    tiles: 1,
    channels: grid.layer.output.channels,
    channelWidth: shape.pixelWidth,
    weightRows: shape.kernelRows * shape.kernelColumns * shape.groupInputs,
  };
}

/** A convolution gives its input gradient back by itself; a dense layer has its weights multiplied by whoever is below. */
function transposedOf(
  { shape, below, convolution }: LayerContext,
  neuronCount: number,
  delayedRows: number | undefined,
): number | undefined {
  if (below === undefined || convolution !== undefined) return undefined;
  if (delayedRows !== undefined) {
    const width = widthOf(delayedRows);
    return shape.memory.take(4 * neuronCount * Math.ceil(delayedRows / width) * width);
  }
  return shape.memory.take(4 * neuronCount * below.tiles * below.width);
}

function belowOf({ below }: LayerContext): Parameters<typeof planConvolution>[1]["below"] {
  const convolution = below?.convolution;
  if (below === undefined || convolution === undefined) return undefined;
  return { shape: convolution, source: below.output, spikeGradient: convolution.spikeGradient };
}
