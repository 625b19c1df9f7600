import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../../base/index.ts";
import { convLayer, denseLayer, type Layer, type Network } from "../../../model/network/index.ts";
import { neuronSpec } from "../../../model/neuron/index.ts";
import { setSpike, spikeTrain, type SpikeTrain } from "../../../model/tensor/index.ts";
import { lowerNetwork, runGolden } from "../../golden/index.ts";
import { hierarchyEnergy, hierarchyFormats, hierarchyLayers } from "./index.ts";

const spec = neuronSpec("lif", { decay: 0.5, threshold: 0.5 });
const numerics = { rounding: "nearest", coefficientFraction: 8 } as const;
const grid = { rows: 4, columns: 4, channels: 2 };

/** Weights from the same draws at every density, so that fewer means a subset; small enough that neurons rarely fire. */
function networkOf(layers: readonly Layer[], density: number, seed = 1): Network {
  const random = randomStream(seed, "hierarchy layers");
  const fill = (data: Float32Array): void => {
    data.forEach((_, i) => {
      const [size, draw] = [0.125 * (1 + random.integer(3)), random.uniform()];
      data[i] = draw < density ? -size : 0;
    });
  };
  for (const layer of layers) {
    fill(layer.weights.data);
    if (layer.kind === "dense" && layer.recurrentWeights !== undefined) fill(layer.recurrentWeights.data);
  }
  const quantized = layers.map((layer) => ({ ...layer, quantizer: { bits: 4, scale: 0.125 } }));
  return { kind: "network", name: "n", inputCount: 32, stepCount: 3, layers: quantized, readout: { kind: "count" } };
}

const conv = (shape: { readonly groups?: number; readonly stride?: number } = {}): Layer =>
  convLayer("conv", { input: grid, channels: 4, kernel: 3, padding: 1, ...shape }, spec);
const makers: Readonly<Record<string, () => readonly Layer[]>> = {
  dense: () => [denseLayer("dense", { inputCount: 32, neuronCount: 12 }, spec)],
  recurrent: () => [denseLayer("recurrent", { inputCount: 32, neuronCount: 12, recurrent: true }, spec)],
  convolution: () => [conv()],
  "convolution in groups, stride 2": () => [conv({ groups: 2, stride: 2 })],
};

function spikes(count: number): SpikeTrain {
  const train = spikeTrain({ stepCount: 3, sampleCount: 2, neuronCount: 32 });
  for (let i = 0; i < count; i++) setSpike(train, i % 3, i % 2, (7 * i) % 32);
  return train;
}

test("a spike in the corner of a convolution reaches and fetches four kernel positions", () => {
  const integer = lowerNetwork(networkOf([conv()], 1), numerics);
  const train = spikeTrain({ stepCount: 3, sampleCount: 2, neuronCount: 32 });
  setSpike(train, 0, 0, 0);
  const [layer] = hierarchyLayers(integer, runGolden(integer, train));
  const { matrix, inputCount, neuronCount, sumCount, spikesIn, reachedOperations, effectiveOperations } = layer!;
  assert.deepEqual([matrix.rows, matrix.columns, inputCount, neuronCount, sumCount], [9 * 2, 4, 32, 64, 64]);
  // Of two samples one has the spike: four cells, four channels.
  assert.deepEqual([spikesIn, reachedOperations, effectiveOperations], [0.5, 8, 8]);
  const { lines } = hierarchyEnergy(layer!, "dense");
  const bits = 18 * 4 * 4;
  assert.equal(lines.find(({ component }) => component === "weight buffer")!.count, bits + 8 * 4);
  assert.equal(lines.find(({ component }) => component === "MAC")!.count, 8);
  assert.equal(lines.find(({ component }) => component === "output buffer")!.count, (2 * 8 + 3 * 64) * layer!.sumBits);
});

test("a recurrent layer's own spikes fetch their rows too", () => {
  const network = networkOf(makers["recurrent"]!(), 1);
  network.layers[0]!.weights.data.fill(0.5);
  const integer = lowerNetwork(network, numerics);
  const train = spikes(3);
  setSpike(train, 0, 1, 1);
  const trace = runGolden(integer, train);
  const [layer] = hierarchyLayers(integer, trace);
  assert.deepEqual([layer!.inputCount, layer!.matrix.rows], [32 + 12, 32 + 12]);
  assert.ok(layer!.spikesIn > 2, `${layer!.spikesIn}: no neuron fired`);
  assert.equal(layer!.reachedOperations, layer!.spikesIn * 12);
});

for (const [name, make] of Object.entries(makers)) {
  test(`fewer weights and fewer spikes never cost more, whatever the draw: ${name}`, () => {
    for (let seed = 1; seed <= 8; seed++) {
      const priced = (density: number, spikeCount: number): Readonly<Record<string, number>> => {
        const integer = lowerNetwork(networkOf(make(), density, seed), { ...numerics, weightBits: 4 });
        const [layer] = hierarchyLayers(integer, runGolden(integer, spikes(spikeCount)));
        // The width of a sum follows from the weights: held still, so that only what is counted changes.
        const held = { ...layer!, sumBits: 10 };
        return Object.fromEntries(hierarchyFormats.map((f) => [f, hierarchyEnergy(held, f).total.value]));
      };
      const densities = [0, 0.05, 0.2, 0.5, 1].map((density) => priced(density, 30));
      const activities = [0, 5, 15, 30, 60].map((count) => priced(0.4, count));
      for (const format of hierarchyFormats) {
        for (const series of [densities, activities]) {
          series.slice(1).forEach((energies, i) => {
            const [before, after] = [series[i]![format]!, energies[format]!];
            assert.ok(after >= before, `${format}, seed ${seed}: ${before} then ${after}`);
          });
        }
        const [least, most] = [densities[0]![format]!, densities.at(-1)![format]!];
        assert.equal(format === "dense", least === most, `${format}: ${least}, ${most}`);
      }
    }
  });
}
