import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../base/index.ts";
import { fitQuantizer, largestLevel, levelRange, onGrid, quantizeValue, type Quantizer } from "./index.ts";

test("levels are symmetric: ternary, 4 bits, 8 bits", () => {
  assert.deepEqual([2, 3, 4, 8].map(largestLevel), [1, 3, 7, 127]);
});

test("to the nearest level, ties away from zero, limited at both ends", () => {
  const half: Quantizer = { bits: 4, scale: 0.5 };
  const values = [0, 0.24, 0.25, -0.24, -0.25, 0.75, -0.75, 1.26, 3.5, 99, -99, Infinity, -Infinity];
  assert.deepEqual(
    values.map((value) => quantizeValue(half, value)),
    [0, 0, 1, 0, -1, 2, -2, 3, 7, 7, -7, 7, -7],
  );
  assert.ok(Object.is(quantizeValue(half, -0.1), 0), "no negative zero");
});

test("two bits are ternary", () => {
  const ternary: Quantizer = { bits: 2, scale: 1 };
  assert.deepEqual(
    [-3, -0.5, -0.49, 0.49, 0.5, 3].map((value) => quantizeValue(ternary, value)),
    [-1, -1, 0, 0, 1, 1],
  );
});

test("quantizing is odd, monotone, idempotent, and off by half a step at most inside the range", () => {
  const quantizers = fc.record({ bits: fc.integer({ min: 2, max: 8 }), scale: fc.constantFrom(0.25, 0.5, 1, 2) });
  const values = fc.double({ min: -500, max: 500, noNaN: true });
  fc.assert(
    fc.property(quantizers, values, values, (quantizer, a, b) => {
      const level = quantizeValue(quantizer, a);
      assert.equal(quantizeValue(quantizer, -a), 0 - level);
      assert.ok((a - b) * (level - quantizeValue(quantizer, b)) >= 0);
      assert.equal(quantizeValue(quantizer, level * quantizer.scale), level);
      const limit = largestLevel(quantizer.bits);
      if (Math.abs(a) <= limit * quantizer.scale) {
        assert.ok(Math.abs(a - level * quantizer.scale) <= quantizer.scale / 2);
      } else assert.equal(level, limit * Math.sign(a));
    }),
    { seed: 21, numRuns: 500 },
  );
});

test("a fitted quantizer has no more error than one that spans the largest value", () => {
  const random = randomStream(8, "quantizer");
  const error = (quantizer: Quantizer, values: Float32Array): number =>
    values.reduce((sum, v) => sum + (v - quantizeValue(quantizer, v) * quantizer.scale) ** 2, 0);
  for (const bits of [2, 3, 4, 6, 8]) {
    const values = Float32Array.from({ length: 400 }, () => random.normal());
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const fitted = fitQuantizer(values, bits);
    const spanning = { bits, scale: largest / largestLevel(bits) };
    assert.ok(error(fitted, values) <= error(spanning, values));
    if (bits <= 4) assert.ok(error(fitted, values) < 0.8 * error(spanning, values), `${bits} bits clip outliers`);
  }
});

test("values on a grid are found again; all zero has the scale 1", () => {
  const onGrid = Float32Array.from([-7, -3, 0, 2, 7], (level) => level * 0.125);
  assert.deepEqual(fitQuantizer(onGrid, 4), { bits: 4, scale: 0.125 });
  assert.deepEqual(fitQuantizer(new Float32Array(3), 4), { bits: 4, scale: 1 });
  assert.deepEqual(fitQuantizer(new Float32Array(0), 4), { bits: 4, scale: 1 });
});

test("bits outside 1…16 are refused", () => {
  for (const bits of [0, 17, 4.5, Number.NaN]) {
    assert.throws(() => fitQuantizer(Float32Array.from([1]), bits), {
      code: "quantizer/bits",
      message: `quantizer: expected 1…16 whole bits, got ${bits}`,
    });
  }
});

test("one bit is a sign; the scale is the mean magnitude", () => {
  assert.deepEqual(
    [-3, -0.1, 0.1, 3].map((value) => quantizeValue({ bits: 1, scale: 1 }, value)),
    [-1, -1, 1, 1],
  );
  assert.deepEqual(fitQuantizer(Float32Array.of(-3, 0, 1), 1), { bits: 1, scale: 2 });
});

test("asymmetric grids keep 0, and reach further on one side", () => {
  const quantizer: Quantizer = { bits: 3, scale: 0.5, zeroPoint: -3 };
  assert.deepEqual(levelRange(quantizer), { low: -1, high: 6 });
  assert.deepEqual(
    [-9, -0.5, 0, 0.3, 9].map((value) => quantizeValue(quantizer, value)),
    [-1, -1, 0, 1, 6],
  );
});

test("every channel has its own unit", () => {
  const quantizer: Quantizer = { bits: 3, scale: 1, channelScales: Float32Array.of(1, 0.25) };
  assert.deepEqual([...onGrid(quantizer, Float32Array.of(1.2, 0.3, -9, -9), 2)], [1, 0.25, -3, -0.75]);
});
