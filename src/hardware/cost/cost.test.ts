import assert from "node:assert/strict";
import { test } from "node:test";
import { MHz, quantity, randomStream } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { families, type HardwareChoice } from "../family/index.ts";
import { lowerNetwork, runGolden } from "../golden/index.ts";
import { targets } from "../target/index.ts";
import {
  areaCalibration,
  breakEvenNote,
  placedMapping,
  countWork,
  deriveBaseline,
  deriveEnergy,
  deriveLatency,
  estimateCells,
  laneBitsOf,
  profiles,
  spikesPerSynapse,
  unitEnergy,
  withStaticEnergy,
} from "./index.ts";

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

test("the published figures come out at their own sizes, and the lines between them", () => {
  const [integer45, float45, loihi] = profiles;
  const picojoules = (profile: typeof integer45, ...key: [Parameters<typeof unitEnergy>[1], number?]) =>
    Number((unitEnergy(profile!, ...key)!.value * 1e12).toPrecision(9));
  assert.equal(picojoules(integer45, "add", 8), 0.03);
  assert.equal(picojoules(integer45, "add", 32), 0.1);
  assert.equal(picojoules(integer45, "add", 20), 0.065);
  assert.equal(picojoules(integer45, "multiply", 64), 0.2);
  assert.equal(picojoules(integer45, "multiply", 1024), 3.1);
  for (const [kilobytes, access] of [
    [8, 10],
    [32, 20],
    [20, 15],
    [1024, 100],
  ] as const) {
    assert.equal(picojoules(integer45, "memory-bit", kilobytes * 8192) * 64, access);
  }
  assert.equal(picojoules(float45, "synaptic-operation"), 0.9);
  assert.equal(picojoules(float45, "multiply-accumulate"), 4.6);
  assert.equal(unitEnergy(float45!, "memory-bit", 1), undefined, "unknown is not 0");
  assert.equal(picojoules(loihi, "synaptic-operation"), 23.6);
  const update = unitEnergy(loihi!, "membrane-update")!;
  assert.deepEqual([update.band!.low, update.band!.high], [52e-12, 81e-12]);
});

test("events counted are events charged: executed = weights + zeros, and counts stay fractions of integers", () => {
  for (const choice of [{}, { weightStorage: "blocks" }, { family: "dense" }] as const) {
    const { mapping, trace } = derive(choice, 7);
    const { lines } = deriveEnergy(mapping, trace, profiles[0]!);
    countWork(mapping, trace).forEach(({ executedAdditions, accesses, events }, index) => {
      const ours = lines.filter(({ layer }) => layer === `layer${index}`);
      const total = (pattern: RegExp) =>
        ours.filter(({ event }) => pattern.test(event)).reduce((sum, line) => sum + line.exactCount!.total, 0);
      assert.equal(total(/^addition of/), executedAdditions);
      assert.equal(total(/^addition of a weight/), events.effectiveSynapticOperations);
      assert.equal(
        total(/ (read|write)$/),
        accesses.reduce((sum, { reads, writes }) => sum + reads + writes, 0),
      );
    });
    for (const { count, exactCount } of lines) assert.equal(count, exactCount!.total / exactCount!.samples);
  }
});

test("the dense baseline pays for its bitmap, and its events at the width of the FIFO", () => {
  const { mapping, trace } = derive({ family: "dense" }, 5);
  const { lines } = deriveEnergy(mapping, trace, profiles[0]!);
  const find = (layer: string, event: string) => lines.find((l) => l.layer === layer && l.event === event)!;
  assert.deepEqual(find("layer0", "spike bit read").exactCount, { total: 2 * 3 * 12, samples: 2 });
  assert.deepEqual(find("layer0", "spike bit write").exactCount, { total: 2 * 3 * 12 + 5, samples: 2 });
  const fifo = mapping.layers[0]!.memories.findLast(({ role }) => role === "events")!;
  assert.ok(fifo.width > 1);
  assert.equal(
    find("layer0", "event write").unitEnergy.value,
    fifo.width * unitEnergy(profiles[0]!, "memory-bit", fifo.depth * fifo.width)!.value,
  );
});

