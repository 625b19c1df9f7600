// Verification must be able to fail: every artifact is corrupted once, and each corruption must be reported.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { firingNeurons, setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { lowerNetwork, runGolden, type EventTrace } from "../golden/index.ts";
import { verifyDesign, type RtlDesign, type SimulatorName, type VerificationReport } from "../rtl/index.ts";
import { targets } from "../target/index.ts";
import { families, type CycleReport } from "./index.ts";

const random = randomStream(21, "verify");
const layers = [
  [16, 12],
  [12, 4],
].map(([inputCount = 0, neuronCount = 0], l) => {
  const layer = denseLayer(`layer${l}`, { inputCount, neuronCount }, neuronSpec("lif"));
  layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.normal() * 0.4 + 0.1));
  return { ...layer, quantizer: { bits: 4, scale: 0.15 } };
});
const network: Network = {
  kind: "network",
  name: "verify",
  inputCount: 16,
  stepCount: 5,
  layers,
  readout: { kind: "count" },
};
const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
const family = families["layer-pipeline"];
const mapping = family.map(integer, { family: "layer-pipeline", lanes: [4, 2], weightStorage: "dense" }, targets.hx8k);
const design = family.emit(mapping);
const input = spikeTrain({ stepCount: 5, sampleCount: 12, neuronCount: 16 });
for (let t = 0; t < 5; t++)
  for (let s = 0; s < 12; s++) for (let n = 0; n < 16; n++) if (random.uniform() < 0.3) setSpike(input, t, s, n);
const trace = runGolden(integer, input);
const cycles = family.predict(mapping, trace);

function verify(changed: {
  design?: RtlDesign;
  trace?: EventTrace;
  cycles?: CycleReport;
  simulator?: SimulatorName;
}): Promise<VerificationReport> {
  return verifyDesign({ platform: nodePlatform, design, network: integer, trace, cycles, ...changed });
}

function edit(name: RegExp, change: (text: string) => string): RtlDesign {
  let hits = 0;
  const files = design.files.map((file) => {
    if (!name.test(file.name)) return file;
    const text = change(file.text);
    if (text !== file.text) hits++;
    return { ...file, text };
  });
  assert.ok(hits > 0, "the corruption must change something");
  return { ...design, files };
}

test("the untouched design is equal, and says how far that goes", async () => {
  const report = await verify({});
  assert.equal(report.passed, true);
  assert.deepEqual(report.scope, { samples: 12, steps: 5, layers: 2, neurons: 16, cyclesCompared: true });
  assert.equal(report.stepEndsCompared, 12 * 5 * 2);
});

const corruptions: readonly (readonly [string, () => RtlDesign])[] = [
  ["a weight", () => edit(/^weights_0/, (text) => text.replace(/^./, (d) => (d === "7" ? "0" : "7")))],
  [
    "a threshold",
    () =>
      edit(/^neuron_0/, (text) => text.replace(/> 1?\d+'sd(\d+)/, (m, n) => m.replace(`sd${n}`, `sd${Number(n) - 9}`))),
  ],
  ["a leak", () => edit(/^neuron_0/, (text) => text.replace("<<< 3", "<<< 2"))],
  ["a saturation", () => edit(/^neuron_1/, (text) => text.replace(">>> 3", ">>> 4"))],
  ["the comparison", () => edit(/^neuron_0/, (text) => text.replace("fires = charged >", "fires = charged >="))],
  [
    "the last event of a step",
    () => edit(/^event_encoder/, (text) => text.replace("pending_q != '0;", "pending_q != '0 && rest != '0;")),
  ],
  [
    "the encoder's order",
    () =>
      edit(/^event_encoder/, (text) =>
        text.replace("pending_q & (pending_q - 1'b1)", "pending_q & (pending_q - 2'd2)"),
      ),
  ],
  ["the readout's tie", () => edit(/^readout/, (text) => text.replace("count > best_q", "count >= best_q"))],
  [
    "one cycle",
    () =>
      edit(/^layer_core/, (text) =>
        text
          .replace("DrainCycles == 0 ? Update : Drain", "DrainCycles == 0 ? Drain : Update")
          .replace("32'(drain_q) == DrainCycles - 1", "1'b1"),
      ),
  ],
  [
    "state that is not cleared",
    () => edit(/^layer_core/, (text) => text.replace("last_q ? '0 : neuron_next_i", "neuron_next_i")),
  ],
  [
    "a lane's address",
    () =>
      edit(/^layer_core/, (text) => text.replace("base_q + AddressBits'(Lanes)", "base_q + AddressBits'(Lanes - 1)")),
  ],
];

for (const [what, corrupt] of corruptions) {
  test(`a corrupted design is reported: ${what}`, async () => {
    const report = await verify({ design: corrupt() });
    assert.equal(report.passed, false);
    assert.ok(report.mismatch !== undefined && report.mismatch.cycle >= 0);
  });
}

test("a corrupted golden trace is reported with layer, neuron, step and sample", async () => {
  const train = trace.layers[0]!;
  const row = train.words.findIndex((word) => word !== 0);
  const [step, sample] = [Math.floor(row / 12), row % 12];
  const neuron = firingNeurons(train, step, sample)[0]!;
  const words = train.words.slice();
  words[row] = words[row]! & ~(1 << neuron);
  const report = await verify({ trace: { ...trace, layers: [{ ...train, words }, trace.layers[1]!] } });
  const found = report.mismatch!;
  assert.deepEqual(
    [found.what, found.layer, found.step, found.sample, found.neuron],
    ["unexpected spike", "layer0", step, sample, neuron],
  );
});

test("wrong predictions are reported: counts, decisions, cycles", async () => {
  const counts = trace.counts.slice();
  counts[5] = counts[5]! + 1;
  assert.equal((await verify({ trace: { ...trace, counts } })).mismatch?.what, "class count");
  const decisions = trace.decisions.map((d) => (d + 1) % 4);
  assert.equal((await verify({ trace: { ...trace, decisions } })).mismatch?.what, "decision");
  const sampleCycles = cycles.sampleCycles.map((c) => c + 1);
  assert.equal((await verify({ cycles: { ...cycles, sampleCycles } })).mismatch?.what, "cycles of a sample");
  const stepEnds = cycles.stepEnds.map((c) => c - 1);
  assert.equal((await verify({ cycles: { ...cycles, stepEnds } })).mismatch?.what, "cycle of a step's end");
});

for (const [simulator, program] of [
  ["verilator", "verilator"],
  ["icarus", "iverilog"],
] as const) {
  test(`second opinion: ${simulator}`, async (t) => {
    if (spawnSync(program, ["-V"]).error !== undefined) return t.skip(`${program} is not installed`);
    const report = await verify({ simulator });
    assert.equal(report.mismatch, undefined);
    assert.equal(report.spikesCompared, (await verify({})).spikesCompared);
    const wrong = await verify({
      simulator,
      design: edit(/^weights_0/, (text) => text.replace(/^./, (d) => (d === "7" ? "0" : "7"))),
    });
    assert.equal(wrong.passed, false);
    return undefined;
  });
}
