// The families that are not pipelines of events: the same networks, golden = prediction = simulation = RTL. More shapes, other
// simulators and broken designs are in `families.long.test.ts`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { targets } from "../target/index.ts";
import { checkDense, denseCases, denseNetwork, prepareDense } from "./conformance-dense.ts";
import { families, type FamilyName } from "./index.ts";

const quick: readonly (readonly [FamilyName, string])[] = [
  ["event-control", "two small layers"],
  ["clock-driven", "a recurrent layer"],
  ["systolic", "two small layers"],
];

for (const [family, name] of quick) {
  test(`${family}: golden = prediction = simulation = RTL: ${name}`, () => checkDense(family, denseCases[name]!));
}

test("a family that does not run a recurrent layer says so, with a remedy", () => {
  const network = denseNetwork(denseCases["a recurrent layer"]!);
  const choice = { family: "event-control", weightStorage: "dense", lanes: [3, 2] } as const;
  const [problem] = families["event-control"].check(network, choice, targets.hx8k);
  assert.equal(problem?.code, "fit/recurrent");
  assert.equal(
    problem?.message,
    "the family has no recurrent layers: the neurons of a group are updated for all steps at once",
  );
  assert.equal(problem?.hint, 'use family "layer-pipeline"');
});

test("clock-driven: all neurons exist, whatever lanes are asked for; without the zero test every step walks", () => {
  const network = denseNetwork(denseCases["two layers"]!);
  const choice = { family: "clock-driven", weightStorage: "dense", lanes: [1, 1] } as const;
  const { layers } = families["clock-driven"].map(network, choice, targets.hx8k);
  assert.deepEqual(
    layers.map(({ lanes, groups }) => [lanes, groups]),
    [
      [16, 1],
      [10, 1],
    ],
  );
  const steps = (zeroTest: boolean): Uint32Array =>
    prepareDense("clock-driven", { ...denseCases["two small layers"]!, choice: { zeroTest } }).cycles.sampleCycles;
  assert.ok(steps(true)[0]! < steps(false)[0]!, "the first sample is silent");
});

test("systolic: a weight is read once for all steps of a sample, and an input that never fires not at all", () => {
  const { network, trace } = prepareDense("systolic", denseCases["two small layers"]!);
  const choice = { family: "systolic", weightStorage: "dense", lanes: [3, 2] } as const;
  const [work] = families.systolic.work(families.systolic.map(network, choice, targets.hx8k), trace);
  const reads = work!.accesses.find(({ item }) => item === "weight row")!.reads;
  // Samples 1 to 5 of 6 fire; the last one with all 12 inputs.
  assert.ok(reads <= 5 * 12 * 3 && reads > 0, `${reads} rows for ${work!.events.spikesIn} spikes`);
  assert.ok(reads < work!.events.spikesIn * 3);
});
