import assert from "node:assert/strict";
import { test } from "node:test";
import { meanInterval } from "./index.ts";

test("the 95 % interval of a mean, by hand", () => {
  assert.deepEqual(meanInterval([2]), { mean: 2, half: undefined });
  const { mean, half } = meanInterval([1, 2, 3, 4, 5]);
  assert.equal(mean, 3);
  // Standard deviation √2.5, five values, t = 2.776.
  assert.ok(Math.abs(half! - 2.776 * Math.sqrt(2.5 / 5)) < 1e-12);
  assert.deepEqual(meanInterval([7, 7, 7]), { mean: 7, half: 0 });
});
