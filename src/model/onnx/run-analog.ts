// The meaning of an analog network: plain loops with 64-bit sums, one sample at a time.

import { assertDefined, shownName, UserError } from "../../base/index.ts";
import type { AnalogNetwork, AnalogOperation, AnalogTensor, AnalogWindow } from "./analog-network.ts";

/**
 * Every value of one sample, by name.
 * @throws `onnx/shape-mismatch`, `onnx/too-large` naming the operation
 */
export function runAnalog(network: AnalogNetwork, input: AnalogTensor): ReadonlyMap<string, AnalogTensor> {
  const values = new Map([[network.input.name, input]]);
  for (const operation of network.operations) {
    const [first, second] = operation.inputs.map((name) => assertDefined(values.get(name), name));
    values.set(operation.output, apply(operation, assertDefined(first, "input"), second));
  }
  return values;
}

// ---------------------------------------------------------------------------------------------------------------------

function mismatch({ name, kind }: AnalogOperation, expected: string, got: readonly number[]): UserError {
  return new UserError(
    "onnx/shape-mismatch",
    `${shownName(name)} (${kind}): expected ${expected}, got [${got.join(", ")}]`,
  );
}

function apply(operation: AnalogOperation, x: AnalogTensor, other: AnalogTensor | undefined): AnalogTensor {
  switch (operation.kind) {
    case "dense":
      return dense(operation, x);
    case "conv":
      return convolved(operation, x);
    case "batchNorm":
      return normalized(operation, x);
    case "relu":
      return { shape: x.shape, data: x.data.map((value) => Math.max(0, value)) };
    case "pool":
      return pooled(operation, x);
    case "globalAverage": {
      const [channels = 1, ...plane] = x.shape;
      const size = plane.reduce((product, length) => product * length, 1);
      const means = Float32Array.from(
        { length: channels },
        (_, c) => x.data.subarray(c * size, (c + 1) * size).reduce((a, b) => a + b, 0) / size,
      );
      return { shape: [channels, 1, 1], data: means };
    }
    case "flatten":
      return { shape: [x.data.length], data: x.data };
    case "add":
      return added(operation, x, operation.constant ?? other);
    default:
      return operation satisfies never;
  }
}

function dense(operation: Extract<AnalogOperation, { kind: "dense" }>, x: AnalogTensor): AnalogTensor {
  const [inputs = 0, outputs = 0] = operation.weights.shape;
  if (x.data.length !== inputs) throw mismatch(operation, `${inputs} values`, x.shape);
  const data = Float32Array.from({ length: outputs }, (_, o) => {
    let sum = operation.bias?.[o] ?? 0;
    for (let i = 0; i < inputs; i++) sum += (x.data[i] ?? 0) * (operation.weights.data[i * outputs + o] ?? 0);
    return sum;
  });
  return { shape: [outputs], data };
}

/** Most values of one result: padding and strides of a small file can ask for any number. */
const mostCells = 2 ** 26;

interface Frame {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  readonly outRows: number;
  readonly outColumns: number;
}

function frameOf(operation: AnalogOperation & AnalogWindow, x: AnalogTensor, size: readonly [number, number]): Frame {
  const [channels = 0, rows = 0, columns = 0] = x.shape;
  const [top, left, bottom, right] = operation.padding;
  const count = (length: number, before: number, after: number, axis: 0 | 1): number =>
    Math.floor((length + before + after - operation.dilation[axis] * (size[axis] - 1) - 1) / operation.stride[axis]) +
    1;
  const [outRows, outColumns] = [count(rows, top, bottom, 0), count(columns, left, right, 1)];
  if (x.shape.length !== 3 || outRows < 1 || outColumns < 1)
    throw mismatch(operation, `[channel, row, column] of at least ${size.join(" × ")}`, x.shape);
  if (channels * outRows * outColumns > mostCells) {
    const message = `${shownName(operation.name)}: it would give ${outRows} × ${outColumns} cells of ${channels} channels`;
    throw new UserError("onnx/too-large", message);
  }
  return { channels, rows, columns, outRows, outColumns };
}

