import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream, signedRange } from "../../base/index.ts";
import { denseLayer, type DenseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec, type NeuronSpec } from "../../model/neuron/index.ts";
import { largestLevel, quantizeValue, type Quantizer } from "../../model/tensor/index.ts";
import { accumulatorRange, chooseFormats, lowerNetwork, type LowerOptions } from "./index.ts";

const numerics: LowerOptions = { rounding: "nearest", coefficientFraction: 8 };

function layerOf(spec: NeuronSpec, weights: readonly number[] = [1, -1]): DenseLayer {
  const layer = denseLayer("only", { inputCount: weights.length, neuronCount: 1 }, spec);
  layer.weights.data.set(weights);
  return layer;
}

function networkOf(layer: DenseLayer): Network {
  const inputCount = layer.weights.shape[0]!;
  return { kind: "network", name: "", inputCount, stepCount: 2, layers: [layer], readout: { kind: "count" } };
}

test("accumulator bounds are what the worst choice of spikes gives, and they include 0", () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }))
    .chain(([inputs, neurons]) =>
      fc.tuple(
        fc.constant(neurons),
        fc.array(fc.integer({ min: -7, max: 7 }), { minLength: inputs * neurons, maxLength: inputs * neurons }),
      ),
    );
  fc.assert(
    fc.property(matrices, ([neurons, weights]) => {
      const inputs = weights.length / neurons;
      let [low, high] = [0, 0];
      for (let spikes = 0; spikes < 2 ** inputs; spikes++) {
        for (let n = 0; n < neurons; n++) {
          let sum = 0;
          for (let i = 0; i < inputs; i++) if (((spikes >> i) & 1) === 1) sum += weights[i * neurons + n]!;
          low = Math.min(low, sum);
          high = Math.max(high, sum);
        }
      }
      assert.deepEqual(
        accumulatorRange({ inputCount: inputs, neuronCount: neurons }, { weights: Int16Array.from(weights) }),
        { low, high },
      );
    }),
    { seed: 51, numRuns: 100 },
  );
});

test("weights come from the layer's own quantizer; without one, from a fit of the asked bits", () => {
  const values = [0.5, -0.26, 0.1, 2];
  const given = { ...layerOf(neuronSpec("lif"), values), quantizer: { bits: 3, scale: 0.25 } };
  const [own] = lowerNetwork(networkOf(given), { ...numerics, weightBits: 8 }).layers;
  assert.deepEqual([[...own!.weights], own!.weightBits, own!.weightScale], [[2, -1, 0, 3], 3, 0.25]);
  const [fitted] = lowerNetwork(networkOf(layerOf(neuronSpec("lif"), values)), { ...numerics, weightBits: 4 }).layers;
  assert.equal(fitted!.weightBits, 4);
  assert.deepEqual(
    [...fitted!.weights],
    values.map((value) => quantizeValue({ bits: 4, scale: fitted!.weightScale }, Math.fround(value))),
  );
  const [usual] = lowerNetwork(networkOf(layerOf(neuronSpec("lif"), values)), numerics).layers;
  assert.equal(usual!.weightBits, 8);
  assert.throws(() => lowerNetwork(networkOf(layerOf(neuronSpec("lif"))), { ...numerics, weightBits: 17 }), {
    message: "quantizer: expected 1…16 whole bits, got 17",
  });
});

