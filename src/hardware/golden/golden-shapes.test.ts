// Convolutions, poolings, biases and recurrent layers: where nothing is rounded, integers must fire exactly as the float reference.

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { referenceBackend } from "../../compute/index.ts";
import {
  cellCount,
  convLayer,
  denseLayer,
  type Grid,
  type Layer,
  type Network,
  type Pooling,
} from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { countSynapticOperations } from "../../model/sparsity/index.ts";
import { countSpikes, setSpike, spikeTrain, tensor, type SpikeTrain } from "../../model/tensor/index.ts";
import { checkPackedNetwork } from "./check-packed.ts";
import {
  countEvents,
  handedOver,
  lowerNetwork,
  packNetwork,
  prepareGolden,
  runGolden,
  unpackNetwork,
} from "./index.ts";

const unit = 1 / 8;
const spec = neuronSpec("lif", { decay: 0.5, threshold: 0.75 });
/** Halvings of multiples of 1/8 and of shares 1/4 or 1/16 stay exact. */
const wide = { rounding: "nearest", coefficientFraction: 8, potentialBits: 27, potentialFraction: 14 } as const;
const input: Grid = { rows: 7, columns: 6, channels: 2 };
const pooling = (kind: Pooling["kind"], size = 2, stride = size): Pooling => ({ kind, size, stride });

/** Dyadic weights and biases; a dense layer of five neurons reads what comes out. */
function networkOf(layers: readonly Layer[]): Network {
  const random = randomStream(7, layers.map(({ name }) => name).join());
  const dyadic = (data: Float32Array): void => {
    data.forEach((_, i) => (data[i] = random.uniform() < 0.2 ? 0 : (random.integer(15) - 6) * unit));
  };
  const last = layers.at(-1)!;
  const output = denseLayer("output", { inputCount: last.neuronCount, neuronCount: 5 }, spec);
  const all = [...layers, output].map((layer): Layer => {
    dyadic(layer.weights.data);
    if (layer.kind === "dense" && layer.recurrentWeights !== undefined) dyadic(layer.recurrentWeights.data);
    if (layer.bias !== undefined) dyadic(layer.bias.data);
    return { ...layer, quantizer: { bits: 5, scale: unit } };
  });
  const inputCount = cellCount(input);
  return { kind: "network", name: "shapes", inputCount, stepCount: 5, layers: all, readout: { kind: "count" } };
}

function spikes(rate: number): SpikeTrain {
  const random = randomStream(8, "shapes");
  const train = spikeTrain({ stepCount: 5, sampleCount: 6, neuronCount: cellCount(input) });
  for (let t = 0; t < 5; t++) {
    for (let s = 0; s < 6; s++) {
      for (let n = 0; n < train.neuronCount; n++) if (random.uniform() < rate) setSpike(train, t, s, n);
    }
  }
  return train;
}

const conv = (shape: Partial<Parameters<typeof convLayer>[1]> = {}): Layer =>
  convLayer("conv", { input, channels: 4, kernel: 3, ...shape }, spec);
const half: Grid = { rows: 3, columns: 3, channels: 2 };
const cases: Readonly<Record<string, readonly Layer[]>> = {
  "a convolution": [conv()],
  "stride and padding": [conv({ stride: 2, padding: 1 })],
  groups: [conv({ groups: 2 })],
  "an even kernel, depthwise": [conv({ kernel: 4, groups: 2, channels: 2, padding: 2, stride: 3 })],
  "a bias per channel": [{ ...conv({ padding: 1 }), bias: tensor([4]) } as Layer],
  "the largest current": [{ ...conv({ pooling: pooling("max") }), bias: tensor([4]) } as Layer],
  "overlapping largest currents": [conv({ padding: 1, pooling: pooling("max", 3, 2) })],
  "sums of currents": [{ ...conv({ pooling: pooling("sum") }), bias: tensor([4]) } as Layer],
  "averages of currents": [{ ...conv({ padding: 1, pooling: pooling("average") }), bias: tensor([4]) } as Layer],
  "overlapping sums of currents": [conv({ pooling: pooling("sum", 3, 1) })],
  "a union of the input": [conv({ input: half, kernel: 2, inputPooling: { ...pooling("max"), grid: input } })],
  "sums of the input": [conv({ input: half, kernel: 2, inputPooling: { ...pooling("sum"), grid: input } })],
  "averages of the input": [conv({ input: half, kernel: 2, inputPooling: { ...pooling("average"), grid: input } })],
  "overlapping sums of the input": [
    conv({
      input: { rows: 3, columns: 2, channels: 2 },
      kernel: 2,
      inputPooling: { ...pooling("sum", 3, 2), grid: input },
    }),
  ],
  "a recurrent layer": [denseLayer("recurrent", { inputCount: 84, neuronCount: 9, recurrent: true }, spec)],
  "a dense layer with a bias": [
    { ...denseLayer("biased", { inputCount: 84, neuronCount: 9 }, spec), bias: tensor([9]) },
  ],
  "a dense layer behind pooled averages": [
    {
      ...denseLayer("dense", { inputCount: 18, neuronCount: 9 }, spec),
      inputPooling: { ...pooling("average"), grid: input },
    },
  ],
  "two convolutions with a union between": [
    conv({ padding: 1 }),
    {
      ...convLayer("second", { input: { rows: 3, columns: 3, channels: 4 }, channels: 3, kernel: 3, padding: 1 }, spec),
      inputPooling: { ...pooling("max"), grid: { rows: 7, columns: 6, channels: 4 } },
    },
  ],
};

