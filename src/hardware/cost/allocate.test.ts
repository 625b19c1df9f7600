import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { convLayer, denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { families } from "../family/index.ts";
import { lowerNetwork, runGolden } from "../golden/index.ts";
import { targets } from "../target/index.ts";
import { adviseLanes, allocateLanes, AllocationSpace, type Allocation } from "./allocate.ts";
import { estimateCells } from "./area.ts";

const random = randomStream(9, "allocate");
const spec = neuronSpec("lif");
const layers = [
  convLayer("conv", { input: { rows: 5, columns: 5, channels: 1 }, channels: 6, kernel: 3 }, spec),
  denseLayer("hidden", { inputCount: 54, neuronCount: 12 }, spec),
  denseLayer("output", { inputCount: 12, neuronCount: 4 }, spec),
].map((layer) => {
  layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.normal() * 0.4 + 0.1));
  return { ...layer, quantizer: { bits: 4, scale: 0.15 } };
});
const network: Network = {
  kind: "network",
  name: "n",
  inputCount: 25,
  stepCount: 5,
  layers,
  readout: { kind: "count" },
};
const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
const input = spikeTrain({ stepCount: 5, sampleCount: 4, neuronCount: 25 });
for (let i = 0; i < 200; i++) setSpike(input, random.integer(5), random.integer(4), random.integer(25));
const trace = runGolden(integer, input);
const choice = { family: "layer-pipeline", weightStorage: "dense" } as const;
const family = families["layer-pipeline"];

for (const target of [
  targets.hx8k,
  targets.up5k,
  { ...targets.up5k, limits: { ...targets.up5k.limits, blockRams: { value: 24, source: "test" } } },
]) {
  test(`every combination as mapping and prediction say, and the front of brute force: ${target.name}, ${target.limits.blockRams.value} block RAMs`, () => {
    const study = allocateLanes(new AllocationSpace(integer, trace, { ...choice, target, mostLanes: 64 }));
    const all: Allocation[] = [];
    for (const a of [1, 2, 3, 6]) {
      for (const b of [1, 2, 3, 4, 6, 12]) {
        for (const c of [1, 2, 4]) {
          const chosen = { ...choice, lanes: [a, b, c] };
          if (family.check(integer, chosen, target).length > 0) continue;
          const mapping = family.map(integer, chosen, target);
          const cells = estimateCells(mapping).value;
          if (cells > target.limits.logicCells.value) continue;
          const { sampleCycles } = family.predict(mapping, trace);
          const cycles = sampleCycles.reduce((sum, value) => sum + value, 0) / 4;
          all.push({ lanes: [a, b, c], cycles, cells, blockRams: 0, singlePortRams: 0 });
        }
      }
    }
    assert.equal(study.designCount, 4 * 6 * 3);
    assert.equal(study.fittingCount, all.length);
    const beaten = (one: Allocation): boolean =>
      all.some(
        (other) =>
          (other.cycles < one.cycles && other.cells <= one.cells) ||
          (other.cycles <= one.cycles && other.cells < one.cells),
      );
    const points = (found: readonly Allocation[]): string[] =>
      [...new Set(found.map(({ cycles, cells }) => `${cycles} ${cells}`))].sort();
    assert.deepEqual(points(study.front), points(all.filter((one) => !beaten(one))));
    assert.ok(study.front.length > 1);
  });
}

test("advice says what one layer's lanes change, from exact cycles", () => {
  const space = new AllocationSpace(integer, trace, { ...choice, target: targets.hx8k, mostLanes: 64 });
  const allocation = space.evaluate(space.optionsOf([2, 4, 2]))!;
  const advice = adviseLanes(space, integer, allocation);
  assert.deepEqual(
    advice.map(({ layer, lanes, fewer, more }) => [layer, lanes, fewer?.lanes, more?.lanes]),
    [
      ["conv", 2, 1, 3],
      ["hidden", 4, 3, 6],
      ["output", 2, 1, 4],
    ],
  );
  const slower = space.evaluate(space.optionsOf([1, 4, 2]))!;
  assert.equal(advice[0]!.fewer!.cycles, slower.cycles / allocation.cycles - 1);
  assert.ok(
    advice[0]!.fewer!.cycles > advice[2]!.fewer!.cycles,
    "the busiest layer is the most expensive to slow down",
  );
  assert.ok(advice[0]!.busyShare > advice[2]!.busyShare);
});
