import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserError } from "../../base/index.ts";
import { parseConfig } from "../index.ts";
import { documentOf, sweepByName, sweepCsv, sweepDocument, sweepFigures, sweeps, type SweepResult } from "./index.ts";

const config = parseConfig(sweepDocument("digits"), "test");

test("every point of every sweep is a document of its own, and says what was chosen", () => {
  for (const sweep of Object.values(sweeps)) {
    const seen = new Set<string>();
    const [first, second] = sweep.axes;
    for (const a of first!.values) {
      for (const b of second?.values ?? [0]) {
        const values = { [first!.name]: a, ...(second === undefined ? {} : { [second.name]: b }) };
        seen.add(JSON.stringify(documentOf(config, sweep, values)));
      }
    }
    const count = first!.values.length * (second?.values.length ?? 1);
    assert.equal(seen.size, count, sweep.name);
  }
  const point = documentOf(config, sweepByName("beta-theta"), { decay: 0.5, threshold: 2 });
  assert.deepEqual(point.network.parameters, { decay: 0.5, threshold: 2 });
});

test("an unknown sweep is refused with a suggestion", () => {
  assert.throws(
    () => sweepByName("beta-teta"),
    (error: UserError) => error.message === 'no sweep is called "beta-teta"; did you mean "beta-theta"?',
  );
});

test("table and figures: one row per point, one picture per measure, failures stay visible", () => {
  const sweep = sweepByName("steps");
  const details = {
    accuracy: 0.5,
    spikes: 10,
    inputSpikes: 4,
    effectiveOperations: 100,
    denseOperations: 1000,
    activationSparsity: [0.9],
    connectionSparsity: [0.1],
    layerSpikes: [10],
    fixed: undefined,
    balanced: { lanes: [3, 1], cycles: 55, energy: 1e-9 },
    sampleCount: 7,
    isWarm: true,
  };
  const trial = { course: [], point: [0], violation: 0 };
  const trials = [
    {
      ...trial,
      id: 0,
      values: { steps: 2 },
      outcome: "evaluated",
      feasible: true,
      objectives: {},
      details,
      failure: undefined,
    },
    {
      ...trial,
      id: 1,
      values: { steps: 4 },
      outcome: "failed",
      feasible: false,
      objectives: undefined,
      details: undefined,
      failure: "why",
    },
  ];
  const found = { sweep, study: { trials, front: [0] }, seconds: 1 } as unknown as SweepResult;
  const [header, one, two] = sweepCsv(found).split("\r\n");
  assert.equal(header!.split(",").length, one!.split(",").length);
  assert.equal(header!.split(",").length, two!.split(",").length);
  assert.match(one!, /^2,true,0\.5,0\.2[0-9]+,0\.7[0-9]+,10,4,100,1000,10,0\.9,0\.1,,,,3 1,55,1e-9,7,true,$/);
  assert.ok(two!.startsWith("4,,,") && two!.endsWith(",why"));
  const figures = sweepFigures(found);
  assert.deepEqual(Object.keys(figures), [
    "accuracy.svg",
    "spikes.svg",
    "operations.svg",
    "silence.svg",
    "zeros.svg",
    "fixed-cycles.svg",
    "cycles.svg",
    "energy.svg",
  ]);
  assert.ok(figures["accuracy.svg"]!.startsWith("<svg xmlns=") && figures["accuracy.svg"]!.includes("50.0"));
});
