import assert from "node:assert/strict";
import { test } from "node:test";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { lowerNetwork, runGoldenSkipping } from "../golden/index.ts";
import { targets } from "../target/index.ts";
import { families } from "./index.ts";
import { predictCycles } from "./predict.ts";

/** Two layers without leak; the only input spike comes in the first of `stepCount` steps. */
function quiet(stepCount: number) {
  const layers = [4, 2].map((neuronCount, l) => {
    const layer = denseLayer(`l${l}`, { inputCount: 4, neuronCount }, neuronSpec("integrateFire", { threshold: 100 }));
    layer.weights.data.fill(1);
    return { ...layer, quantizer: { bits: 4, scale: 1 } };
  });
  const network: Network = { kind: "network", name: "n", inputCount: 4, stepCount, layers, readout: { kind: "count" } };
  const input = spikeTrain({ stepCount, sampleCount: 1, neuronCount: 4 });
  setSpike(input, 0, 0, 2);
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const choice = { family: "layer-pipeline", lanes: [2, 2], weightStorage: "dense" } as const;
  const mapping = families["layer-pipeline"].map(integer, choice, targets.hx8k);
  const { trace, skipped } = runGoldenSkipping(integer, input);
  const cyclesOf = (marks?: readonly Uint8Array[]) => predictCycles(mapping, trace, marks).sampleCycles[0]!;
  return {
    skipped,
    plain: cyclesOf(),
    skipping: cyclesOf(skipped),
    unmarked: cyclesOf(skipped.map((m) => m.map(() => 0))),
  };
}

test("a skipped step costs two cycles, to take its end and to pass it on; nothing marked costs what it always cost", () => {
  const [short, long] = [quiet(10), quiet(20)];
  assert.equal(short.unmarked, short.plain);
  // The first layer works in step 0 and finds in step 1 that nothing moves; the second rests from the start.
  assert.deepEqual(
    short.skipped.map((marks) => marks.join("")),
    ["0011111111", "1111111111"],
  );
  assert.equal(long.skipping - short.skipping, 10 * 2);
  assert.ok(long.plain - short.plain >= 10 * 4, `${long.plain - short.plain}`);
  assert.ok(short.skipping < short.plain);
});
