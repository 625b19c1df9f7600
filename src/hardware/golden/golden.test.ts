import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../../base/index.ts";
import { delayTaps, denseLayers, denseLayer, normalizeLayer, type Network } from "../../model/network/index.ts";
import { integerOrder, neuronSpec, stepIntegerNeuron } from "../../model/neuron/index.ts";
import { firingNeurons, hasSpike, setSpike, spikeTrain } from "../../model/tensor/index.ts";
import {
  accumulatorRange,
  countEvents,
  hashNetwork,
  lowerNetwork,
  packNetwork,
  runGolden,
  unpackNetwork,
  type IntegerNetwork,
} from "./index.ts";

const options = { rounding: "nearest", coefficientFraction: 8 } as const;

/** Two inputs, two neurons, one class layer; weights are small multiples of the unit 0.25. */
function handNetwork(): Network {
  const hidden = denseLayer(
    "hidden",
    { inputCount: 2, neuronCount: 2 },
    neuronSpec("lif", { decay: 0.5, threshold: 1 }),
  );
  hidden.weights.data.set([1.25, 0.5, -0.5, 0.75]);
  const output = denseLayer("output", { inputCount: 2, neuronCount: 2 }, neuronSpec("integrateFire", { threshold: 1 }));
  output.weights.data.set([1.5, 0, 0, 1.5]);
  const quantizer = { bits: 4, scale: 0.25 };
  const layers = [hidden, output].map((layer) => ({ ...layer, quantizer }));
  return { kind: "network", name: "hand", inputCount: 2, stepCount: 3, layers, readout: { kind: "count" } };
}

test("a network by hand: spikes of every layer and step", () => {
  const integer = lowerNetwork(handNetwork(), options);
  assert.deepEqual([...integer.layers[0]!.weights], [5, 2, -2, 3]);
  assert.deepEqual(integer.layers[0]!.accumulator, { low: -2, high: 5 });
  const input = spikeTrain({ stepCount: 3, sampleCount: 1, neuronCount: 2 });
  setSpike(input, 0, 0, 0); // v = (1.25, 0.5): neuron 0 fires, residue 0.25
  setSpike(input, 1, 0, 1); // v = (0.125 − 0.5, 0.25 + 0.75 = 1): strict, nobody fires
  setSpike(input, 2, 0, 1); // v = (…, 0.5 + 0.75 = 1.25): neuron 1 fires
  const trace = runGolden(integer, input);
  assert.deepEqual(
    [0, 1, 2].map((step) => firingNeurons(trace.layers[0]!, step, 0)),
    [[0], [], [1]],
  );
  assert.deepEqual(
    [0, 1, 2].map((step) => firingNeurons(trace.layers[1]!, step, 0)),
    [[0], [], [1]],
  );
  assert.deepEqual([...trace.counts], [1, 1]);
  assert.equal(trace.decisions[0], 0, "a tie goes to the lowest class");
  const { layers } = countEvents(integer, trace);
  assert.deepEqual(
    layers.map((l) => [
      l.spikesIn,
      l.spikesOut,
      l.effectiveSynapticOperations,
      l.denseSynapticOperations,
      l.neuronUpdates,
    ]),
    [
      [3, 2, 6, 12, 6],
      [2, 2, 2, 12, 6],
    ],
  );
});

test("closures equal the oracle, neuron by neuron, also for two state variables", () => {
  const random = randomStream(2, "golden");
  const layer = denseLayer("a", { inputCount: 6, neuronCount: 5 }, neuronSpec("alif"));
  layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.normal()));
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 6,
    stepCount: 20,
    layers: [layer],
    readout: { kind: "count" },
  };
  const integer = lowerNetwork(network, { ...options, weightBits: 5 });
  const input = spikeTrain({ stepCount: 20, sampleCount: 3, neuronCount: 6 });
  for (let t = 0; t < 20; t++)
    for (let s = 0; s < 3; s++) for (let n = 0; n < 6; n++) if (random.uniform() < 0.3) setSpike(input, t, s, n);
  const trace = runGolden(integer, input);
  const { neuron, weights } = integer.layers[0]!;
  let spikes = 0;
  for (let s = 0; s < 3; s++) {
    const states = Array.from({ length: 5 }, (): Record<string, number> => ({ v: 0, a: 0 }));
    for (let t = 0; t < 20; t++) {
      for (let n = 0; n < 5; n++) {
        const sum = firingNeurons(input, t, s).reduce((total, i) => total + weights[i * 5 + n]!, 0);
        const step = stepIntegerNeuron(neuron, { ...states[n]!, input: sum });
        assert.equal(hasSpike(trace.layers[0]!, t, s, n), step.spike === 1);
        states[n] = { ...step.state };
        spikes += step.spike;
      }
    }
  }
  assert.ok(spikes > 5);
});

