// Damaged hardware behaves as the golden model with the same faults.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runFaulty, runGolden, type Fault } from "../golden/index.ts";
import { checkFaultyShape } from "./conformance-faults.ts";
import { prepareShape, shapeCases } from "./conformance-shapes.ts";

const name = "a recurrent layer alone";
const shape = shapeCases[name]!;

test(`golden = RTL with faults: ${name}`, () => checkFaultyShape(name, shape));

test("without faults the wrapping model is the golden model", () => {
  const { network, trace } = prepareShape(name, shape);
  const again = runFaulty(network, trace.input, []);
  assert.deepEqual(again.layers, trace.layers);
  assert.deepEqual(runGolden(network, trace.input).counts, again.counts);
});

test("a fault of something that does not exist is refused", () => {
  const { network, trace } = prepareShape(name, shape);
  const wrong: readonly Fault[] = [
    { kind: "weight-bit", layer: 2, weight: 0, bit: 0 },
    { kind: "weight-bit", layer: 0, weight: 1e6, bit: 0 },
    { kind: "state-bit", layer: 0, neuron: 0, bit: 64, sample: 0, step: 0 },
    { kind: "lossy-events", layer: 0, drop: -1, spurious: 0, seed: 1 },
    { kind: "lossy-events", layer: 0, drop: 1, spurious: 0, seed: 0 },
    { kind: "dead-lane", layer: 0, lane: 4, lanes: 4 },
  ];
  for (const fault of wrong) {
    assert.throws(() => runFaulty(network, trace.input, [fault]), { code: "faults/outside" });
  }
});
