import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import {
  convLayer,
  denseLayer,
  foldNormalization,
  listArrays,
  normalizeLayer,
  withArrays,
  layerArrays,
  type Layer,
  type Network,
} from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { spikeTrain, setSpike } from "../../model/tensor/index.ts";
import type { CompileOptions, NetworkInput } from "../backend.ts";
import { referenceBackend } from "./reference.ts";

const options: CompileOptions = {
  surrogate: { kind: "fastSigmoid", slope: 5 },
  detachReset: true,
  maxSampleCount: 4,
  perStep: true,
};
const integrator = neuronSpec("leakyIntegrator", { decay: 0.5 });
const random = randomStream(3, "normalized");
const grid = { rows: 4, columns: 4, channels: 1 };

/** One normalized layer with random numbers, read by its potentials, so that everything about it is smooth. */
function smoothNetwork(layer: Layer): Network {
  const normalized = normalizeLayer(layer, 0.7);
  const shell: Network = {
    kind: "network",
    name: "smooth",
    inputCount: 16,
    stepCount: 3,
    layers: [normalized],
    readout: { kind: "membrane" },
  };
  const arrays = layerArrays(normalized);
  for (const array of listArrays(arrays)) array.forEach((value, i) => (array[i] = value + 0.3 * random.normal()));
  return withArrays(shell, [arrays]);
}

const input: NetworkInput = (() => {
  const spikes = spikeTrain({ stepCount: 3, sampleCount: 4, neuronCount: 16 });
  for (let i = 0; i < 3 * 4 * 16; i++) {
    if (random.uniform() < 0.4) setSpike(spikes, Math.floor(i / 64), Math.floor(i / 16) % 4, i % 16);
  }
  return { kind: "spikes", spikes };
})();

async function potentialsOf(network: Network, training: boolean): Promise<Float32Array> {
  using executor = await referenceBackend.compile(network, options);
  return (await executor.forward(input, { training })).perStep!.potentials;
}

for (const [title, layer] of [
  ["dense", denseLayer("l", { inputCount: 16, neuronCount: 5 }, integrator)],
  ["convolution", convLayer("l", { input: grid, channels: 2, kernel: 3, padding: 1 }, integrator)],
] as const) {
  test(`gradients of a normalized ${title} layer agree with differences`, async () => {
    const network = smoothNetwork(layer);
    using executor = await referenceBackend.compile(network, options);
    const { perStep } = await executor.forward(input, { training: true });
    const wave = perStep!.potentials.map((_, i) => ((i * 7) % 5) - 2);
    await executor.backward({ potentials: wave });
    const lossOf = async (changed: Network): Promise<number> =>
      (await potentialsOf(changed, true)).reduce((sum, v, i) => sum + v * wave[i]!, 0);
    const gradients = listArrays(executor.read("gradients")[0]!);
    const arrays = layerArrays(network.layers[0]!);
    const scale = Math.max(...gradients.flatMap((g) => [...g].map(Math.abs)));
    for (const [a, array] of listArrays(arrays).entries()) {
      for (let i = 0; i < array.length; i += 3) {
        const [held, e] = [array[i]!, 0.01];
        array[i] = held + e;
        const up = await lossOf(network);
        array[i] = held - e;
        const down = await lossOf(network);
        array[i] = held;
        const difference = (up - down) / (2 * e);
        assert.ok(Math.abs(difference - gradients[a]![i]!) < 2e-3 * scale, `array ${a}[${i}]: ${difference}`);
      }
    }
  });

  test(`a normalized ${title} layer folded into weights and bias does the same`, async () => {
    const network = smoothNetwork(layer);
    using executor = await referenceBackend.compile(network, options);
    for (let i = 0; i < 3; i++) await executor.forward(input, { training: true });
    const settled = withArrays(network, executor.read("weights"));
    assert.notDeepEqual(settled.layers[0]!.normalization!.mean, network.layers[0]!.normalization!.mean);
    const [want, got] = [await potentialsOf(settled, false), await potentialsOf(foldNormalization(settled), false)];
    assert.equal(foldNormalization(settled).layers[0]!.normalization, undefined);
    want.forEach((v, i) => assert.ok(Math.abs(v - got[i]!) < 2e-6 * 16, `${i}: ${v} and ${got[i]}`));
  });
}

test("pooled currents fold too, but a maximum does not turn into a minimum", async () => {
  for (const kind of ["sum", "average", "max"] as const) {
    const pooling = { kind, size: 2, stride: 2 };
    const network = smoothNetwork(
      convLayer("l", { input: grid, channels: 2, kernel: 3, padding: 1, pooling }, integrator),
    );
    network.layers[0]!.normalization!.scale.data.forEach((s, i, all) => (all[i] = Math.abs(s)));
    const [want, got] = [await potentialsOf(network, false), await potentialsOf(foldNormalization(network), false)];
    want.forEach((v, i) => assert.ok(Math.abs(v - got[i]!) < 1e-5, `${kind} ${i}: ${v} and ${got[i]}`));
    network.layers[0]!.normalization!.scale.data[1] = -1;
    if (kind !== "max") continue;
    assert.throws(() => foldNormalization(network), {
      code: "network/fold-max-pooling",
      message: '"l": channel 1 has a negative scale, which cannot move through max-pooling',
    });
  }
});
