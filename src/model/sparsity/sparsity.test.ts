import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { setSpike, spikeTrain } from "../tensor/index.ts";
import {
  loadImbalance,
  measureActivations,
  measureConnections,
  spikeBits,
  storageBits,
  storageFormats,
} from "./index.ts";

test("connections: a hand-made matrix", () => {
  const found = measureConnections([1, 0, 0, 0, 0, 0, 2, 0, 3], 3);
  assert.deepEqual(found, { connectionSparsity: 6 / 9, nonZeroCount: 3, emptyRows: 1 / 3, emptyColumns: 1 / 3 });
});

test("activations: a hand-made train", () => {
  const train = spikeTrain({ stepCount: 2, sampleCount: 2, neuronCount: 4 });
  setSpike(train, 0, 0, 1);
  setSpike(train, 0, 0, 2);
  setSpike(train, 1, 1, 1);
  const found = measureActivations(train);
  assert.equal(found.activationSparsity, 1 - 3 / 16);
  assert.equal(found.temporalSparsity, 2 / 4);
  assert.equal(found.silentShare, 5 / 8);
  assert.equal(found.deadNeurons, 2);
  assert.deepEqual(found.spikeRates, [2 / 8, 1 / 8]);
  assert.equal(loadImbalance(train, 2), (2 * 2) / 3);
});

test("bits of a hand-made matrix in every format", () => {
  const matrix = { rows: 2, columns: 4, bits: 4, values: [0, 3, 0, 0, -1, 0, 0, 2] };
  const bits = Object.fromEntries(storageFormats.map((format) => [format.name, storageBits(format, matrix)]));
  assert.deepEqual(bits, {
    dense: 32,
    bitmap: 8 + 12,
    coordinates: 3 * (1 + 2 + 4),
    "compressed rows": 3 * 2 + 3 * (2 + 4),
    "compressed columns": 5 * 2 + 3 * (1 + 4),
    "run length": 3 * (4 + 4),
  });
  assert.deepEqual(spikeBits(784, 10), { bitmap: 784, list: 10 * 10 + 10 });
});

test("every format gives back what it stored", () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), fc.nat())
    .chain(([rows, columns]) =>
      fc
        .array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -7, max: 7 })), {
          minLength: rows * columns,
          maxLength: rows * columns,
        })
        .map((values) => ({ rows, columns, bits: 4, values })),
    );
  fc.assert(
    fc.property(matrices, (matrix) => {
      for (const format of storageFormats) {
        assert.deepEqual(format.decode(format.encode(matrix), matrix), [...matrix.values], format.name);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});
