import assert from "node:assert/strict";
import { test } from "node:test";
import { referenceBackend } from "../../compute/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";
import type { Dataset } from "../data/index.ts";
import { raiseThresholds, scaleThresholds } from "./threshold-scaling.ts";

/** Two inputs, each its own hidden neuron and class; a bright input adds 1 in every step. */
const network: Network = (() => {
  const hidden = denseLayer(
    "hidden",
    { inputCount: 2, neuronCount: 2 },
    neuronSpec("integrateFire", { threshold: 0.9 }),
  );
  const output = denseLayer(
    "output",
    { inputCount: 2, neuronCount: 2 },
    neuronSpec("integrateFire", { threshold: 0.9 }),
  );
  for (const layer of [hidden, output]) layer.weights.data.set([1, 0, 0, 1]);
  return {
    kind: "network",
    name: "n",
    inputCount: 2,
    stepCount: 4,
    layers: [hidden, output],
    readout: { kind: "count" },
  };
})();

const split = {
  sampleCount: 8,
  labels: Uint8Array.from({ length: 8 }, (_, i) => i % 2),
  values: Uint8Array.from({ length: 16 }, (_, i) => (i % 2 === Math.floor(i / 2) % 2 ? 255 : 0)),
};
const dataset: Dataset = {
  name: "two",
  title: "two",
  source: "test",
  license: "none",
  shape: [1, 2],
  featureCount: 2,
  classCount: 2,
  maxValue: 255,
  train: split,
  test: split,
};

test("thresholds of hidden layers are multiplied, shared ones and those of single neurons; the classes keep theirs", () => {
  const [hidden, output] = network.layers;
  const own = { threshold: tensor([2], Float32Array.of(1, 2)) };
  const scaled = scaleThresholds({ ...network, layers: [{ ...hidden!, neuronParameters: own }, output!] }, 2);
  assert.equal(scaled.layers[0]!.neuron.parameters["threshold"], 1.8);
  assert.deepEqual([...scaled.layers[0]!.neuronParameters!["threshold"]!.data], [2, 4]);
  assert.deepEqual(scaled.layers[1], output);
});

test("thresholds rise until accuracy would fall, and spikes never increase on the way", async () => {
  const batch = { encoding: { kind: "threshold", level: 0.5 }, stepCount: 4, seed: 1, pool: 1 } as const;
  const task = { network, dataset, batch, backend: referenceBackend, validationShare: 0.5, maxLoss: 0.1 };
  const { network: raised, trials } = await raiseThresholds(task);
  assert.deepEqual([trials[0]!.factor, trials[0]!.accuracy, trials[0]!.hiddenSpikes], [1, 1, 4]);
  trials.slice(1).forEach((trial, i) => assert.ok(trial.hiddenSpikes <= trials[i]!.hiddenSpikes));
  const kept = trials.findLast(({ accuracy }) => accuracy >= 0.9)!;
  assert.ok(kept.hiddenSpikes < 4, `${kept.hiddenSpikes} spikes left`);
  assert.ok(Math.abs(raised.layers[0]!.neuron.parameters["threshold"]! - 0.9 * kept.factor) < 1e-12);
});