test("zero points fold into the integers, signs are stored in two bits, coarser channels store larger integers", () => {
  const lowered = (
    values: readonly number[],
    quantizer: Quantizer,
    changes: Partial<DenseLayer> = {},
  ): readonly unknown[] => {
    const network = networkOf({ ...layerOf(neuronSpec("lif"), values), quantizer, ...changes });
    const [layer] = lowerNetwork(network, numerics).layers;
    return [[...layer!.weights], layer!.weightBits, layer!.weightScale];
  };
  assert.deepEqual(lowered([-0.5, 0, 0.25, 1.25], { bits: 3, scale: 0.25, zeroPoint: -2 }), [[-2, 0, 1, 5], 4, 0.25]);
  assert.deepEqual(lowered([-0.5, 0.5, 0], { bits: 1, scale: 0.5 }), [[-1, 1, 0], 2, 0.5]);
  const two = (first: number, second: number): [Quantizer, Partial<DenseLayer>] => [
    { bits: 3, scale: first, channelScales: Float32Array.of(first, second) },
    { neuronCount: 2, weights: { shape: [2, 2], data: Float32Array.of(1.5, 0.75, -0.5, 0.25) } },
  ];
  assert.deepEqual(lowered([], ...two(0.5, 0.25)), [[6, 3, -2, 1], 4, 0.25]);
  const own = {
    recurrentWeights: { shape: [1, 1], data: Float32Array.of(-3) },
    recurrentQuantizer: { bits: 3, scale: 1 },
  };
  assert.deepEqual(lowered([0.25], { bits: 3, scale: 0.25 }, own), [[1, -12], 5, 0.25]);
  assert.throws(() => lowered([], ...two(0.5, 0.3)), {
    code: "lower/channel-scales",
    message: '"only": a scale of 0.5 is no whole multiple of 0.30000001192092896, and its sums have one unit',
  });
  const wide: [Quantizer, Partial<DenseLayer>] = [{ ...two(2, 1)[0], bits: 16 }, two(2, 1)[1]];
  wide[1].weights!.data[0] = 2 ** 15;
  assert.throws(() => lowered([], ...wide), { code: "lower/too-wide" });
});

test("integers say everything: shapes, names, bounds shared by layer and neuron", () => {
  const integer = lowerNetwork(networkOf(layerOf(neuronSpec("lif"), [1, -0.5, 0.25])), numerics);
  assert.equal(integer.name, "3-1", "a net without a name goes by its shape");
  const [layer] = integer.layers;
  assert.deepEqual([layer!.inputCount, layer!.neuronCount, layer!.name], [3, 1, "only"]);
  assert.deepEqual(layer!.neuron.input, layer!.accumulator);
  assert.ok(layer!.weights.every((weight) => Math.abs(weight) <= largestLevel(8)));
});

test("by default a potential holds its threshold four times over, in at least 8 bits and no more than it must", () => {
  const random = randomStream(52, "formats");
  for (let trial = 0; trial < 200; trial++) {
    const threshold = 2 ** (random.uniform() * 12 - 4);
    const unit = 2 ** (random.uniform() * 8 - 7);
    const layer = layerOf(neuronSpec("lif", { threshold }));
    const { potential } = chooseFormats(layer, unit, numerics);
    const stored = (threshold / unit) * 2 ** potential.fraction;
    assert.ok(stored * 4 <= signedRange(potential.bits).high + 1, `${stored} in ${potential.bits} bits`);
    assert.ok(
      potential.bits === 8 || stored * 16 > signedRange(potential.bits).high,
      `${stored} in ${potential.bits} bits`,
    );
    assert.ok(stored >= 64 || potential.fraction === 4, `${stored} with ${potential.fraction} fraction bits`);
    assert.ok(potential.fraction === 0 || stored < 128, "no more fraction than needed");
  }
  const given = chooseFormats(layerOf(neuronSpec("lif")), 1, { ...numerics, potentialBits: 13, potentialFraction: 3 });
  assert.deepEqual(given.potential, { bits: 13, fraction: 3 });
});

test("the chosen format also holds a reset value or an adaptation that is larger than the threshold", () => {
  const deep = neuronSpec("lif", { threshold: 1 }, { kind: "value", value: -50 });
  const adaptive = neuronSpec("alif", { threshold: 0.5, adaptStep: 20 });
  for (const spec of [deep, adaptive]) {
    const integer = lowerNetwork(networkOf({ ...layerOf(spec), quantizer: { bits: 4, scale: 0.125 } }), numerics);
    assert.ok(integer.layers[0]!.neuron.state[0]!.format.bits >= 12);
  }
});

test("a format that is too small is the user's to mend, with the numbers", () => {
  const layer = { ...layerOf(neuronSpec("lif", { threshold: 4 })), quantizer: { bits: 4, scale: 0.125 } };
  assert.throws(() => lowerNetwork(networkOf(layer), { ...numerics, potentialBits: 6 }), {
    code: "lower/threshold-out-of-range",
    message: 'neuron "lif": threshold is 64 in potential units, outside -32…31 of 6 bits with 1 fraction bits',
    hint: "use 8 potential bits or fewer fraction bits",
  });
});

test("an unsound network is refused before it is lowered", () => {
  assert.throws(() => lowerNetwork({ ...networkOf(layerOf(neuronSpec("lif"))), stepCount: 0 }, numerics), {
    code: "network/step-count",
    message: "stepCount: expected a whole number ≥ 1, got 0",
  });
});
