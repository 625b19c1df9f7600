// A convolution as integers: what arrives at a pixel reaches certain cells through certain kernel positions, and because kernels,
// strides, padding and summing windows are all separable, rows and columns can be looked at one by one.

import { assertDefined } from "../../base/index.ts";
import type { Grid } from "../../model/network/index.ts";

/** Windows of `size` × `size`, `stride` apart; what does not fill a window is left out. */
export interface Windows {
  readonly size: number;
  readonly stride: number;
}

/** Cells are numbered channels-last: (row · columns + column) · channels + channel. */
export interface IntegerConvolution {
  /** The spikes that arrive. */
  readonly input: Grid;
  /** A kernel sees window sums of the input. */
  readonly inputSums?: Windows | undefined;
  readonly kernelRows: number;
  readonly kernelColumns: number;
  readonly stride: number;
  /** Rows and columns of silence around what the kernel sees. */
  readonly padding: number;
  readonly groups: number;
  /** Where weights are added: the accumulators. */
  readonly sums: Grid;
  /** A neuron sees the largest accumulator of its window. */
  readonly largest?: Windows | undefined;
  /** The neurons. */
  readonly output: Grid;
}

/** One way from a row (or column) that arrives to a row (or column) of accumulators. */
export interface AxisTap {
  readonly kernel: number;
  readonly cell: number;
}

/** How many windows fit. */
export function windowCount(length: number, { size, stride }: Windows): number {
  return Math.max(0, Math.floor((length - size) / stride) + 1);
}

/** All ways along one axis, for every arriving row or column; cells ascending. */
export function axisTaps(convolution: IntegerConvolution, axis: "rows" | "columns"): readonly (readonly AxisTap[])[] {
  const { input, inputSums, stride, padding } = convolution;
  const kernel = axis === "rows" ? convolution.kernelRows : convolution.kernelColumns;
  const arriving = input[axis];
  const seen = inputSums === undefined ? arriving : windowCount(arriving, inputSums);
  return Array.from({ length: arriving }, (_, x) => {
    const found: AxisTap[] = [];
    for (const position of windowsAround(x, seen, inputSums)) {
      for (let k = kernel - 1; k >= 0; k--) {
        const cell = (position + padding - k) / stride;
        if (Number.isInteger(cell) && cell >= 0 && cell < convolution.sums[axis]) found.push({ kernel: k, cell });
      }
    }
    return found.sort((a, b) => a.cell - b.cell);
  });
}

/** For each input pixel, pairs of (kernel position, accumulator position). Shape [pixel][tap · 2]. */
export function pixelTaps(convolution: IntegerConvolution): readonly Int32Array[] {
  const [rows, columns] = [axisTaps(convolution, "rows"), axisTaps(convolution, "columns")];
  const { kernelColumns, sums } = convolution;
  return rows.flatMap((rowTaps) =>
    columns.map((columnTaps) =>
      Int32Array.from(
        rowTaps.flatMap((row) =>
          columnTaps.flatMap((column) => [
            row.kernel * kernelColumns + column.kernel,
            row.cell * sums.columns + column.cell,
          ]),
        ),
      ),
    ),
  );
}

/** Call `visit` for every accumulator that a spike of `input` reaches, with its weight's index. */
export type SynapseWalk = (input: number, visit: (cell: number, weight: number) => void) => void;

/** @param channels  Output channels: the last axis of the weights. */
export function convolutionWalk(convolution: IntegerConvolution): SynapseWalk {
  const { input, groups, sums } = convolution;
  const taps = pixelTaps(convolution);
  const { channels } = sums;
  const [groupInputs, groupOutputs] = [input.channels / groups, channels / groups];
  return (arriving, visit) => {
    const channel = arriving % input.channels;
    const pixel = assertDefined(taps[(arriving - channel) / input.channels], "pixel");
    const first = Math.floor(channel / groupInputs) * groupOutputs;
    for (let tap = 0; tap < pixel.length; tap += 2) {
      const weights = ((pixel[tap] ?? 0) * groupInputs + (channel % groupInputs)) * channels;
      const cells = (pixel[tap + 1] ?? 0) * channels;
      for (let c = first; c < first + groupOutputs; c++) visit(cells + c, weights + c);
    }
  };
}

/** The windows, of `count`, that contain `position`; without windows the position itself. */
export function windowsAround(position: number, count: number, windows: Windows | undefined): number[] {
  if (windows === undefined) return position < count ? [position] : [];
  const first = Math.max(0, Math.ceil((position - windows.size + 1) / windows.stride));
  const last = Math.min(count - 1, Math.floor(position / windows.stride));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
