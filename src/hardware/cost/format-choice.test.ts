import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { storageFormats } from "../../model/sparsity/index.ts";
import { ramBlocks, ramKinds } from "../target/index.ts";
import { chooseFormat, formatCosts } from "./index.ts";

const ram = ramKinds["ice40-ebr"];

function matrix(density: number, rows = 256, columns = 64) {
  const random = randomStream(3, `choice ${density}`);
  const values = Array.from({ length: rows * columns }, () => (random.uniform() < density ? 1 + random.integer(7) : 0));
  return { rows, columns, bits: 4, values };
}

test("blocks: the best shape of each kind, side by side and one after the other", () => {
  assert.equal(ramBlocks(ram, 256, 16), 1);
  assert.equal(ramBlocks(ram, 257, 16), 2);
  assert.equal(ramBlocks(ram, 2048, 2), 1);
  assert.equal(ramBlocks(ram, 784 * 16, 32), 98);
  assert.equal(ramBlocks(ram, 0, 16) + ramBlocks(ram, 16, 0), 0);
  assert.equal(ramBlocks(ramKinds["xc7-ramb36"], 512, 72), 1);
  assert.equal(ramBlocks(ramKinds["ecp5-ebr"], 2048, 9), 1);
  for (const { shapes, bits } of Object.values(ramKinds)) {
    for (const { depth, width } of shapes) assert.ok(depth * width <= bits && depth * width * 9 >= bits * 8);
  }
});

test("allocated bits are whole blocks and never fewer than the logical ones", () => {
  for (const cost of formatCosts(matrix(0.2), ram, 4)) {
    assert.equal(cost.allocatedBits, cost.blocks * 4096);
    assert.ok(cost.allocatedBits >= cost.logicalBits, cost.format);
  }
});

test("a dense matrix stays dense, a sparse one is compressed, and the reason says why", () => {
  const full = chooseFormat(matrix(1), { ram, lanes: 4 });
  assert.equal(full.chosen.format, "dense");
  assert.equal(full.reason, "100.0 % of the weights are not zero: nothing that keeps up needs fewer blocks than 16");
  const sparse = chooseFormat(matrix(0.1), { ram, lanes: 4 });
  assert.match(
    sparse.reason,
    /^9\.\d % of the weights are not zero \(it saves bits below \d+\.\d %\): \d blocks instead of 16; .* more than 16\.0$/,
  );
  assert.ok(sparse.chosen.allocatedBits < 16 * 4096 && sparse.chosen.cyclesPerSpike <= 16);
  const patient = chooseFormat(matrix(0.1), { ram, lanes: 4, maxCycles: 1e9 });
  assert.equal(patient.chosen.allocatedBits, Math.min(...patient.costs.map((cost) => cost.allocatedBits)));
  assert.equal(patient.costs.length, storageFormats.length);
});
