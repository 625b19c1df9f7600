// Layers as convolutions, and the sizes that their kernels are made of.

import {
  cellCount,
  convolvedGrid,
  pooledGrid,
  type ConvLayer,
  type Grid,
  type Layer,
  type Pooling,
} from "../../../model/network/index.ts";
import type { Lanes } from "../memory-layout.ts";

/** Most vectors of sums that a kernel holds at once: they fill the registers where V8 joins two vectors. */
const blockLimit = 16;

export interface ConvolutionShape {
  readonly layer: ConvLayer;
  /** What the kernels read, with its rows and columns of silence. */
  readonly padded: Grid;
  readonly kernelRows: number;
  readonly kernelColumns: number;
  readonly groupInputs: number;
  /** Window over the sums; of size 1 where nothing is pooled. */
  readonly window: Pooling;
  /** Output channels of a group on the places of a pixel. */
  readonly lanes: Lanes;
  /** Places of a pixel. */
  readonly pixelWidth: number;
  /** Vectors that are summed together; a pixel has `blocks` of them, `groupBlocks` to a group. */
  readonly blockVectors: number;
  readonly blocks: number;
  readonly groupBlocks: number;
  readonly seenAs: Grid;
}

/** A layer as a convolution, and the grid as which the layer above sees its neurons. */
export interface GridLayer {
  readonly layer: ConvLayer;
  readonly seenAs: Grid;
}

/**
 * Which layers run as convolutions: those that are, those that pool their input, and whatever feeds one of them. Recurrent and
 * delayed layers among them cannot.
 */
export function gridLayers(layers: readonly Layer[]): readonly (GridLayer | undefined)[] {
  let above: ConvLayer | undefined;
  const found = layers.toReversed().map((layer): GridLayer | undefined => {
    if (above === undefined && layer.kind === "dense" && layer.inputPooling === undefined) return undefined;
    const own = asConvolution(layer);
    const seenAs = layer.kind === "conv" ? layer.output : (above?.inputPooling?.grid ?? above?.input ?? own.output);
    above = own;
    return { layer: own, seenAs };
  });
  return found.toReversed();
}

export function convolutionShape({ layer, seenAs }: GridLayer): ConvolutionShape {
  const { input, padding, groups, weights, pooling, output } = layer;
  const [kernelRows = 0, kernelColumns = 0, groupInputs = 0] = weights.shape;
  // Neurons of a dense layer lie as the pixels that they are for the layer above.
  const laneGroups = cellCount(seenAs) === output.channels ? seenAs.rows * seenAs.columns : 1;
  const count = output.channels / (laneGroups * groups);
  const vectors = Math.ceil(count / 4);
  const groupBlocks = Math.ceil(vectors / blockLimit);
  const blockVectors = Math.ceil(vectors / groupBlocks);
  const width = 4 * groupBlocks * blockVectors;
  return {
    layer,
    padded: { ...input, rows: input.rows + 2 * padding, columns: input.columns + 2 * padding },
    kernelRows,
    kernelColumns,
    groupInputs,
    window: pooling ?? { kind: "max", size: 1, stride: 1 },
    lanes: { count, width },
    pixelWidth: laneGroups * groups * width,
    blockVectors,
    blocks: laneGroups * groups * groupBlocks,
    groupBlocks,
    seenAs,
  };
}

/** Sums over all of a layer's positions: what a dense pass would multiply in one step. */
export function multiplicationCount(layer: Layer): number {
  if (layer.kind === "dense") return layer.weights.data.length;
  const { rows, columns } = convolvedGrid(layer);
  return rows * columns * layer.weights.data.length;
}

// ---------------------------------------------------------------------------------------------------------------------

/** The same sums in the same order: a dense layer is one position whose kernel covers its whole input. */
function asConvolution(layer: Layer): ConvLayer {
  if (layer.kind === "conv") return layer;
  const { name, neuronCount, neuron, neuronParameters, bias, weights, inputPooling: pooling, normalization } = layer;
  const input = pooling === undefined ? flat(weights.shape[0] ?? 0) : pooledGrid(pooling.grid, pooling);
  return {
    kind: "conv",
    name,
    neuronCount,
    neuron,
    input,
    output: flat(neuronCount),
    stride: 1,
    padding: 0,
    groups: 1,
    weights: { ...weights, shape: [input.rows, input.columns, input.channels, neuronCount] },
    ...(bias === undefined ? {} : { bias }),
    ...(neuronParameters === undefined ? {} : { neuronParameters }),
    ...(pooling === undefined ? {} : { inputPooling: pooling }),
    ...(normalization === undefined ? {} : { normalization }),
  };
}

function flat(channels: number): Grid {
  return { rows: 1, columns: 1, channels };
}
