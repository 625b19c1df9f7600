import assert from "node:assert/strict";
import { test } from "node:test";
import { convLayer, denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { countEvents, imbalanceOf, laneOperations, lowerNetwork, membraneSparsity, runGolden } from "./index.ts";

/** Two inputs into three neurons: input 0 reaches neuron 0 and 2, input 1 neuron 0 only; neuron 1 hears nothing. */
function handMade() {
  const layer = denseLayer("only", { inputCount: 2, neuronCount: 3 }, neuronSpec("integrateFire", { threshold: 4 }));
  layer.weights.data.set([1, 0, 2, 3, 0, 0]);
  const quantized = { ...layer, quantizer: { bits: 4, scale: 1 } };
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 2,
    stepCount: 4,
    layers: [quantized],
    readout: { kind: "count" },
  };
  const spikes = spikeTrain({ stepCount: 4, sampleCount: 1, neuronCount: 2 });
  setSpike(spikes, 1, 0, 0);
  setSpike(spikes, 2, 0, 1);
  setSpike(spikes, 3, 0, 1);
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  return { integer, trace: runGolden(integer, spikes) };
}

test("membrane sparsity: no weight arrived and nothing is stored", () => {
  const { integer, trace } = handMade();
  // Step 0: all three rest. Neuron 1 rests for ever. Neuron 2 holds 2 from step 1 on.
  assert.deepEqual(membraneSparsity(integer, trace, 10), [(3 + 1 + 1 + 1) / 12]);
  assert.deepEqual(membraneSparsity(integer, trace, 0), [undefined]);
});

test("load of lanes: effective operations of their neurons", () => {
  const { integer, trace } = handMade();
  assert.deepEqual(laneOperations(integer, trace, { index: 0, lanes: 2 }), [4, 0]);
  assert.deepEqual(laneOperations(integer, trace, { index: 0, lanes: 3 }), [3, 0, 1]);
  assert.equal(imbalanceOf([4, 0]), 2);
  assert.equal(imbalanceOf([0, 0]), 1);
});

/** Four pixels in a row into two channels by a kernel of two: channel 0 adds (1, 2), channel 1 only the right one, 4. */
function handMadeConv(pooling?: { readonly kind: "max"; readonly size: number; readonly stride: number }) {
  const shape = { input: { rows: 2, columns: 4, channels: 1 }, channels: 2, kernel: 2 };
  const layer = convLayer(
    "conv",
    pooling === undefined ? shape : { ...shape, input: { rows: 3, columns: 4, channels: 1 }, pooling },
    neuronSpec("integrateFire", { threshold: 3 }),
  );
  // Kernel positions: top left, top right, then nothing below.
  layer.weights.data.set([1, 0, 2, 4]);
  const quantized = { ...layer, quantizer: { bits: 4, scale: 1 } };
  const inputCount = shape.input.columns * (pooling === undefined ? 2 : 3);
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount,
    stepCount: 2,
    layers: [quantized],
    readout: { kind: "count" },
  };
  const spikes = spikeTrain({ stepCount: 2, sampleCount: 1, neuronCount: inputCount });
  // The right border pixel of the top row: only as the right one of the last position.
  setSpike(spikes, 0, 0, 3);
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  return { integer, trace: runGolden(integer, spikes) };
}

test("a convolution by hand: borders have fewer synapses, and membranes rest until a weight reaches them", () => {
  const { integer, trace } = handMadeConv();
  // Three positions of two channels. Weights 2 and 4 arrive at the last one; the second fires and keeps 1.
  assert.deepEqual(membraneSparsity(integer, trace, 1), [(4 + 4) / 12]);
  const { layers } = countEvents(integer, trace);
  assert.equal(layers[0]!.effectiveSynapticOperations, 2);
  // Two steps of three positions, four kernel places, two channels.
  assert.equal(layers[0]!.denseSynapticOperations, 2 * 3 * 4 * 2);
  assert.deepEqual([layers[0]!.spikesIn, layers[0]!.spikesOut], [1, 1]);
  assert.deepEqual(laneOperations(integer, trace, { index: 0, lanes: 2 }), [1, 1]);
  const pooled = handMadeConv({ kind: "max", size: 2, stride: 1 });
  // Two neurons per channel see the largest of four sums; one of them is reached.
  assert.deepEqual(membraneSparsity(pooled.integer, pooled.trace, 1), [(2 + 2) / 8]);
});

test("a recurrent layer by hand: own spikes are operations, load, and keep membranes from resting", () => {
  const layer = denseLayer(
    "own",
    { inputCount: 1, neuronCount: 2, recurrent: true },
    neuronSpec("integrateFire", { threshold: 1 }),
  );
  layer.weights.data.set([3, 0]);
  // Neuron 0 tells neuron 1, which tells nobody.
  layer.recurrentWeights!.data.set([0, 1, 0, 0]);
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 1,
    stepCount: 3,
    layers: [{ ...layer, quantizer: { bits: 4, scale: 1 } }],
    readout: { kind: "count" },
  };
  const spikes = spikeTrain({ stepCount: 3, sampleCount: 1, neuronCount: 1 });
  setSpike(spikes, 0, 0, 0);
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const trace = runGolden(integer, spikes);
  // Neuron 0 holds 3 and fires in steps 0 and 1 (2 stays, then 1); its spikes reach neuron 1 in steps 1 and 2, which then fires.
  const { layers } = countEvents(integer, trace);
  assert.deepEqual(layers[0]!.spikesPerStep, [1, 1, 1]);
  assert.equal(layers[0]!.spikesFedBack, 2);
  assert.equal(layers[0]!.effectiveSynapticOperations, 1 + 2);
  assert.equal(layers[0]!.denseSynapticOperations, 3 * (2 + 4));
  assert.deepEqual(laneOperations(integer, trace, { index: 0, lanes: 2 }), [1, 2]);
  assert.equal(imbalanceOf([1, 2]), 4 / 3);
  assert.deepEqual(membraneSparsity(integer, trace, 1), [1 / 6]);
});

test("a bias never rests, a zero bias does", () => {
  const { integer, trace } = handMade();
  const biased = { ...integer, layers: [{ ...integer.layers[0]!, bias: Int32Array.of(0, 1, 0) }] };
  // Neuron 1, which hears nothing, no longer counts.
  assert.deepEqual(membraneSparsity({ ...biased, layers: biased.layers }, { ...trace, stepCount: 1 }, 1), [2 / 3]);
});
