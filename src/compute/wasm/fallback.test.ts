// What has no fast kernels, or not in the way that was asked for, still runs, and says so.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cellCount,
  convLayer,
  delayTaps,
  denseLayer,
  normalizeLayer,
  type Layer,
  type Network,
} from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";
import type { CompileOptions, Executor, NetworkInput } from "../backend.ts";
import { referenceBackend } from "../reference/reference.ts";
import { wasmBackend } from "./wasm.ts";

const lif = neuronSpec("lif");
const grid = { rows: 2, columns: 3, channels: 2 };
const inputCount = cellCount(grid);
const options: CompileOptions = { surrogate: { kind: "fastSigmoid", slope: 5 }, detachReset: true, maxSampleCount: 3 };
const values = Uint8Array.from({ length: 4 * 3 * inputCount }, (_, i) => ((i * 7) % 3) >>> 1);
const input: NetworkInput = { kind: "bytes", values, sampleCount: 3 };
const above = convLayer("above", { input: grid, channels: 3, kernel: 2 }, lif);
const below = denseLayer("below", { inputCount, neuronCount: inputCount }, lif);
const pooling = { kind: "max", size: 2, stride: 1, grid } as const;

function networkOf(...layers: readonly Layer[]): Network {
  const filled = layers.map((layer) => ({
    ...layer,
    weights: { ...layer.weights, data: layer.weights.data.map((_, i) => ((i * 5) % 7) / 8 - 0.2) },
  }));
  return { kind: "network", name: "small", inputCount, stepCount: 4, layers: filled, readout: { kind: "count" } };
}

async function outcomeOf(executor: Executor): Promise<unknown> {
  const { outputs } = await executor.forward(input, { training: true });
  await executor.backward({ outputs: outputs.map((_, i) => (i % 3) - 1) });
  return { outputs, gradients: executor.read("gradients") };
}

const only: readonly (readonly [string, Network])[] = [
  [
    '"below" is a recurrent layer that pools its input or feeds a convolution',
    networkOf({ ...below, recurrentWeights: tensor([inputCount, inputCount]) }, above),
  ],
  [
    '"below" is a recurrent layer that pools its input or feeds a convolution',
    networkOf({
      ...denseLayer("below", { inputCount: 4, neuronCount: 5, recurrent: true }, lif),
      inputPooling: pooling,
    }),
  ],
  [
    '"below" is a delayed layer that pools its input or feeds a convolution',
    networkOf(
      { ...below, weights: tensor([2 * inputCount, inputCount]), delays: delayTaps(inputCount, [0, 2]) },
      above,
    ),
  ],
];

only.forEach(([reason, network], i) => {
  test(`only the reference runs it, which is told: case ${i + 1}`, async () => {
    const notes: string[] = [];
    using expected = await referenceBackend.compile(network, options);
    using actual = await wasmBackend.compile(network, { ...options, onNote: (note) => notes.push(note) });
    assert.deepEqual(notes, [`network "small" runs in the reference back end, which is slow: ${reason}`]);
    assert.deepEqual(await outcomeOf(actual), await outcomeOf(expected));
  });
});

test("delays and normalization do not run part by part: the sequence stays whole, which is told", async () => {
  const network = networkOf(normalizeLayer(below));
  const notes: string[] = [];
  const how = { ...options, stepsPerPart: 2, truncate: true, onNote: (note: string): void => void notes.push(note) };
  using whole = await wasmBackend.compile(network, options);
  using asked = await wasmBackend.compile(network, how);
  assert.deepEqual(notes, [
    'network "small": delays and normalization see all steps at once, so gradients travel back over all 4 of them, not over 2',
  ]);
  assert.equal(asked.timeParts, 1);
  assert.deepEqual(await outcomeOf(asked), await outcomeOf(whole));
});

test("what has fast kernels says nothing", async () => {
  const onNote = (note: string): never => assert.fail(note);
  using executor = await wasmBackend.compile(networkOf(below, above), { ...options, onNote });
  await outcomeOf(executor);
});
