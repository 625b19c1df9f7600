import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../base/index.ts";
import { convLayer, denseLayer, type Layer, type Network } from "../../model/network/index.ts";
import { neuronSpec, type NeuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain, tensor, type SpikeTrain } from "../../model/tensor/index.ts";
import { lowerNetwork, runGolden, runGoldenSkipping, type IntegerNetwork } from "./index.ts";

function networkOf(first: Layer, stepCount: number, neuron: NeuronSpec): IntegerNetwork {
  const second = denseLayer("second", { inputCount: first.neuronCount, neuronCount: 2 }, neuron);
  const random = randomStream(7, "second");
  second.weights.data.forEach((_, i, data) => (data[i] = random.normal()));
  const layers = [first, second].map((layer) => ({ ...layer, quantizer: { bits: 6, scale: 0.1 } }));
  const network: Network = { kind: "network", name: "n", inputCount: 6, stepCount, layers, readout: { kind: "count" } };
  return lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
}

/** Bursts with long silences between them. */
function bursts(seed: number, stepCount: number): SpikeTrain {
  const random = randomStream(seed, "bursts");
  const train = spikeTrain({ stepCount, sampleCount: 3, neuronCount: 6 });
  for (let sample = 0; sample < 3; sample++) {
    for (let step = 0; step < stepCount; step++) {
      if (random.uniform() < 0.85) continue;
      for (let n = 0; n < 6; n++) if (random.uniform() < 0.5) setSpike(train, step, sample, n);
    }
  }
  return train;
}

test("skipping changes no spike, whatever the neuron, the synapses and the bias", () => {
  const total: Record<string, number> = {};
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom("integrateFire", "lif", "alif", "cubaLif"),
      fc.constantFrom("dense", "recurrent", "conv"),
      fc.boolean(),
      (seed, model, kind, isBiased) => {
        const neuron = neuronSpec(model);
        const random = randomStream(seed, "weights");
        const layer: Layer =
          kind === "conv"
            ? convLayer("first", { input: { rows: 2, columns: 3, channels: 1 }, channels: 2, kernel: 2 }, neuron)
            : denseLayer("first", { inputCount: 6, neuronCount: 4, recurrent: kind === "recurrent" }, neuron);
        layer.weights.data.forEach((_, i, data) => (data[i] = random.normal()));
        if (layer.kind === "dense")
          layer.recurrentWeights?.data.forEach((_, i, data) => (data[i] = random.normal() / 4));
        const columns = layer.weights.shape.at(-1)!;
        const bias = isBiased ? { bias: tensor([columns], new Float32Array(columns).fill(0.2)) } : {};
        const network = networkOf({ ...layer, ...bias }, 30, neuron);
        const input = bursts(seed, 30);
        const { trace, skipped } = runGoldenSkipping(network, input);
        assert.deepEqual(trace, runGolden(network, input));
        const count = skipped.flatMap((marks) => [...marks]).reduce((a, b) => a + b, 0);
        total[model] = (total[model] ?? 0) + count;
      },
    ),
    { seed: 3, numRuns: 60 },
  );
  for (const [model, count] of Object.entries(total)) assert.ok(count > 100, `${model}: ${count} steps skipped`);
});

test("which steps are skipped, by hand: without leak after one silent step, with leak only when nothing moves any more", () => {
  const marks = (neuron: NeuronSpec, at: number): string => {
    const layer = denseLayer("only", { inputCount: 1, neuronCount: 1 }, neuron);
    layer.weights.data.set([1]);
    const network: Network = {
      kind: "network",
      name: "n",
      inputCount: 1,
      stepCount: 12,
      layers: [{ ...layer, quantizer: { bits: 4, scale: 0.25 } }],
      readout: { kind: "count" },
    };
    const input = spikeTrain({ stepCount: 12, sampleCount: 1, neuronCount: 1 });
    setSpike(input, at, 0, 0);
    const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
    return runGoldenSkipping(integer, input).skipped[0]!.join("");
  };
  // Silent from the start: nothing to do. After the spike one pass finds that nothing moves.
  assert.equal(marks(neuronSpec("integrateFire", { threshold: 2 }), 3), "111001111111");
  // States have four bits more than weights: 64, 16, 4, 1, then 0.25 rounds to 0, and one more pass finds that.
  assert.equal(marks(neuronSpec("lif", { decay: 0.25, threshold: 2 }), 3), "111000000111");
  // 64, 56, 49, 43, …: a slow leak moves for longer than a sample lasts, until rounding to nearest holds its last levels for ever.
  assert.equal(marks(neuronSpec("lif", { decay: 0.875, threshold: 2 }), 0), "000000000000");
});
