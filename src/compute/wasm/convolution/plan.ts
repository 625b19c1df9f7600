// Where a convolution's own arrays lie. Its neurons are one tile, [pixel][place]; its input is a bitmap of pixels, channels last.

import { cellCount } from "../../../model/network/index.ts";
import type { Neuron } from "../../../model/neuron/index.ts";
import type { Allocator } from "../memory-layout.ts";
import type { SourcePlan } from "../source-plan.ts";
import type { Tape } from "../tape.ts";
import { convolutionShape, type ConvolutionShape, type GridLayer } from "./shape.ts";
import { inputRecursion, type InputRecursion } from "./recursion.ts";

export interface ConvolutionPlan extends ConvolutionShape {
  /** The padded input of each row: the bits of the source itself where nothing is added to them. */
  readonly bits: number;
  readonly rowWords: number;
  /** Whether `bits` are copies, made by padding or pooling. */
  readonly isCopied: boolean;
  /** Values of a row. */
  readonly cells: number;
  /** Values of spikes that are not bits, because they are pooled or carry more: [row][cell]. */
  readonly values: number | undefined;
  /** Direct input, padded: [sample][cell]; first layer only. */
  readonly direct: number | undefined;
  /** For each row, pixel and eight vectors: where each position of a window but the first beat those before it. */
  readonly winners: number;
  readonly winnerBytes: number;
  /** dLoss/dSpike from the layer above: [row][width]. */
  readonly spikeGradient: number;
  /** Weight gradients of each group of samples: [group][kernel row …][place]. */
  readonly weightGradients: number;
  readonly weightBytes: number;
  readonly patterns: PatternPlan | undefined;
  readonly below: BelowPlan | undefined;
}

/** Sums of every pattern of a kernel row, and the gradients that meet in each: [kernel row][pattern][place]. */
export interface PatternPlan {
  readonly bits: number;
  readonly sums: number;
  /** Of each group of samples. */
  readonly gradients: number;
  readonly bytes: number;
}

/** What the gradient with respect to the input needs; not for the first layer. */
export interface BelowPlan {
  /** How the layer below lies. */
  readonly shape: ConvolutionShape;
  /** Its spikes, as bits of a row. */
  readonly source: SourcePlan;
  readonly spikeGradient: number;
  readonly rowBytes: number;
  /** Weights as [kernel row][place][kernel column][place of an input channel]. */
  readonly transposed: number;
  /** dLoss/dInput of a step, padded: [sample][pixel][place of an input channel]. */
  readonly gradient: number;
  readonly gradientBytes: number;
  /** Places of an input pixel in those two. */
  readonly inputWidth: number;
  readonly recursion: InputRecursion | undefined;
}

/** Groups of samples with weight gradients of their own: as many threads can work, and sums do not depend on how many do. */
export const sampleGroups = 8;

