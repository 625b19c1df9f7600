// The shapes of a packed layer: what walks over synapses relies on them, so nothing here may walk before it is checked.

import { z } from "zod";
import { cellCount } from "../../model/network/index.ts";
import { windowCount, type IntegerConvolution, type Windows } from "./convolution.ts";
import { unionCount, type SpikeUnion } from "./pooling.ts";
import { eventCount, sumCount, weightColumns, weightCount, type SynapseShape } from "./synapses.ts";

const size = z
  .int()
  .min(1)
  .max(2 ** 14);
const gridSchema = z.strictObject({ rows: size, columns: size, channels: size });
const windows = { size, stride: size };
const windowsSchema = z.strictObject(windows);

export const unionSchema: z.ZodType<SpikeUnion> = z.strictObject({ ...windows, grid: gridSchema });

export const convolutionSchema: z.ZodType<IntegerConvolution> = z.strictObject({
  input: gridSchema,
  inputSums: windowsSchema.optional(),
  kernelRows: size,
  kernelColumns: size,
  stride: size,
  padding: z
    .int()
    .min(0)
    .max(2 ** 14),
  groups: size,
  sums: gridSchema,
  largest: windowsSchema.optional(),
  output: gridSchema,
});

/** Synapses that a check may walk over. */
const mostSynapses = 2 ** 30;

/** What is wrong with the sizes of a layer's synapses, the first thing only. */
export function checkSynapses(
  layer: SynapseShape & { readonly weights: Int16Array; readonly bias?: Int32Array | undefined },
): string[] {
  const { convolution, weights, bias, neuronCount, inputCount } = layer;
  if (convolution !== undefined) {
    if (layer.isRecurrent === true) return ["a convolution cannot be recurrent"];
    const wrong = checkConvolution(convolution, inputCount, neuronCount);
    if (wrong !== undefined) return [wrong];
  }
  const expected = weightCount(layer);
  if (weights.length !== expected) {
    const what = convolution === undefined ? `${eventCount(layer)} × ${neuronCount}` : String(expected);
    return [`expected ${what} weights, got ${weights.length}`];
  }
  const columns = weightColumns(layer);
  if (bias !== undefined && bias.length !== columns) return [`expected ${columns} biases, got ${bias.length}`];
  const wide = bias?.find((value) => Math.abs(value) > 2 ** 24);
  if (wide !== undefined) return [`a bias is ${wide}, more than 25 bits`];
  if (sumCount(layer) * weights.length > mostSynapses * columns) return ["it has more synapses than can be checked"];
  return [];
}

/** What is wrong with a union of `cellsBefore` spikes. */
export function checkUnion(union: SpikeUnion | undefined, cellsBefore: number): string | undefined {
  if (union === undefined) return undefined;
  if (cellCount(union.grid) !== cellsBefore) return `its union covers ${cellCount(union.grid)} cells of ${cellsBefore}`;
  return union.size > Math.min(union.grid.rows, union.grid.columns) || unionCount(union) < 1
    ? "its union leaves nothing"
    : undefined;
}

// ---------------------------------------------------------------------------------------------------------------------

function checkConvolution(c: IntegerConvolution, inputCount: number, neuronCount: number): string | undefined {
  if (cellCount(c.input) !== inputCount) return `its input has ${cellCount(c.input)} cells, ${inputCount} arrive`;
  if (cellCount(c.output) !== neuronCount) return `its output has ${cellCount(c.output)} cells of ${neuronCount}`;
  if (c.input.channels % c.groups !== 0 || c.sums.channels % c.groups !== 0)
    return `${c.groups} groups do not divide it`;
  if (c.sums.channels !== c.output.channels) return "accumulators and neurons differ in channels";
  for (const [axis, kernel] of [
    ["rows", c.kernelRows],
    ["columns", c.kernelColumns],
  ] as const) {
    const counted = (length: number, windowed: Windows | undefined): number =>
      windowed === undefined ? length : windowCount(length, windowed);
    const sums = Math.floor((counted(c.input[axis], c.inputSums) + 2 * c.padding - kernel) / c.stride) + 1;
    const output = counted(sums, c.largest);
    if (sums !== c.sums[axis]) return `expected ${sums} ${axis} of accumulators, got ${c.sums[axis]}`;
    if (output !== c.output[axis]) return `expected ${output} ${axis} of neurons, got ${c.output[axis]}`;
  }
  return undefined;
}