test("a changed weight or threshold changes the trace", () => {
  const integer = lowerNetwork(handNetwork(), options);
  const input = spikeTrain({ stepCount: 3, sampleCount: 1, neuronCount: 2 });
  for (let step = 0; step < 3; step++) setSpike(input, step, 0, 0);
  const before = runGolden(integer, input).layers[0]!.words;
  const layer = integer.layers[0]!;
  const changed: IntegerNetwork = {
    ...integer,
    layers: [{ ...layer, weights: layer.weights.map((w) => -w) }, integer.layers[1]!],
  };
  assert.throws(
    () => runGolden(changed, input),
    (error: UserError) => error.code === "golden/outside-format",
  );
  const raised = handNetwork();
  const spec = neuronSpec("lif", { decay: 0.5, threshold: 1.25 });
  const other = lowerNetwork(
    { ...raised, layers: [{ ...raised.layers[0]!, neuron: spec }, raised.layers[1]!] },
    options,
  );
  assert.notDeepEqual(runGolden(other, input).layers[0]!.words, before);
});

test("accumulator bounds are exact", () => {
  const bounds = (weights: readonly number[], bias?: readonly number[]): unknown =>
    accumulatorRange(
      { inputCount: weights.length / 2, neuronCount: 2 },
      { weights: Int16Array.from(weights), bias: bias === undefined ? undefined : Int32Array.from(bias) },
    );
  assert.deepEqual(bounds([1, -2, 3, -4]), { low: -6, high: 4 });
  assert.deepEqual(bounds([1, 1]), { low: 0, high: 1 });
  assert.deepEqual(bounds([1, -2, 3, -4], [2, 9]), { low: -6, high: 9 }, "with and without the bias");
});

test("what hardware cannot run is refused with the layer's name and a remedy", () => {
  const network = handNetwork();
  const refuse = (changed: Network, message: string): void => {
    assert.throws(
      () => lowerNetwork(changed, options),
      (error: UserError) => error.message === message && error.exit === "unsupported" && error.hint !== undefined,
    );
  };
  const [first, second] = [denseLayers(network)[0]!, network.layers[1]!];
  const own = { threshold: { shape: [2], data: Float32Array.of(1, 0.5) } };
  refuse(
    { ...network, layers: [{ ...first, neuronParameters: own }, second] },
    '"hidden": parameters that differ from neuron to neuron have no integers yet',
  );
  const delayed = { ...first, delays: delayTaps(network.inputCount, [1]) };
  refuse({ ...network, layers: [delayed, second] }, '"hidden": delayed synapses have no hardware yet');
  const { quantizer: _grid, ...free } = first;
  refuse({ ...network, layers: [normalizeLayer(free), second] }, '"hidden": currents are normalized');
  refuse({ ...network, readout: { kind: "membrane" } }, '"hand": readout "membrane" has no hardware');
});

test("an input of another shape is refused", () => {
  const integer = lowerNetwork(handNetwork(), options);
  assert.throws(
    () => runGolden(integer, spikeTrain({ stepCount: 4, sampleCount: 1, neuronCount: 2 })),
    (error: UserError) => error.message === '"hand": expected 3 steps of 2 inputs, got 4 of 2',
  );
});

test("packing keeps what is shared, also through JSON, and refuses what cannot be", () => {
  const integer = lowerNetwork(handNetwork(), options);
  const packed = packNetwork(integer);
  const copy = {
    ...packed,
    layers: packed.layers.map((l) => ({ ...l, neuron: JSON.parse(JSON.stringify(l.neuron)) as typeof l.neuron })),
  };
  const again = unpackNetwork(copy);
  assert.deepEqual(again, integer);
  const nodes = (network: IntegerNetwork): number =>
    integerOrder([network.layers[0]!.neuron.spike, network.layers[0]!.neuron.next["v"]!]).length;
  assert.equal(nodes(again), nodes(integer), "no node became two");
  assert.equal(hashNetwork(again), hashNetwork(integer));
  const [first, second] = [packed.layers[0]!, packed.layers[1]!];
  const refuse = (changed: typeof first, message: string): void => {
    assert.throws(
      () => unpackNetwork({ ...packed, layers: [changed, second] }),
      (error: UserError) => error.message === message,
    );
  };
  const loop = first.neuron.nodes.map((node, i) =>
    i === first.neuron.nodes.length - 1 ? { ...node, operands: [99, 0, 0] } : node,
  );
  refuse(
    { ...first, neuron: { ...first.neuron, nodes: loop } },
    `"hidden": node ${loop.length - 1} uses node 99, which does not come before it`,
  );
  refuse({ ...first, weights: first.weights.subarray(1) }, '"hidden": expected 2 × 2 weights, got 3');
});
