import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { countSpikes, firingNeurons } from "../tensor/index.ts";
import {
  accuracyOf,
  checkEncoding,
  confusionMatrix,
  decideClasses,
  encode,
  latencyStep,
  type Encoding,
} from "./index.ts";

const random = randomStream(5, "encoding");
const shape = { featureCount: 4, stepCount: 8, random };

function spikesOf(encoding: Encoding, values: readonly number[], sampleIds: readonly number[]) {
  const encoded = encode(encoding, Float32Array.from(values), { ...shape, sampleIds });
  assert.equal(encoded.kind, "spikes");
  return encoded.kind === "spikes" ? encoded.spikes : undefined;
}

test("linear latency: the largest value first, the threshold last, nothing below", () => {
  const linear = { kind: "latency", shape: "linear", threshold: 0.2, clip: true } as const;
  assert.equal(latencyStep(linear, 1, 8), 0);
  assert.equal(latencyStep(linear, 0.6, 8), 4);
  assert.equal(latencyStep(linear, 0.2, 8), undefined);
  assert.equal(latencyStep({ ...linear, clip: false }, 0.1, 8), 7);
  const spikes = spikesOf(linear, [1, 0.6, 0.1, 0.9], [0])!;
  assert.deepEqual(firingNeurons(spikes, 0, 0), [0]);
  assert.deepEqual(firingNeurons(spikes, 1, 0), [3]);
  assert.equal(countSpikes(spikes), 3);
});

test("log latency keeps the order and the ends", () => {
  const log = { kind: "latency", shape: "log", threshold: 0.01, clip: true } as const;
  assert.equal(latencyStep(log, 1, 16), 0);
  assert.equal(latencyStep(log, 0.0100001, 16), 15);
  const steps = [0.02, 0.05, 0.2, 0.9].map((x) => latencyStep(log, x, 16)!);
  assert.deepEqual(
    [...steps].sort((a, b) => b - a),
    steps,
  );
});

test("rate: the mean rate is the probability, and a sample keeps its spikes in any batch", () => {
  const rate = { kind: "rate", gain: 0.5, offset: 0.1 } as const;
  const options = { featureCount: 1000, stepCount: 50, random, sampleIds: [3] };
  const encoded = encode(rate, new Float32Array(1000).fill(0.4), options);
  assert.ok(encoded.kind === "spikes");
  const mean = countSpikes(encoded.spikes) / 50_000;
  assert.ok(Math.abs(mean - 0.3) < 3 * Math.sqrt((0.3 * 0.7) / 50_000), `mean rate ${mean}`);
  const alone = spikesOf(rate, [0.5, 0.5, 0.5, 0.5], [7])!;
  const together = spikesOf(rate, [1, 0, 1, 0, 0.5, 0.5, 0.5, 0.5], [2, 7])!;
  for (let step = 0; step < 8; step++)
    assert.deepEqual(firingNeurons(together, step, 1), firingNeurons(alone, step, 0));
});

test("threshold shows the binary image as often as asked", () => {
  const spikes = spikesOf({ kind: "threshold", level: 0.5, repeat: 2 }, [0.6, 0.5, 0.4, 1], [0])!;
  assert.deepEqual(firingNeurons(spikes, 1, 0), [0, 3]);
  assert.deepEqual(firingNeurons(spikes, 2, 0), []);
});

test("ranges are checked by name", () => {
  assert.deepEqual(checkEncoding({ kind: "latency", shape: "linear", threshold: 2, clip: true }, "encoding"), [
    { code: "encoding/range", path: "encoding.threshold", message: "expected 0…1, got 2" },
  ]);
});

test("decisions: the largest output, the lowest class on a tie", () => {
  const decisions = decideClasses([1, 3, 3, 0, 0, 0], 3);
  assert.deepEqual([...decisions], [1, 0]);
  assert.equal(accuracyOf(decisions, [1, 2]), 0.5);
  assert.deepEqual(confusionMatrix(decisions, [1, 2], 3), [
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
  ]);
});