export function planConvolution(
  grid: GridLayer,
  context: {
    readonly memory: Allocator;
    readonly samples: number;
    readonly rows: number;
    readonly input: SourcePlan;
    readonly isLast: boolean;
    readonly neuron: Neuron;
    readonly tape: Tape;
    readonly below: BelowSource | undefined;
  },
): ConvolutionPlan {
  const { memory, samples, rows, input, below } = context;
  const { layer } = grid;
  const shape = convolutionShape(grid);
  const { padded, window, kernelRows, kernelColumns, pixelWidth } = shape;
  const { inputPooling, output, groups } = layer;
  const isCopied = layer.padding > 0 || inputPooling !== undefined || input.graded !== undefined;
  // Wide stores reach beyond the last cell.
  const cells = Math.ceil(cellCount(padded) / 4) * 4 + 4;
  const rowWords = isCopied ? Math.ceil(cells / 32) + 2 : input.words;
  const width = tileWidth(shape);
  const pixels = output.rows * output.columns;
  const winnerBytes = 4 * (window.size ** 2 - 1) * pixels * shape.blocks * Math.ceil(shape.blockVectors / 8);
  const weightBytes = Math.ceil((kernelRows * kernelColumns * shape.groupInputs * pixelWidth) / 8) * 32;
  const patternBits = kernelColumns * padded.channels;
  const isCounted = (inputPooling !== undefined && inputPooling.kind !== "max") || input.graded !== undefined;
  const hasPatterns = groups === 1 && patternBits <= patternLimit && !isCounted;
  const patternBytes = 4 * kernelRows * 2 ** patternBits * pixelWidth;
  return {
    ...shape,
    bits: isCopied ? memory.take(4 * rowWords * rows + 64) : input.bits,
    rowWords,
    isCopied,
    cells,
    values: isCounted ? memory.take(4 * cells * rows) : undefined,
    direct: below === undefined ? memory.take(4 * cells * samples) : undefined,
    winners: memory.take(winnerBytes * rows),
    winnerBytes,
    spikeGradient: context.isLast ? 0 : memory.take(4 * width * rows),
    weightGradients: memory.take(weightBytes * sampleGroups),
    weightBytes,
    patterns: hasPatterns
      ? {
          bits: patternBits,
          bytes: patternBytes,
          sums: memory.take(patternBytes),
          gradients: memory.take(patternBytes * sampleGroups),
        }
      : undefined,
    below: below === undefined ? undefined : planBelow(shape, below, context),
  };
}

/** The layer below as a convolution needs it. */
export interface BelowSource {
  readonly shape: ConvolutionShape;
  readonly source: SourcePlan;
  readonly spikeGradient: number;
}

/** Places of a row of neurons, whole pairs of vectors. */
export function tileWidth({ layer, pixelWidth }: ConvolutionShape): number {
  return Math.ceil((layer.output.rows * layer.output.columns * pixelWidth) / 8) * 8;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Patterns of more bits than this are read too rarely to be prepared. */
const patternLimit = 6;

function planBelow(
  shape: ConvolutionShape,
  below: BelowSource,
  context: Parameters<typeof planConvolution>[1],
): BelowPlan {
  const { memory, samples, isLast, neuron, tape } = context;
  const { padded, kernelRows, kernelColumns, pixelWidth } = shape;
  const { seenAs, layer } = below.shape;
  // Neurons of a dense layer below lie as the pixels that they are here.
  const pixelsOfPixel = (seenAs.rows * seenAs.columns) / (layer.output.rows * layer.output.columns);
  const inputWidth = below.shape.pixelWidth / pixelsOfPixel;
  const gradientBytes = 4 * padded.rows * padded.columns * inputWidth;
  return {
    ...below,
    rowBytes: 4 * tileWidth(below.shape),
    transposed: memory.take(4 * kernelRows * pixelWidth * kernelColumns * inputWidth),
    gradient: memory.take(gradientBytes * samples),
    gradientBytes,
    inputWidth,
    recursion: isLast ? undefined : inputRecursion(shape, neuron, tape),
  };
}

/** Bytes of a thread's scratch, and where in it things lie. */
export interface ConvolutionScratch {
  /** The largest sums of a window so far. */
  readonly best: number;
  /** What this step's spikes add to the gradient: one row. */
  readonly added: number;
  /** Where the list of each position starts, and the lists: places that pass a gradient on, two bytes each. */
  readonly starts: number;
  readonly entries: number;
  readonly bytes: number;
}

export function convolutionScratch({ layer, window, pixelWidth, blockVectors }: ConvolutionShape): ConvolutionScratch {
  const pixels = layer.output.rows * layer.output.columns;
  const positions = pixels * window.size ** 2;
  const added = 16 * blockVectors;
  const starts = added + 4 * (pixels * pixelWidth + 8);
  const entries = starts + 4 * (positions + 1);
  const copies = window.kind === "max" ? 1 : window.size ** 2;
  return { best: 0, added, starts, entries, bytes: entries + 2 * pixels * pixelWidth * copies + 64 };
}
