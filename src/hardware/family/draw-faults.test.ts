import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { prepareShape, shapeCases } from "./conformance-shapes.ts";
import { drawFaults, faultKinds, memoryFaults, type FaultKind } from "./index.ts";

const { mapping } = prepareShape("recurrent", shapeCases["a recurrent layer, all lanes"]!);
const kinds = Object.keys(faultKinds) as FaultKind[];
const draw = (kind: FaultKind, rate: number, seed = 1) =>
  drawFaults(mapping, { kind, rate, sampleCount: 6, random: randomStream(seed, kind) });

test("nothing at rate 0, everything at rate 1, the same with the same seed", () => {
  for (const kind of kinds) {
    assert.deepEqual(draw(kind, 0), [], kind);
    assert.deepEqual(draw(kind, 0.3), draw(kind, 0.3), kind);
  }
  const [first, second] = mapping.network.layers;
  const bits = (layer: typeof first) => layer!.neuron.state.reduce((sum, { format }) => sum + format.bits, 0);
  const states = first!.neuronCount * bits(first) + second!.neuronCount * bits(second);
  assert.equal(draw("stuck-bit", 1).length, states);
  assert.equal(draw("state-bit", 1).length, states * 6 * mapping.network.stepCount);
  assert.equal(
    draw("dead-lane", 1).length,
    mapping.choice.lanes.reduce((a, b) => a + b, 0),
  );
});

test("a rate is the share that is hit", () => {
  const all = draw("state-bit", 1).length;
  const shares = Array.from({ length: 20 }, (_, seed) => draw("state-bit", 0.1, seed).length / all);
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  assert.ok(Math.abs(mean - 0.1) < 0.005, `${mean}`);
});

test("only weights that compressed rows store are hit", () => {
  const sparse = prepareShape(
    "sparse",
    shapeCases["two convolutions with a union between, compressed dense rows"]!,
  ).mapping;
  assert.equal(sparse.choice.weightStorage, "blocks");
  const faults = drawFaults(sparse, { kind: "weight-bit", rate: 1, sampleCount: 1, random: randomStream(1) });
  assert.equal(memoryFaults(sparse, faults).length, faults.length);
  assert.ok(faults.length < sparse.network.layers.reduce((sum, l) => sum + l.weights.length * l.weightBits, 0));
});
