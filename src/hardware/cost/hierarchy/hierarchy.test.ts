import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../../base/index.ts";
import { crossoverDensity, hierarchyEnergy, hierarchyFormats, type HierarchyLayer } from "./hierarchy.ts";

/** A layer of 128 × 64 with weights that get fewer as `density` falls: the same draws, so that fewer means a subset. */
function layer(density: number, change: Partial<HierarchyLayer> = {}): HierarchyLayer {
  const random = randomStream(6, "hierarchy");
  const values = Array.from({ length: 128 * 64 }, () => (random.uniform() < density ? 1 : 0));
  const [rows, columns, spikesIn] = [128, 64, 100];
  const found = values.filter((v) => v !== 0).length / values.length;
  return {
    name: "l",
    matrix: { rows, columns, bits: 4, values },
    stepCount: 8,
    inputCount: rows,
    neuronCount: columns,
    sumCount: columns,
    spikesIn,
    reachedOperations: spikesIn * columns,
    effectiveOperations: spikesIn * columns * found,
    sumBits: 12,
    ...change,
  };
}

test("eleven components in order, their energies add up to the total, every one with its source", () => {
  const found = hierarchyEnergy(layer(0.3), "bitmap");
  assert.equal(found.lines.length, 11);
  assert.deepEqual([found.lines[0]!.component, found.lines[10]!.component], ["DRAM", "MAC"]);
  const sum = found.lines.reduce((total, { energy }) => total + energy.value, 0);
  assert.equal(sum, found.total.value);
  assert.ok(found.lines.every(({ energy }) => energy.source.length > 10 && energy.unit === "J"));
});

test("bits through a hand-made layer", () => {
  const matrix = { rows: 2, columns: 4, bits: 4, values: [0, 3, 0, 0, -1, 0, 0, 2] };
  const small = layer(1, {
    matrix,
    stepCount: 2,
    inputCount: 2,
    neuronCount: 4,
    sumCount: 4,
    spikesIn: 3,
    reachedOperations: 12,
    effectiveOperations: 5,
    sumBits: 10,
  });
  const counts = hierarchyEnergy(small, "bitmap").lines.map(({ count }) => count);
  // 8 mask bits and three values of 4 bits.
  const sums = 2 * 5 * 10 + 8 * 10;
  assert.deepEqual(counts, [20, 20, 4 + 8, 4 + 8, 8, 3, 20 + 30, 30 + 5 * 2, sums, sums, 5]);
  const plain = hierarchyEnergy(small, "dense").lines.map(({ count }) => count);
  const plainSums = 2 * 12 * 10 + 8 * 10;
  assert.deepEqual(plain, [32, 32, 12, 12, 8, 3, 32 + 48, 48, plainSums, plainSums, 12]);
});

test("fewer weights never cost more in a compressed format, and change nothing in plain storage", () => {
  for (const format of hierarchyFormats) {
    const energies = [0.02, 0.1, 0.3, 0.6, 1].map((density) => hierarchyEnergy(layer(density), format).total.value);
    energies.slice(1).forEach((energy, i) => {
      const before = energies[i]!;
      assert.ok(format === "dense" ? energy === before : energy > before, `${format}: ${energies.join(", ")}`);
    });
  }
});

test("fewer spikes never cost more; weights that do not fit their buffer come in every step", () => {
  const quiet = hierarchyEnergy(
    layer(0.3, { spikesIn: 50, reachedOperations: 3200, effectiveOperations: 900 }),
    "bitmap",
  );
  assert.ok(quiet.total.value < hierarchyEnergy(layer(0.3), "bitmap").total.value);
  const sizes = { sharedBits: 1e6, inputBits: 8192, weightBits: 1000, outputBits: 8192 };
  const small = hierarchyEnergy(layer(0.3), "dense", sizes);
  assert.equal(small.lines[0]!.count, 8 * 128 * 64 * 4);
});

test("compressed formats save below a crossover and cost more above it", () => {
  for (const format of hierarchyFormats.filter((name) => name !== "dense")) {
    const edge = crossoverDensity(layer(0.3), format);
    assert.ok(edge !== undefined && edge > 0.1 && edge < 1, `${format}: ${edge}`);
    const difference = (density: number): number =>
      hierarchyEnergy(layer(density), format).total.value - hierarchyEnergy(layer(density), "dense").total.value;
    assert.ok(difference(edge * 0.85) < 0 && difference(Math.min(1, edge * 1.15)) > 0, `${format} around ${edge}`);
  }
});