for (const [name, layers] of Object.entries(cases)) {
  test(`golden = float where nothing is rounded: ${name}`, async () => {
    const network = networkOf(layers);
    const integer = lowerNetwork(network, wide);
    const train = spikes(0.2);
    const trace = runGolden(integer, train);
    using executor = await referenceBackend.compile(network, {
      surrogate: { kind: "fastSigmoid", slope: 5 },
      detachReset: true,
      maxSampleCount: 6,
    });
    await executor.forward({ kind: "spikes", spikes: train }, { training: false });
    trace.layers.forEach((golden, l) => assert.deepEqual(golden.words, executor.spikesOf(l).words, `layer ${l}`));
    assert.ok(countSpikes(trace.layers[0]!) > 0, "a test without spikes proves nothing");
    assert.deepEqual(checkPackedNetwork(packNetwork(integer)), []);
    assert.deepEqual(runGolden(unpackNetwork(packNetwork(integer)), train).counts, trace.counts);
    assert.match(prepareGolden(integer).obstacle ?? "", /only the golden model|^$/);
  });
}

test("integers count the operations that the float network's metrics count, where no sum is folded into a shape", () => {
  let compared = 0;
  for (const [title, layers] of Object.entries(cases)) {
    const network = networkOf(layers);
    if (layers.some((layer) => [layer.inputPooling, layer.kind === "conv" ? layer.pooling : undefined].some(sums)))
      continue;
    const integer = lowerNetwork(network, wide);
    const trace = runGolden(integer, spikes(0.2));
    const run = { input: { kind: "spikes", spikes: trace.input }, layers: trace.layers } as const;
    const counted = countSynapticOperations(network, run);
    countEvents(integer, trace).layers.forEach((events, l) => {
      assert.equal(counted[l]!.accumulates, events.effectiveSynapticOperations, title);
      assert.equal(counted[l]!.spikingJelly, events.reachedSynapticOperations, title);
      assert.equal(counted[l]!.dense, events.denseSynapticOperations, title);
      compared++;
    });
  }
  assert.ok(compared >= 3, `${compared} layers`);
});

test("events are counted as the synapses that exist", () => {
  const integer = lowerNetwork(networkOf([conv()]), wide);
  const corner = spikeTrain({ stepCount: 5, sampleCount: 1, neuronCount: 84 });
  setSpike(corner, 1, 0, 0);
  const counted = countEvents(integer, runGolden(integer, corner)).layers[0]!;
  assert.equal(counted.effectiveSynapticOperations <= 4, true, "a corner reaches one cell of four channels");
  // 5 × 4 cells see 3 × 3 pixels of two channels each.
  assert.equal(counted.denseSynapticOperations, 5 * (5 * 4 * 9 * 2 * 4));
});

test("what is handed over is the union where the next layer pools spikes", () => {
  const integer = lowerNetwork(networkOf(cases["two convolutions with a union between"]!), wide);
  const trace = runGolden(integer, spikes(0.2));
  const united = handedOver(integer, trace, 0);
  assert.equal(united.neuronCount, 3 * 3 * 4);
  assert.equal(trace.layers[0]!.neuronCount, 7 * 6 * 4);
  assert.ok(countSpikes(united) < countSpikes(trace.layers[0]!));
});

function sums(pooling: Pooling | undefined): boolean {
  return pooling !== undefined && pooling.kind !== "max";
}