test("the band of a total is that of its lines: Loihi's updates lie between inactive and active", () => {
  const { mapping, trace } = derive({}, 5);
  const { total, lines } = deriveEnergy(mapping, trace, profiles[2]!);
  const updates = lines.filter(({ event }) => event === "membrane update").reduce((sum, { count }) => sum + count, 0);
  assert.equal(updates, 3 * (8 + 3));
  assert.equal(total.band!.high, total.value);
  assert.ok(Math.abs(total.value - total.band!.low - updates * 29e-12) < 1e-20);
  assert.equal(deriveEnergy(mapping, trace, profiles[0]!).total.band, undefined);
});

test("latency is cycles over the clock and as strong as the clock", () => {
  const report = { sampleCycles: Uint32Array.of(100, 140), stepEnds: new Uint32Array() };
  const before = deriveLatency(
    report,
    quantity(MHz(20), "Hz", "estimated", "assumed", { low: MHz(10), high: MHz(40) }),
  );
  assert.deepEqual([before.value, before.unit, before.kind], [6e-6, "s", "estimated"]);
  assert.deepEqual(before.band, { low: 3e-6, high: 12e-6 });
  assert.equal(before.source, "240 cycles of 2 samples at 20.0 MHz, assumed");
  assert.equal(deriveLatency(report, quantity(MHz(20), "Hz", "placed", "nextpnr")).kind, "placed");
});

test("static energy is one more line, or a sentence that says why not", () => {
  const { mapping, trace } = derive({}, 5);
  const dynamic = deriveEnergy(mapping, trace, profiles[0]!);
  const latency = quantity(2e-5, "s", "estimated", "a test");
  const known = withStaticEnergy(dynamic, mapping.target, latency);
  const line = known.derivation.lines.at(-1)!;
  assert.deepEqual([line.unitEnergy.unit, line.count, line.energy.value], ["W", 2e-5, 2e-5 * 1140 * 1.2 * 1e-6]);
  assert.equal(
    known.derivation.total.value,
    known.derivation.lines.reduce((sum, { energy }) => sum + energy.value, 0),
  );
  assert.match(known.note, /DS1040/);
  const unknown = withStaticEnergy(dynamic, { ...mapping.target, staticPower: undefined }, latency);
  assert.equal(unknown.derivation, dynamic);
  assert.equal(
    unknown.note,
    "Static energy is unknown and not included: no source is known for the static power of Lattice iCE40 HX8K (ct256).",
  );
});

test("spikes per synapse by hand, next to the published break-evens", () => {
  const { mapping, trace } = derive({}, 5);
  const synapses = integer.layers.reduce((sum, { weights }) => sum + weights.filter((w) => w !== 0).length, 0);
  let operations = 0;
  const [first] = integer.layers;
  for (let n = 0; n < 5; n++) for (let j = 0; j < 8; j++) if (first!.weights[n * 8 + j] !== 0) operations++;
  const second = countWork(mapping, trace)[1]!.events.effectiveSynapticOperations;
  assert.equal(spikesPerSynapse(integer, trace).value, (operations + second) / synapses / 2);
  assert.match(
    breakEvenNote(integer, trace),
    /^This network: 0\.\d+ spikes per synapse and inference\. Published: .*0\.15/,
  );
});

test("the area estimate: fitted to half of the placed designs, within its band on the other half", () => {
  const { designs } = areaCalibration;
  assert.ok(designs.filter(({ isFitted }) => !isFitted).length >= designs.length / 2);
  for (const design of designs) {
    const mapping = placedMapping(design);
    assert.equal(
      laneBitsOf(mapping),
      design.laneBits,
      "the generator changed: run `npm run calibrate:area` and store its table",
    );
    const { value, band } = estimateCells(mapping);
    const what = `${design.sizes.join("-")} ${design.neuron}: estimated ${value}, placed ${design.cells}`;
    assert.ok(band!.low <= design.cells && design.cells <= band!.high, what);
  }
});
