import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../../base/index.ts";
import { referenceBackend, type ForwardResult } from "../../../compute/index.ts";
import { lowerNetwork, runGolden } from "../../../hardware/golden/index.ts";
import { neuronSpec, type NeuronSpec } from "../../neuron/index.ts";
import { setSpike, spikeTrain, tensor, type SpikeTrain } from "../../tensor/index.ts";
import { checkNetwork, convLayer, denseLayer, networkShape, removeDeadNeurons, type Network } from "../index.ts";

const lif = neuronSpec("lif", { threshold: 0.6 });

/** A random network in which many neurons are dead, for reasons of all kinds. */
function deadly(
  seed: number,
  options: { readonly recurrent: boolean; readonly bias: boolean; readonly neuron: NeuronSpec },
): Network {
  const random = randomStream(seed, "deadly");
  const sizes = [6, 1 + random.integer(7), 1 + random.integer(7), 3];
  const layers = sizes.slice(1).map((neuronCount, l) => {
    const inputCount = sizes[l]!;
    const recurrent = options.recurrent && l < 2;
    const layer = denseLayer(`layer${l}`, { inputCount, neuronCount, recurrent }, options.neuron);
    const dead = Array.from({ length: neuronCount }, () => random.uniform() < 0.4);
    const deaf = Array.from({ length: inputCount }, () => l > 0 && random.uniform() < 0.3);
    layer.weights.data.forEach((_, i, data) => {
      const isZero = dead[i % neuronCount] === true || deaf[Math.floor(i / neuronCount)] === true;
      data[i] = isZero || random.uniform() < 0.3 ? 0 : random.normal();
    });
    layer.recurrentWeights?.data.forEach((_, i, data) => {
      data[i] = dead[i % neuronCount] === true || random.uniform() < 0.7 ? 0 : random.normal() / 2;
    });
    if (!options.bias) return layer;
    const bias = tensor([neuronCount]);
    bias.data.forEach((_, i) => (bias.data[i] = random.uniform() < 0.5 ? 0 : random.normal() / 2));
    return { ...layer, bias };
  });
  return { kind: "network", name: "deadly", inputCount: 6, stepCount: 5, layers, readout: { kind: "count" } };
}

function noise(network: Network, seed: number): SpikeTrain {
  const random = randomStream(seed, "noise");
  const train = spikeTrain({ stepCount: network.stepCount, sampleCount: 4, neuronCount: network.inputCount });
  for (let step = 0; step < train.stepCount; step++) {
    for (let sample = 0; sample < 4; sample++) {
      for (let n = 0; n < train.neuronCount; n++) if (random.uniform() < 0.4) setSpike(train, step, sample, n);
    }
  }
  return train;
}

async function run(network: Network, spikes: SpikeTrain): Promise<ForwardResult> {
  using executor = await referenceBackend.compile(network, {
    surrogate: { kind: "fastSigmoid", slope: 1 },
    detachReset: true,
    maxSampleCount: 4,
    perStep: true,
  });
  return executor.forward({ kind: "spikes", spikes }, { training: false });
}

/** Counts of the golden model; one grid for all weights, because a removed neuron may hold the largest. */
function integerCounts(network: Network, spikes: SpikeTrain): Int32Array {
  const layers = network.layers.map((layer) => ({ ...layer, quantizer: { bits: 6, scale: 0.1 } }));
  const integer = lowerNetwork({ ...network, layers }, { rounding: "nearest", coefficientFraction: 8 });
  return runGolden(integer, spikes).counts;
}

test("outputs stay equal bit for bit, float and integer, and nothing dead is left", async () => {
  let removedCount = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom("lif", "alif", "cubaLif"),
      async (seed, recurrent, bias, model) => {
        const network = deadly(seed, { recurrent, bias, neuron: model === "lif" ? lif : neuronSpec(model) });
        const { network: smaller, removed } = removeDeadNeurons(network);
        removedCount += removed.reduce((a, b) => a + b, 0);
        assert.deepEqual(checkNetwork(smaller), []);
        assert.deepEqual(
          removeDeadNeurons(smaller).removed,
          smaller.layers.map(() => 0),
        );
        const spikes = noise(network, seed);
        const [before, after] = [await run(network, spikes), await run(smaller, spikes)];
        assert.deepEqual(after.outputs, before.outputs);
        assert.deepEqual(after.perStep, before.perStep);
        if (recurrent || bias) return;
        assert.deepEqual(integerCounts(smaller, spikes), integerCounts(network, spikes));
      },
    ),
    { seed: 4, numRuns: 120 },
  );
  assert.ok(removedCount > 200, `${removedCount} neurons removed`);
});

