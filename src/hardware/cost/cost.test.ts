import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { families, type HardwareChoice } from "../family/index.ts";
import { lowerNetwork, runGolden } from "../golden/index.ts";
import { targets } from "../target/index.ts";
import { deriveBaseline, deriveEnergy, estimateCells, profiles } from "./index.ts";

const random = randomStream(2, "cost");
const layers = [
  [12, 8],
  [8, 3],
].map(([inputCount = 0, neuronCount = 0], l) => {
  const layer = denseLayer(`layer${l}`, { inputCount, neuronCount }, neuronSpec("lif"));
  layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.uniform() < 0.6 ? 0 : random.normal()));
  return { ...layer, quantizer: { bits: 4, scale: 0.3 } };
});
const network: Network = {
  kind: "network",
  name: "cost",
  inputCount: 12,
  stepCount: 3,
  layers,
  readout: { kind: "count" },
};
const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });

function derive(choice: Partial<HardwareChoice>, spikes: number) {
  const full: HardwareChoice = { family: "layer-pipeline", weightStorage: "dense", lanes: [4, 1], ...choice };
  const mapping = families[full.family].map(integer, full, targets.hx8k);
  const input = spikeTrain({ stepCount: 3, sampleCount: 2, neuronCount: 12 });
  for (let n = 0; n < spikes; n++) setSpike(input, 0, 0, n);
  return { mapping, trace: runGolden(integer, input) };
}

test("every total is its lines added from first to last, exactly", () => {
  const { mapping, trace } = derive({}, 5);
  for (const profile of profiles) {
    for (const derivation of [deriveEnergy(mapping, trace, profile), deriveBaseline(mapping, profile)]) {
      if (derivation === undefined) continue;
      assert.equal(
        derivation.lines.reduce((sum, line) => sum + line.energy.value, 0),
        derivation.total.value,
      );
      for (const line of derivation.lines) assert.equal(line.energy.value, line.count * line.unitEnergy.value);
    }
  }
});

test("counts by hand: word reads of each way to fetch", () => {
  const reads = (choice: Partial<HardwareChoice>): number => {
    const { mapping, trace } = derive(choice, 5);
    return deriveEnergy(mapping, trace, profiles[0]!).lines.find(
      (l) => l.layer === "layer0" && l.event === "weight word read",
    )!.count;
  };
  assert.equal(reads({}), (5 * 2) / 2, "5 spikes × 2 groups over 2 samples");
  assert.equal(reads({ family: "dense" }), 3 * 12 * 2, "steps × inputs × groups per sample");
  assert.ok(reads({ weightStorage: "blocks" }) <= 5);
});

test("more spikes never cost less, and silence still costs its updates", () => {
  const totals = [0, 3, 6, 12].map((spikes) => {
    const { mapping, trace } = derive({}, spikes);
    return deriveEnergy(mapping, trace, profiles[0]!).total.value;
  });
  assert.ok(totals[0]! > 0);
  assert.deepEqual(
    [...totals].sort((a, b) => a - b),
    totals,
  );
});

test("every constant has a source, and an estimate says that it is one", () => {
  for (const profile of profiles) assert.match(profile.source, /doi:/);
  const { mapping, trace } = derive({}, 4);
  assert.equal(deriveEnergy(mapping, trace, profiles[0]!).total.kind, "estimated");
  const cells = estimateCells(mapping);
  assert.ok(cells.band !== undefined && cells.band.low < cells.value && cells.value < cells.band.high);
  const wider = families["layer-pipeline"].map(
    integer,
    { family: "layer-pipeline", weightStorage: "dense", lanes: [8, 3] },
    targets.hx8k,
  );
  assert.ok(estimateCells(wider).value > cells.value, "more lanes, more cells");
});
