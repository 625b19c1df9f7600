// What NIR's nodes without neurons do to the values of one step. Sums are formed in 64-bit floats and rounded once: frameworks add
// in orders of their own, and this is nearest to all of them.

import { assertDefined, BugError } from "../../base/index.ts";
import { fieldList, fieldNumbers, type NirPrimitive } from "./graph.ts";
import { cellsOf, windowCount, windowsOf, type Window } from "./shapes.ts";

/** Writes what a node gives for what arrives into `out`. */
export type Operator = (arriving: Float32Array, out: Float32Array) => void;

export interface OperatorShape {
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Seconds. */
  readonly step: number;
}

/** The operator of a node that is no neuron, in its state before the first step. */
export function operatorOf(node: NirPrimitive, shape: OperatorShape): Operator {
  switch (node.type) {
    case "Input":
    case "Output":
    case "Flatten":
      return (arriving, out) => out.set(arriving);
    case "Affine":
    case "Linear":
      return matrix(node);
    case "Conv1d":
    case "Conv2d":
      return convolution(node, shape);
    case "SumPool2d":
    case "AvgPool2d":
      return pooling(node, shape);
    case "Scale":
      return elementwise(node, "scale", (x, scale) => x * scale);
    case "Threshold":
      return elementwise(node, "threshold", (x, threshold) => (x > threshold ? 1 : 0));
    case "Delay":
      return delay(node, shape);
    case "I":
    case "IF":
    case "LI":
    case "LIF":
    case "CubaLI":
    case "CubaLIF":
      throw new BugError(`${node.type} is a neuron`);
    default:
      return node.type satisfies never;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function valuesOf(node: NirPrimitive, field: string): Float32Array | Float64Array {
  return assertDefined(fieldNumbers(node, field), field).values;
}

function elementwise(node: NirPrimitive, field: string, apply: (x: number, own: number) => number): Operator {
  const own = valuesOf(node, field);
  return (arriving, out) => {
    for (let n = 0; n < out.length; n++) out[n] = apply(arriving[n] ?? 0, own[own.length === 1 ? 0 : n] ?? 0);
  };
}

function matrix(node: NirPrimitive): Operator {
  const [outputs = 0, inputs = 0] = assertDefined(fieldNumbers(node, "weight"), "weight").shape;
  const weights = valuesOf(node, "weight");
  // One row per input, so that silent inputs cost nothing.
  const rows = new Float64Array(weights.length);
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++) rows[i * outputs + o] = weights[o * inputs + i] ?? 0;
  const bias = fieldNumbers(node, "bias")?.values;
  const sums = new Float64Array(outputs);
  return (arriving, out) => {
    sums.fill(0);
    for (let i = 0; i < inputs; i++) {
      const x = arriving[i] as number;
      if (x === 0) continue;
      const row = i * outputs;
      for (let o = 0; o < outputs; o++) sums[o] = (sums[o] as number) + x * (rows[row + o] as number);
    }
    for (let o = 0; o < outputs; o++) out[o] = (sums[o] as number) + (bias?.[o] ?? 0);
  };
}

/** A line is an image of one row. */
function planar(shape: readonly number[]): {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
} {
  const [channels = 1, first = 1, second] = shape;
  return second === undefined ? { channels, rows: 1, columns: first } : { channels, rows: first, columns: second };
}

const single: Window = { size: 1, stride: 1, dilation: 1, before: 0, after: 0 };

function planarWindows(node: NirPrimitive): readonly [rows: Window, columns: Window] {
  const [first = single, second] = windowsOf(node);
  return second === undefined ? [single, first] : [first, second];
}

/** Every value that arrives is spread to the sums that it belongs to. */
function convolution(node: NirPrimitive, shape: OperatorShape): Operator {
  const input = planar(shape.input);
  const output = planar(shape.output);
  const [tall, wide] = planarWindows(node);
  const groups = fieldList(node, "groups")?.[0] ?? 1;
  const weights = valuesOf(node, "weight");
  const bias = valuesOf(node, "bias");
  const perGroup = input.channels / groups;
  const outPerGroup = output.channels / groups;
  const plane = output.rows * output.columns;
  const kernelCells = tall.size * wide.size;
  const sums = new Float64Array(cellsOf(shape.output));
  const spread = (x: number, channel: number, row: number, column: number): void => {
    const firstOut = Math.floor(channel / perGroup) * outPerGroup;
    for (let ky = 0; ky < tall.size; ky++) {
      const oy = target(row, ky, tall, output.rows);
      if (oy < 0) continue;
      for (let kx = 0; kx < wide.size; kx++) {
        const ox = target(column, kx, wide, output.columns);
        if (ox < 0) continue;
        for (let o = firstOut; o < firstOut + outPerGroup; o++) {
          const weight = weights[(o * perGroup + (channel % perGroup)) * kernelCells + ky * wide.size + kx] as number;
          const at = o * plane + oy * output.columns + ox;
          sums[at] = (sums[at] as number) + x * weight;
        }
      }
    }
  };
  return (arriving, out) => {
    sums.fill(0);
    let at = 0;
    for (let channel = 0; channel < input.channels; channel++) {
      for (let row = 0; row < input.rows; row++) {
        for (let column = 0; column < input.columns; column++, at++) {
          const x = arriving[at] as number;
          if (x !== 0) spread(x, channel, row, column);
        }
      }
    }
    for (let cell = 0; cell < sums.length; cell++)
      out[cell] = (sums[cell] as number) + (bias[Math.floor(cell / plane)] ?? 0);
  };
}

/** The window in which the input at `place` is kernel cell `cell`, or −1. */
function target(place: number, cell: number, { stride, dilation, before }: Window, count: number): number {
  const start = place + before - cell * dilation;
  const window = start / stride;
  return start >= 0 && Number.isInteger(window) && window < count ? window : -1;
}

function pooling(node: NirPrimitive, shape: OperatorShape): Operator {
  const input = planar(shape.input);
  const [tall, wide] = planarWindows(node);
  const rows = windowCount(input.rows, tall);
  const columns = windowCount(input.columns, wide);
  // As PyTorch: cells of the padding count as zeros.
  const divisor = node.type === "AvgPool2d" ? tall.size * wide.size : 1;
  const sumOf = (arriving: Float32Array, channel: number, oy: number, ox: number): number => {
    let sum = 0;
    for (let ky = 0; ky < tall.size; ky++) {
      const row = oy * tall.stride + ky * tall.dilation - tall.before;
      if (row < 0 || row >= input.rows) continue;
      for (let kx = 0; kx < wide.size; kx++) {
        const column = ox * wide.stride + kx * wide.dilation - wide.before;
        if (column < 0 || column >= input.columns) continue;
        sum += arriving[(channel * input.rows + row) * input.columns + column] as number;
      }
    }
    return sum;
  };
  return (arriving, out) => {
    let at = 0;
    for (let channel = 0; channel < input.channels; channel++) {
      for (let oy = 0; oy < rows; oy++) {
        for (let ox = 0; ox < columns; ox++) out[at++] = sumOf(arriving, channel, oy, ox) / divisor;
      }
    }
  };
}

/** Every cell has its own delay, rounded to whole steps. */
function delay(node: NirPrimitive, { output, step }: OperatorShape): Operator {
  const own = valuesOf(node, "delay");
  const count = cellsOf(output);
  const steps = Array.from({ length: count }, (_, n) => Math.round((own[own.length === 1 ? 0 : n] ?? 0) / step));
  const length = steps.reduce((most, own) => Math.max(most, own), 0) + 1;
  const kept = new Float32Array(length * count);
  let now = 0;
  return (arriving, out) => {
    kept.set(arriving, now * count);
    steps.forEach((late, n) => (out[n] = kept[((now - late + length) % length) * count + n] ?? 0));
    now = (now + 1) % length;
  };
}
