import assert from "node:assert/strict";
import { test } from "node:test";
import { setSpike, spikeTrain } from "../tensor/index.ts";
import { convLayer, denseLayer, layerColumns } from "../network/index.ts";
import { neuronSpec } from "../neuron/index.ts";
import {
  bootstrapMeans,
  measureActivations,
  measureConnections,
  measureFiring,
  measureStructure,
  shareInterval,
  zeroShare,
} from "./index.ts";

test("connections: a hand-made matrix", () => {
  const found = measureConnections([1, 0, 0, 0, 0, 0, 2, 0, 3], 3);
  assert.deepEqual(found, { connectionSparsity: 6 / 9, nonZeroCount: 3, emptyRows: 1 / 3, emptyColumns: 1 / 3 });
});

test("zeros of layers: recurrent weights count like those from below", () => {
  const layer = denseLayer("r", { inputCount: 3, neuronCount: 2, recurrent: true }, neuronSpec("lif"));
  layer.weights.data.set([1, 0, 0, 2, 3, 4]);
  layer.recurrentWeights!.data.set([5, 0, 6, 7]);
  const plain = denseLayer("p", { inputCount: 2, neuronCount: 1 }, neuronSpec("lif"));
  assert.deepEqual([zeroShare(layer), zeroShare(layer, plain), zeroShare()], [3 / 10, 5 / 12, 0]);
});

test("activations: a hand-made train", () => {
  const train = spikeTrain({ stepCount: 2, sampleCount: 2, neuronCount: 4 });
  setSpike(train, 0, 0, 1);
  setSpike(train, 0, 0, 2);
  setSpike(train, 1, 1, 1);
  const found = measureActivations(train);
  assert.equal(found.activationSparsity, 1 - 3 / 16);
  assert.equal(found.temporalSparsity, 2 / 4);
  assert.equal(found.silentShare, 5 / 8);
  assert.equal(found.deadNeurons, 2);
  assert.deepEqual(found.spikeRates, [2 / 8, 1 / 8]);
});

test("structure: empty rows, columns, blocks, kernels, n of m", () => {
  const flat = measureStructure([3, 4], [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0], { lanes: 2, m: 4 });
  assert.deepEqual(flat, {
    emptyRows: 1 / 3,
    emptyColumns: 2 / 4,
    emptyKernels: undefined,
    emptyBlocks: 3 / 6,
    nOfM: 2,
  });
  // Kernel 1 × 2, two input channels, two filters: channel 1 never reaches filter 0, filter 1 is empty.
  const conv = measureStructure([1, 2, 2, 2], [5, 0, 0, 0, 0, 0, 0, 0], { lanes: 2, m: 2 });
  assert.deepEqual(conv, { emptyRows: 3 / 4, emptyColumns: 1 / 2, emptyKernels: 3 / 4, emptyBlocks: 3 / 4, nOfM: 1 });
});

test("firing: rates, samples, silent, dead and saturated neurons, bursts", () => {
  const train = spikeTrain({ stepCount: 6, sampleCount: 2, neuronCount: 4 });
  for (let step = 0; step < 6; step++) for (const sample of [0, 1]) setSpike(train, step, sample, 0);
  for (const step of [0, 2, 4]) setSpike(train, step, 1, 2);
  const found = measureFiring(train);
  assert.deepEqual([...found.neuronRates], [1, 0, 3 / 12, 0]);
  assert.deepEqual([...found.sampleSpikes], [6, 9]);
  assert.deepEqual([...found.sampleSparsity], [1 - 6 / 24, 1 - 9 / 24]);
  assert.deepEqual([...found.silentShares], [3 / 4, 2 / 4]);
  assert.deepEqual([found.deadNeurons, found.saturatedNeurons], [2, 1]);
  // Ten gaps of 1 and two of 2.
  const mean = 14 / 12;
  const deviation = Math.sqrt(18 / 12 - mean * mean);
  assert.ok(Math.abs(found.burstiness! - (deviation - mean) / (deviation + mean)) < 1e-12);
  const clock = spikeTrain({ stepCount: 6, sampleCount: 1, neuronCount: 1 });
  for (const step of [0, 2, 4]) setSpike(clock, step, 0, 0);
  assert.equal(measureFiring(clock).burstiness, -1);
  assert.equal(measureFiring(spikeTrain({ stepCount: 2, sampleCount: 1, neuronCount: 1 })).burstiness, undefined);
});

test("bootstrap: constants have no width, a coin has the width of its binomial, the seed decides", () => {
  const coin = Float64Array.from({ length: 400 }, (_, i) => i % 2);
  const [constant, share] = bootstrapMeans([new Float64Array(400).fill(3), coin], 1);
  assert.deepEqual(constant, { mean: 3, low: 3, high: 3 });
  assert.equal(share!.mean, 0.5);
  const width = 2 * 1.96 * Math.sqrt(0.25 / 400);
  assert.ok(Math.abs(share!.high - share!.low - width) < 0.15 * width, `${share!.low}…${share!.high}`);
  assert.deepEqual(bootstrapMeans([coin], 1)[0], share);
  assert.deepEqual(bootstrapMeans([new Float64Array(0)], 1), [{ mean: 0, low: 0, high: 0 }]);
});

test("the interval of a share: a published example, and what stays inside 0…1", () => {
  // 15 of 50: 0.191 … 0.438. R. Newcombe, Statistics in Medicine 1998, table I, method 3 has 81 of 263: 0.2553 … 0.3662.
  const { low, high } = shareInterval(81 / 263, 263);
  assert.deepEqual([low.toFixed(4), high.toFixed(4)], ["0.2553", "0.3662"]);
  assert.deepEqual([shareInterval(0, 10).low, shareInterval(1, 10).high.toFixed(9)], [0, "1.000000000"]);
  assert.ok(shareInterval(0, 10).high > 0.2 && shareInterval(0, 0).high === 1);
});

test("a convolution's columns are its channels, not its neurons", () => {
  const layer = convLayer(
    "c",
    { input: { rows: 8, columns: 8, channels: 1 }, channels: 4, kernel: 3 },
    neuronSpec("lif"),
  );
  layer.weights.data.fill(1).forEach((_, i, all) => (all[i] = i % 4 === 0 ? 0 : 1));
  const { emptyColumns, nonZeroCount } = measureConnections(layer.weights.data, layerColumns(layer));
  assert.deepEqual([layerColumns(layer), emptyColumns, nonZeroCount], [4, 0.25, 27]);
});
