import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAxis } from "./axis.ts";

const range = [0, 100] as const;

test("shares never go beyond 0 and 100 %", () => {
  const axis = makeAxis({ values: [0.781, 0.995], unit: "1", format: "percent", range, tickCount: 6 });
  assert.equal(axis.at(1), 100);
  assert.equal(axis.ticks.at(-1)!.text, "100");
});

test("values over a factor of 30 get a logarithmic axis, where that is allowed", () => {
  const values = [1.2e-9, 82e-9];
  assert.equal(makeAxis({ values, unit: "J", range, tickCount: 7, mayBeLog: true }).isLog, true);
  assert.equal(makeAxis({ values, unit: "J", range, tickCount: 7 }).isLog, false);
  assert.equal(makeAxis({ values: [0, 1], unit: "J", range, tickCount: 7, mayBeLog: true }).isLog, false);
  const log = makeAxis({ values, unit: "J", range, tickCount: 7, mayBeLog: true });
  assert.deepEqual(
    log.ticks.map(({ text }) => text),
    ["2", "5", "10", "20", "50"],
  );
});

test("an axis exists for no value, one value and many equal values", () => {
  for (const values of [[], [3], [0, 0], [Number.NaN], [1e308]]) {
    const axis = makeAxis({ values, unit: "J", range, tickCount: 5 });
    assert.ok(axis.ticks.length > 1 && axis.ticks.every(({ position }) => Number.isFinite(position)));
  }
  const bar = makeAxis({ values: [5], unit: "1", range, tickCount: 5, fromZero: true });
  assert.equal(bar.at(0), 0);
});
