import assert from "node:assert/strict";
import { test } from "node:test";
import { setSpike, spikeTrain } from "../tensor/index.ts";
import { loadImbalance, measureActivations, measureConnections } from "./index.ts";

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