test("a hand-made chain dies from both ends; a restless neuron stays", () => {
  const layers = [
    denseLayer("a", { inputCount: 2, neuronCount: 3 }, lif),
    denseLayer("b", { inputCount: 3, neuronCount: 2 }, lif),
    denseLayer("c", { inputCount: 2, neuronCount: 2 }, lif),
  ];
  // a1 hears nothing; b1 hears only a1; a2 speaks only to b1.
  layers[0]!.weights.data.set([1, 0, 1, 1, 0, 1]);
  layers[1]!.weights.data.set([1, 0, 0, 1, 0, 0]);
  layers[2]!.weights.data.set([1, 1, 1, 1]);
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 2,
    stepCount: 2,
    layers,
    readout: { kind: "count" },
  };
  const found = removeDeadNeurons(network);
  assert.equal(networkShape(found.network), "2-1-1-2");
  assert.deepEqual(found.removed, [2, 1, 0]);
  const bias = tensor([3], Float32Array.of(0, 2, 0));
  const restless = removeDeadNeurons({ ...network, layers: [{ ...layers[0]!, bias }, layers[1]!, layers[2]!] });
  assert.equal(networkShape(restless.network), "2-2-2-2");
});

test("output channels of a convolution go with their rows behind it", () => {
  const conv = convLayer("conv", { input: { rows: 4, columns: 4, channels: 1 }, channels: 3, kernel: 3 }, lif);
  conv.weights.data.forEach((_, i, data) => (data[i] = i % 3 === 1 ? 0 : 1 + i));
  const second = convLayer("second", { input: conv.output, channels: 2, kernel: 2 }, lif);
  second.weights.data.forEach((_, i, data) => (data[i] = i));
  const output = denseLayer("output", { inputCount: second.neuronCount, neuronCount: 2 }, lif);
  output.weights.data.forEach((_, i, data) => (data[i] = Math.floor(i / 2) % 2 === 0 ? 0 : i));
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 16,
    stepCount: 2,
    layers: [conv, second, output],
    readout: { kind: "count" },
  };
  const found = removeDeadNeurons(network);
  assert.deepEqual(found.removed, [1, 1, 0]);
  assert.deepEqual(
    found.network.layers.map(({ neuronCount }) => neuronCount),
    [8, 1, 2],
  );
  assert.deepEqual(
    found.network.layers.map(({ weights }) => weights.shape),
    [
      [3, 3, 1, 2],
      [2, 2, 2, 1],
      [1, 2],
    ],
  );
  assert.deepEqual([...found.network.layers[0]!.weights.data.subarray(0, 4)], [1, 3, 4, 6]);
  assert.deepEqual([...found.network.layers[2]!.weights.data], [2, 3]);
});

test("a convolutional network without its dead channels gives the same outputs, bit for bit, float and integer", async () => {
  let removedCount = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom("none", "currents", "spikes"), async (seed, pooled) => {
      const random = randomStream(seed, "channels");
      const window = { kind: "max", size: 2, stride: 2 } as const;
      const input = { rows: 6, columns: 6, channels: 1 };
      const first = convLayer(
        "first",
        { input, channels: 4, kernel: 3, padding: 1, ...(pooled === "currents" ? { pooling: window } : {}) },
        lif,
      );
      const grid = pooled === "spikes" ? { rows: 3, columns: 3, channels: 4 } : first.output;
      const union = pooled === "spikes" ? { inputPooling: { ...window, grid: first.output } } : {};
      const second = convLayer("second", { input: grid, channels: 3, kernel: 2, ...union }, lif);
      const output = denseLayer("output", { inputCount: second.neuronCount, neuronCount: 3 }, lif);
      for (const layer of [first, second, output]) {
        const columns = layer.weights.shape.at(-1)!;
        const isDead = Array.from({ length: columns }, () => layer !== output && random.uniform() < 0.4);
        layer.weights.data.forEach((_, i, data) => (data[i] = isDead[i % columns] === true ? 0 : random.normal() / 2));
      }
      const layers = [first, second, output];
      const network: Network = { ...deadly(1, { recurrent: false, bias: false, neuron: lif }), inputCount: 36, layers };
      const { network: smaller, removed } = removeDeadNeurons(network);
      removedCount += removed.reduce((a, b) => a + b, 0);
      assert.deepEqual(checkNetwork(smaller), []);
      const spikes = noise(network, seed);
      const [before, after] = [await run(network, spikes), await run(smaller, spikes)];
      assert.deepEqual(after.outputs, before.outputs);
      assert.deepEqual(after.perStep, before.perStep);
      assert.deepEqual(integerCounts(smaller, spikes), integerCounts(network, spikes));
    }),
    { seed: 2, numRuns: 40 },
  );
  assert.ok(removedCount > 40, `${removedCount} channels removed`);
});
