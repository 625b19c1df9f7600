import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planLanes, safeAdditions } from "./lane-plan.ts";

const wide = { low: -1e6, high: 1e6 };

test("narrow weights are added in narrow lanes, emptied before they can overflow", () => {
  const plan = (weight: number, sums = wide) => planLanes(Int16Array.of(weight, -1), sums);
  assert.deepEqual(plan(1), {
    weightBytes: 1,
    levels: [
      { bits: 8, additions: 127 },
      { bits: 16, additions: 32767 },
      { bits: 32, additions: undefined },
    ],
  });
  assert.deepEqual(plan(-7, { low: -128, high: 127 }), { weightBytes: 1, levels: [{ bits: 8, additions: undefined }] });
  assert.deepEqual(plan(7, { low: -129, high: 0 }).levels, [
    { bits: 8, additions: 18 },
    { bits: 16, additions: undefined },
  ]);
  assert.deepEqual(plan(127).levels, [
    { bits: 16, additions: 258 },
    { bits: 32, additions: undefined },
  ]);
  assert.deepEqual(plan(128), {
    weightBytes: 2,
    levels: [
      { bits: 16, additions: 255 },
      { bits: 32, additions: undefined },
    ],
  });
  assert.deepEqual(plan(-32767), { weightBytes: 2, levels: [{ bits: 32, additions: undefined }] });
});

test("a lane that is emptied in time holds every sum", () => {
  const sums = { low: -(2 ** 31), high: 2 ** 31 - 1 };
  fc.assert(
    fc.property(fc.constantFrom(8 as const, 16 as const), fc.integer({ min: 1, max: 32767 }), (bits, largest) => {
      const additions = safeAdditions(bits, largest, sums) ?? Infinity;
      assert.ok(additions * largest <= 2 ** (bits - 1) - 1);
      assert.ok((additions + 1) * largest > 2 ** (bits - 1) - 1, "and not much too early");
    }),
    { numRuns: 200, seed: 1 },
  );
});
