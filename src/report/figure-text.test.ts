import assert from "node:assert/strict";
import { test } from "node:test";
import { quantity } from "../base/index.ts";
import {
  axisUnit,
  figureText,
  formatBand,
  formatFigure,
  formatPercent,
  kindsOf,
  unknownReason,
} from "./figure-text.ts";

test("a figure is printed with prefix, badge and band", () => {
  const energy = quantity(0.92e-6, "J", "estimated", "test", { low: 0.74e-6, high: 1.1e-6 });
  assert.equal(figureText(energy), "920 nJ EST (740 nJ – 1.1 µJ)");
  assert.equal(figureText(quantity(1388, "cell", "placed", "test")), "1,388 cells PNR");
  assert.equal(figureText(quantity(0.9583, "1", "simulated", "test"), "percent"), "95.8 % SIM");
});

test("a band takes digits away, never adds a false one", () => {
  const wide = quantity(1.8234e-6, "J", "estimated", "test", { low: 1e-6, high: 3e-6 });
  assert.equal(formatFigure(wide), "1.8 µJ");
  assert.equal(formatBand(wide), "1 – 3 µJ");
  const narrow = quantity(1.8234e-6, "J", "measured", "test", { low: 1.8233e-6, high: 1.8235e-6 });
  assert.equal(formatFigure(narrow), "1.823 µJ");
});

test("unknown says why and is never 0", () => {
  assert.equal(figureText({ unknown: "not placed" }), "unknown: not placed");
  const nan = quantity(Number.NaN, "J", "estimated", "test");
  assert.equal(figureText(nan), "unknown: not a finite number (NaN)");
  assert.equal(formatFigure(nan), "unknown");
  assert.equal(unknownReason(quantity(0, "J", "estimated", "test")), undefined);
  assert.equal(formatPercent(Number.NaN), "unknown");
});

test("one prefix for an axis, from its largest value", () => {
  assert.deepEqual(axisUnit([1e-9, 3e-6], "J"), { factor: 1e-6, label: "µJ" });
  assert.deepEqual(axisUnit([], "J"), { factor: 1, label: "J" });
  assert.deepEqual(axisUnit([12], "cell"), { factor: 1, label: "cells" });
  assert.deepEqual(axisUnit([0.5], "1", "percent"), { factor: 0.01, label: "%" });
});

test("kinds are listed from weak to strong, unknown ones have none", () => {
  const placed = quantity(1, "1", "placed", "");
  assert.deepEqual(kindsOf([placed, quantity(1, "1", "estimated", ""), { unknown: "x" }]), ["estimated", "placed"]);
});
