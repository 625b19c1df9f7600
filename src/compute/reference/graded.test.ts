import assert from "node:assert/strict";
import { test } from "node:test";
import { assertDefined } from "../../base/index.ts";
import { denseLayer, recurrentWeightsOf, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { referenceBackend, wasmBackend } from "../index.ts";

const options = { surrogate: { kind: "arctan" }, detachReset: true, maxSampleCount: 1, perStep: true } as const;

/** One input, a neuron that sends its potential, a neuron that sums. */
function gradedNetwork(recurrent = false): Network {
  const graded = neuronSpec("gradedLif", { decay: 1, threshold: 1 });
  const first = denseLayer("graded", { inputCount: 1, neuronCount: 1, recurrent }, graded);
  const second = denseLayer("sum", { inputCount: 1, neuronCount: 1 }, neuronSpec("leakyIntegrator", { decay: 1 }));
  first.weights.data[0] = 0.75;
  second.weights.data[0] = 2;
  return {
    kind: "network",
    name: "graded",
    inputCount: 1,
    stepCount: 3,
    layers: [first, second],
    readout: { kind: "membrane" },
  };
}

test("what a graded spike carries reaches the next layer, and its gradient comes back", async () => {
  const spikes = spikeTrain({ stepCount: 3, sampleCount: 1, neuronCount: 1 });
  setSpike(spikes, 0, 0, 0);
  setSpike(spikes, 1, 0, 0);
  using executor = await referenceBackend.compile(gradedNetwork(), options);
  const { outputs } = await executor.forward({ kind: "spikes", spikes }, { training: true });
  // 0.75, then 1.5 > 1: sent, times 2.
  assert.deepEqual([...outputs], [3]);
  await executor.backward({ outputs: Float32Array.of(1) });
  const gradients = executor.read("gradients");
  assert.equal(gradients[1]!.weights[0], 1.5, "what arrived");
});

test("what a graded spike carries comes back to its own layer one step later", async () => {
  const network = gradedNetwork(true);
  network.layers[0]!.weights.data[0] = 1.5;
  assertDefined(recurrentWeightsOf(network.layers[0]!), "weights").data[0] = 2;
  const spikes = spikeTrain({ stepCount: 3, sampleCount: 1, neuronCount: 1 });
  setSpike(spikes, 0, 0, 0);
  for (const backend of [referenceBackend, wasmBackend]) {
    using executor = await backend.compile(network, options);
    const { outputs } = await executor.forward({ kind: "spikes", spikes }, { training: true });
    // 1.5 is sent, then 2 · 1.5 = 3, then 2 · 3 = 6; all times 2.
    assert.deepEqual([...outputs], [21]);
    await executor.backward({ outputs: Float32Array.of(1) });
    assert.equal(executor.read("gradients")[1]!.weights[0], 10.5, "what arrived");
  }
});
