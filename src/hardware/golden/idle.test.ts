import assert from "node:assert/strict";
import { test } from "node:test";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { imbalanceOf, laneOperations, lowerNetwork, membraneSparsity, runGolden } from "./index.ts";

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
