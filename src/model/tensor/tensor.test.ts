import assert from "node:assert/strict";
import { test } from "node:test";
import { elementCount, tensor } from "./index.ts";

test("elements of a shape", () => {
  assert.equal(elementCount([2, 3, 4]), 24);
  assert.equal(elementCount([]), 1);
  assert.equal(elementCount([5, 0]), 0);
});

test("a tensor is zero, or wraps its data without a copy", () => {
  assert.deepEqual([...tensor([2, 2]).data], [0, 0, 0, 0]);
  const data = Float32Array.from([1, 2]);
  assert.equal(tensor([2], data).data, data);
});

test("data of another size is refused", () => {
  assert.throws(() => tensor([2, 3], new Float32Array(5)), {
    code: "tensor/shape-mismatch",
    message: "a tensor of shape [2, 3] has 6 elements, got 5",
  });
});
