import assert from "node:assert/strict";
import { test } from "node:test";
import { partAfter } from "./compile-batch.ts";

test("the part after a part ends with its batch, and nothing follows on the last", () => {
  const order = Uint32Array.from({ length: 11 }, (_, i) => 100 + i);
  const found: number[][] = [];
  for (let part: Uint32Array = order.subarray(0, 2); part.length > 0; part = partAfter(part, 5, 2))
    found.push([...part]);
  assert.deepEqual(found, [[100, 101], [102, 103], [104], [105, 106], [107, 108], [109], [110]]);
});
