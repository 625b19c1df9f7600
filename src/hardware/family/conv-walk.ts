// How `hdl/fetch_conv.sv` walks from a spike to accumulators: for each row and column of the input a start and a count, and
// constant steps from there. It needs taps that follow each other without gaps; all but overlapping sums of the input do.

import { assertDefined } from "../../base/index.ts";
import { axisTaps, type ConvolutionLayer, type IntegerConvolution } from "../golden/index.ts";
import { addressBits } from "./geometry.ts";

/** Where the walk of one row or column starts, and how many rows or columns of accumulators it visits. */
export interface AxisWalk {
  readonly count: number;
  readonly kernel: number;
  readonly cell: number;
}

/** The walks of one axis; undefined when taps are not evenly spaced. */
export function axisWalks(convolution: IntegerConvolution, axis: "rows" | "columns"): readonly AxisWalk[] | undefined {
  const walks: AxisWalk[] = [];
  for (const taps of axisTaps(convolution, axis)) {
    const [first] = taps;
    if (first === undefined) {
      walks.push({ count: 0, kernel: 0, cell: 0 });
      continue;
    }
    const even = taps.every(
      ({ kernel, cell }, i) => cell === first.cell + i && kernel === first.kernel - i * convolution.stride,
    );
    if (!even) return undefined;
    walks.push({ count: taps.length, ...first });
  }
  return walks;
}

/** Sizes of a convolution's fetch. */
export interface ConvFetch {
  /** Accumulator words that a spike reaches at one position. */
  readonly tapWords: number;
  /** Words of all output channels. */
  readonly words: number;
  /** Weight words. */
  readonly depth: number;
  readonly countBits: number;
  readonly addressBits: number;
  readonly rows: readonly AxisWalk[];
  readonly columns: readonly AxisWalk[];
}

export function convFetch(layer: ConvolutionLayer, lanes: number): ConvFetch {
  const { convolution } = layer;
  const words = convolution.sums.channels / lanes;
  const { kernelRows, kernelColumns, input, groups } = convolution;
  const depth = kernelRows * kernelColumns * (input.channels / groups) * words;
  const rows = assertDefined(axisWalks(convolution, "rows"), "evenly spaced rows");
  const columns = assertDefined(axisWalks(convolution, "columns"), "evenly spaced columns");
  const most = [...rows, ...columns].reduce((count, walk) => Math.max(count, walk.count), 1);
  return {
    tapWords: words / groups,
    words,
    depth,
    countBits: addressBits(most + 1),
    addressBits: addressBits(depth),
    rows,
    columns,
  };
}

/** Words that a spike of each input visits. Shape [input]. */
export function visitedWords(layer: ConvolutionLayer, lanes: number): Uint32Array {
  const { tapWords, rows, columns } = convFetch(layer, lanes);
  const { channels } = layer.convolution.input;
  const visited = new Uint32Array(layer.inputCount);
  visited.forEach((_, input) => {
    const pixel = Math.floor(input / channels);
    const row = assertDefined(rows[Math.floor(pixel / columns.length)], "row");
    const column = assertDefined(columns[pixel % columns.length], "column");
    visited[input] = row.count * column.count * tapWords;
  });
  return visited;
}
