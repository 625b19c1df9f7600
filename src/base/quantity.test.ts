import assert from "node:assert/strict";
import { test } from "node:test";
import { formatQuantity, MHz, ns, pJ, quantity, quantityKinds, sumQuantities, uW, type Unit } from "./index.ts";

const show = (value: number, unit: Unit, digits?: number): string =>
  formatQuantity(quantity(value, unit, "measured", "test"), digits);

test("a value is printed with the prefix that leaves one to three digits before the point", () => {
  assert.equal(show(0, "J"), "0 J");
  assert.equal(show(1.5e9, "Hz"), "1.5 GHz");
  assert.equal(show(48e6, "Hz"), "48 MHz");
  assert.equal(show(999, "Hz"), "999 Hz");
  assert.equal(show(-2.5e-3, "W"), "-2.5 mW");
  assert.equal(show(23.6e-12, "J"), "23.6 pJ");
  assert.equal(show(4.2e-18, "J"), "0.0042 fJ");
  assert.equal(show(1.23456e-6, "s", 5), "1.2346 µs");
});

test("rounding up to a thousand moves on to the next prefix", () => {
  assert.equal(show(0.9999e-3, "s"), "1 ms");
  assert.equal(show(999.7, "Hz"), "1 kHz");
});

test("shares have no unit, counts no fraction", () => {
  assert.equal(show(0.98765, "1"), "0.988");
  assert.equal(show(1_234_567, "cycle"), "1,234,567 cycles");
  assert.equal(show(1, "bit"), "1 bit");
});

test("what is no number is not printed as one", () => {
  assert.equal(show(Number.NaN, "J"), "unknown");
  assert.equal(show(Number.POSITIVE_INFINITY, "s"), "unknown");
});

test("a prefix counts in each dimension of an area", () => {
  assert.equal(show(2.5e-6, "m²"), "2.5 mm²");
  assert.equal(show(3e-12, "m²"), "3 µm²");
});

test("units at the edge of a data file", () => {
  // Relative, because 3 · 1e-9 is not the float nearest to 3e-9.
  const near = (got: number, want: number): void => assert.ok(Math.abs(got / want - 1) < 1e-15, `${got} and ${want}`);
  near(pJ(2), 2e-12);
  near(ns(3), 3e-9);
  near(uW(4), 4e-6);
  near(MHz(5), 5e6);
});

test("a sum is as strong as its weakest part; nothing adds up to unknown", () => {
  for (const kind of quantityKinds) {
    const sum = sumQuantities([quantity(1, "J", "measured", "a"), quantity(2, "J", kind, "b")], "sum");
    assert.deepEqual(sum, { value: 3, unit: "J", kind, source: "sum" });
  }
  assert.equal(sumQuantities([], "sum"), undefined);
});