/** Visits the cells of one window that lie on the image. */
function visit(
  operation: AnalogWindow,
  frame: Frame,
  size: readonly [number, number],
  at: readonly [number, number],
  see: (row: number, column: number, cell: number) => void,
): void {
  for (let ky = 0; ky < size[0]; ky++) {
    const row = at[0] * operation.stride[0] + ky * operation.dilation[0] - operation.padding[0];
    if (row < 0 || row >= frame.rows) continue;
    for (let kx = 0; kx < size[1]; kx++) {
      const column = at[1] * operation.stride[1] + kx * operation.dilation[1] - operation.padding[1];
      if (column >= 0 && column < frame.columns) see(row, column, ky * size[1] + kx);
    }
  }
}

function convolved(operation: Extract<AnalogOperation, { kind: "conv" }>, x: AnalogTensor): AnalogTensor {
  const [outputs = 0, perGroup = 0, rows = 0, columns = 0] = operation.weights.shape;
  const size = [rows, columns] as const;
  const frame = frameOf(operation, x, size);
  if (frame.channels !== perGroup * operation.groups)
    throw mismatch(operation, `${perGroup * operation.groups} channels`, x.shape);
  const data = new Float32Array(outputs * frame.outRows * frame.outColumns);
  let to = 0;
  for (let o = 0; o < outputs; o++) {
    const first = Math.floor(o / (outputs / operation.groups)) * perGroup;
    for (let y = 0; y < frame.outRows; y++) {
      for (let z = 0; z < frame.outColumns; z++) {
        let sum = operation.bias?.[o] ?? 0;
        for (let i = 0; i < perGroup; i++) {
          visit(operation, frame, size, [y, z], (row, column, cell) => {
            const value = x.data[((first + i) * frame.rows + row) * frame.columns + column] ?? 0;
            sum += value * (operation.weights.data[(o * perGroup + i) * rows * columns + cell] ?? 0);
          });
        }
        data[to++] = sum;
      }
    }
  }
  return { shape: [outputs, frame.outRows, frame.outColumns], data };
}

function pooled(operation: Extract<AnalogOperation, { kind: "pool" }>, x: AnalogTensor): AnalogTensor {
  const frame = frameOf(operation, x, operation.size);
  const data = new Float32Array(frame.channels * frame.outRows * frame.outColumns);
  let to = 0;
  for (let channel = 0; channel < frame.channels; channel++) {
    for (let y = 0; y < frame.outRows; y++) {
      for (let z = 0; z < frame.outColumns; z++) {
        let [sum, most, count] = [0, Number.NEGATIVE_INFINITY, 0];
        visit(operation, frame, operation.size, [y, z], (row, column) => {
          const value = x.data[(channel * frame.rows + row) * frame.columns + column] ?? 0;
          [sum, most, count] = [sum + value, Math.max(most, value), count + 1];
        });
        const cells = operation.countsPadding ? operation.size[0] * operation.size[1] : count;
        data[to++] = operation.of === "max" ? most : sum / cells;
      }
    }
  }
  return { shape: [frame.channels, frame.outRows, frame.outColumns], data };
}

function normalized(operation: Extract<AnalogOperation, { kind: "batchNorm" }>, x: AnalogTensor): AnalogTensor {
  const [channels = 0] = x.shape;
  const { scale, shift, mean, variance, epsilon } = operation;
  if (scale.length !== channels) throw mismatch(operation, `${scale.length} channels`, x.shape);
  const plane = x.data.length / channels;
  const data = x.data.map((value, at) => {
    const c = Math.floor(at / plane);
    return ((value - (mean[c] ?? 0)) / Math.sqrt((variance[c] ?? 0) + epsilon)) * (scale[c] ?? 0) + (shift[c] ?? 0);
  });
  return { shape: x.shape, data };
}

function added(operation: AnalogOperation, x: AnalogTensor, other: AnalogTensor | undefined): AnalogTensor {
  if (other === undefined) throw mismatch(operation, "two inputs", x.shape);
  const { length } = other.data;
  if (length === x.data.length || length === 1) {
    return { shape: x.shape, data: x.data.map((value, i) => value + (other.data[length === 1 ? 0 : i] ?? 0)) };
  }
  // A constant per channel has shape [channel, 1, 1].
  const [channels = 0] = x.shape;
  if (length !== channels) throw mismatch(operation, `${length} values or channels`, x.shape);
  const plane = x.data.length / channels;
  return { shape: x.shape, data: x.data.map((value, i) => value + (other.data[Math.floor(i / plane)] ?? 0)) };
}
