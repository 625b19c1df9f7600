import assert from "node:assert/strict";
import { test } from "node:test";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { decide, type IntegerNetwork } from "../golden/index.ts";
import { balanceLanes } from "./index.ts";

/** Two layers, 4 → 16 → 4, as much of them as counting needs. */
function network(): IntegerNetwork {
  const layer = (name: string, inputCount: number, neuronCount: number) => ({
    name,
    inputCount,
    neuronCount,
    weights: new Int16Array(inputCount * neuronCount).fill(1),
  });
  const layers = [layer("a", 4, 16), layer("b", 16, 4)];
  return { kind: "integer-network", name: "n", inputCount: 4, stepCount: 2, layers } as unknown as IntegerNetwork;
}

function trace(hiddenSpikes: number) {
  const [input, hidden] = [4, 16].map((neuronCount) => spikeTrain({ stepCount: 2, sampleCount: 1, neuronCount }));
  for (let n = 0; n < 4; n++) setSpike(input!, 0, 0, n);
  for (let n = 0; n < hiddenSpikes; n++) setSpike(hidden!, 0, 0, n);
  return decide(input!, [hidden!, spikeTrain({ stepCount: 2, sampleCount: 1, neuronCount: 4 })]);
}

test("lanes go to the layer with the most work, all are given out, and none gets more than it has neurons", () => {
  // (4 / 2 + 1) · 16 groups against (0 + 1) · 4.
  assert.deepEqual(balanceLanes(network(), trace(0), 10), [9, 1]);
  const busy = balanceLanes(network(), trace(16), 10);
  assert.ok(busy[1]! > 1, busy.join());
  assert.equal(
    busy.reduce((a, b) => a + b, 0),
    10,
  );
  assert.deepEqual(balanceLanes(network(), trace(16), 100), [16, 4]);
  assert.deepEqual(balanceLanes(network(), trace(16), 1), [1, 1]);
});
