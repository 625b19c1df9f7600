import { UserError } from "../../base/index.ts";

/** A dense array of 32-bit floats in row-major order. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The number of elements of a shape; 1 for the empty shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The most elements of one array: what signed 32-bit indices reach. */
export const largestElementCount: number = 2 ** 31 - 1;

/** @throws `tensor/too-large` for what no array here may hold, before memory is asked for */
export function assertHoldable(count: number, what: string): void {
  if (count <= largestElementCount) return;
  throw new UserError("tensor/too-large", `${what} has ${count} elements; at most ${largestElementCount} fit`, {
    exit: "resources",
  });
}

/**
 * A tensor of `shape`, filled with zeros or wrapping `data` (not copied).
 * @throws `tensor/shape-mismatch`, `tensor/too-large`
 */
export function tensor(shape: readonly number[], data?: Float32Array): Tensor {
  const expected = elementCount(shape);
  assertHoldable(expected, `a tensor of shape [${shape.join(", ")}]`);
  if (data !== undefined && data.length !== expected) {
    throw new UserError(
      "tensor/shape-mismatch",
      `a tensor of shape [${shape.join(", ")}] has ${expected} elements, got ${data.length}`,
    );
  }
  return { shape, data: data ?? new Float32Array(expected) };
}
