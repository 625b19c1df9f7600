import assert from "node:assert/strict";
import { test } from "node:test";
import {
  absolute,
  clamped,
  constant,
  cosine,
  differentiate,
  evaluate,
  evaluateFloat,
  exponential,
  logarithm,
  reference,
  sigmoid,
  snapped,
  truncated,
  type Expression,
} from "./index.ts";

const x = reference("x");
const at = (expression: Expression, value: number): number => evaluateFloat(expression, { x: value });

/** Largest error over a range, in units that `scale` gives. */
function worst(
  expression: Expression,
  exact: (x: number) => number,
  [low, high]: readonly [number, number],
  scale: (y: number) => number,
): number {
  let largest = 0;
  for (let i = 0; i <= 20000; i++) {
    const value = Math.fround(low + ((high - low) * i) / 20000);
    largest = Math.max(largest, Math.abs(at(expression, value) - exact(value)) / scale(exact(value)));
  }
  return largest;
}

const ulp = (y: number): number => 2 ** (Math.floor(Math.log2(Math.abs(y))) - 23);

test("e^x is within 2 ulp over the whole range of floats, and saturates beyond", () => {
  assert.ok(worst(exponential(x), Math.exp, [-87, 88], ulp) < 2);
  assert.ok(worst(exponential(x), Math.exp, [-2, 2], ulp) < 2);
  assert.equal(at(exponential(x), 0), 1);
  assert.equal(at(exponential(x), -1000), at(exponential(x), -87));
  assert.equal(at(exponential(x), 1e30), at(exponential(x), 88));
});

test("ln x, cos x and the sigmoid keep their stated errors", () => {
  const fromOne = (y: number): number => Math.max(1, Math.abs(y));
  for (const range of [
    [1e-6, 0.5],
    [0.5, 2],
    [2, 1e6],
  ] as const) {
    assert.ok(worst(logarithm(x), Math.log, range, fromOne) < 1.5e-7);
  }
  assert.ok(worst(cosine(x), Math.cos, [-10, 10], () => 1) < 1e-6);
  assert.ok(worst(sigmoid(x), (v) => 1 / (1 + Math.exp(-v)), [-20, 20], ulp) < 4);
});

test("truncation, absolute value, clamping", () => {
  assert.deepEqual(
    [-1.5, -1, -0.5, 0, 0.5, 1.5].map((v) => at(truncated(x), v) + 0),
    [-1, -1, 0, 0, 0, 1],
  );
  assert.deepEqual(
    [-2, 0, 3].map((v) => at(absolute(x), v) + 0),
    [2, 0, 3],
  );
  assert.deepEqual(
    [-2, 0.25, 3].map((v) => at(clamped(x, constant(0), constant(1)), v)),
    [0, 0.25, 1],
  );
});

test("snapping takes the nearest level, the lower one in a tie, and learns straight through", () => {
  const levels = [-1, -0.25, 0, 0.5, 2];
  const snap = snapped(x, levels);
  for (let v = -2; v < 3; v += 0.03125) {
    const nearest = levels.reduce((best, level) => (Math.abs(level - v) < Math.abs(best - v) ? level : best));
    assert.equal(at(snap, v), nearest, `${v}`);
  }
  const neuron = { name: "snap", state: [], parameters: {}, spike: snap, next: {} };
  const slope = differentiate({ ...neuron, spike: snapped(reference("input"), levels) }, { detachReset: false });
  assert.equal(evaluate(slope.gradients["input"]!, { "gradient.spike": 3, input: 0.3 }), 3);
});
