// Delayed synapses and normalized currents against the reference: spikes and running statistics bit for bit, gradients to a
// relative 1e-5.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertDefined, randomStream } from "../base/index.ts";
import {
  cellCount,
  convLayer,
  delaySynapses,
  delayTaps,
  denseLayer,
  layerArrays,
  listArrays,
  normalizeLayer,
  pooledGrid,
  withArrays,
  type ConvLayer,
  type DenseLayer,
  type Grid,
  type Layer,
  type Network,
  type Pooling,
} from "../model/network/index.ts";
import { neuronSpec } from "../model/neuron/index.ts";
import { tensor } from "../model/tensor/index.ts";
import type { Backend, CompileOptions, Executor, GatherMethod, LayerArrays, NetworkInput } from "./backend.ts";
import { referenceBackend } from "./reference/reference.ts";

interface Choices {
  readonly title: string;
  readonly direct?: boolean;
  readonly method?: GatherMethod;
}

interface DenseCase extends Choices {
  readonly sizes: readonly number[];
  /** What each layer is. */
  readonly layers: readonly ((shell: DenseLayer) => DenseLayer)[];
}

/** Layers with zero weights. */
interface Case extends Choices {
  readonly inputCount: number;
  readonly shells: readonly Layer[];
}

const plain = (layer: DenseLayer): DenseLayer => layer;
const normalized = (layer: DenseLayer): DenseLayer => normalizeLayer(layer, 0.9);
const biased = (layer: DenseLayer): DenseLayer => ({ ...layer, bias: tensor([layer.neuronCount]) });
const recurrent = (layer: DenseLayer): DenseLayer => ({
  ...layer,
  recurrentWeights: tensor([layer.neuronCount, layer.neuronCount]),
});
const tapped = (layer: DenseLayer): DenseLayer => {
  const inputCount = layer.weights.data.length / layer.neuronCount;
  const delays = delayTaps(inputCount, [0, 2, 3]);
  return { ...layer, delays, weights: tensor([inputCount * 3, layer.neuronCount]) };
};
const apart = (layer: DenseLayer): DenseLayer =>
  delaySynapses(
    layer,
    Uint8Array.from(layer.weights.data, (_, i) => (i * 7) % 5),
  );

/** Spikes carry their potential. */
const sending = (layer: DenseLayer): DenseLayer => ({ ...layer, neuron: neuronSpec("gradedLif") });

const denseCases: readonly DenseCase[] = [
  { title: "delays in every layer", sizes: [19, 37, 5], layers: [tapped, tapped] },
  {
    title: "delays of single synapses behind a recurrent layer",
    sizes: [11, 18, 20, 4],
    layers: [recurrent, apart, biased],
  },
  { title: "delays into a recurrent layer", sizes: [11, 18, 4], layers: [(l) => recurrent(tapped(l)), plain] },
  { title: "delays, tables", sizes: [19, 37, 5], layers: [tapped, plain], method: "tables" },
  { title: "delays of graded spikes", sizes: [19, 37, 33, 5], layers: [sending, (l) => tapped(sending(l)), tapped] },
  { title: "normalized currents of graded spikes", sizes: [19, 37, 5], layers: [sending, normalized] },
  { title: "normalized layers", sizes: [40, 37, 33, 5], layers: [normalized, normalized, plain] },
  { title: "normalized last layer, tables", sizes: [40, 37, 5], layers: [normalized, normalized], method: "tables" },
  { title: "normalized direct input", sizes: [13, 37, 5], layers: [normalized, plain], direct: true },
  {
    title: "normalized currents of delayed synapses",
    sizes: [19, 37, 5],
    layers: [(l) => normalized(tapped(l)), tapped],
  },
];

const grid: Grid = { rows: 7, columns: 6, channels: 2 };
const lif = neuronSpec("lif");
const maximum: Pooling = { kind: "max", size: 2, stride: 2 };

/** A convolution on `grid`, and layers on top of it: each gets the one below. */
function stack(
  shape: Partial<Parameters<typeof convLayer>[1]>,
  ...above: readonly ((below: ConvLayer) => Layer)[]
): Layer[] {
  const first = normalizeLayer(convLayer("first", { input: grid, channels: 5, kernel: 2, ...shape }, lif), 0.9);
  let below: ConvLayer = first;
  const others = above.map((make) => {
    const layer = make(below);
    if (layer.kind === "conv") below = layer;
    return layer;
  });
  return [first, ...others];
}

const classes = (below: ConvLayer): Layer =>
  denseLayer("classes", { inputCount: below.neuronCount, neuronCount: 4 }, lif);
const normalizedOver =
  (shape: Partial<Parameters<typeof convLayer>[1]>) =>
  ({ output }: ConvLayer): Layer =>
    normalizeLayer(convLayer("second", { input: output, channels: 6, kernel: 2, ...shape }, lif), 0.9);

const gridCases: readonly Case[] = [
  { title: "normalized convolutions", shells: stack({}, normalizedOver({ padding: 1 }), classes) },
  {
    title: "normalized maxima of currents",
    shells: stack(
      { pooling: maximum },
      normalizedOver({ padding: 1, pooling: { kind: "max", size: 2, stride: 1 } }),
      classes,
    ),
  },
  { title: "normalized sums of currents", shells: stack({ pooling: { kind: "sum", size: 2, stride: 2 } }, classes) },
  {
    title: "normalized means of currents, groups",
    shells: stack({ channels: 6, pooling: { kind: "average", size: 3, stride: 2 }, groups: 2 }, classes),
  },
  { title: "normalized convolution of a direct input", shells: stack({ pooling: maximum }, classes), direct: true },
  {
    title: "normalized convolution of a union of spikes",
    shells: stack({}, ({ output }) =>
      normalizedOver({ inputPooling: { ...maximum, grid: output }, input: pooledGrid(output, maximum) })(
        convLayer("", { input: output, channels: 1, kernel: 1 }, lif),
      ),
    ),
  },
  {
    title: "normalized dense layer of a union of spikes",
    shells: stack({}, ({ output }) => {
      const inputCount = cellCount(pooledGrid(output, maximum));
      const layer = denseLayer("pooled", { inputCount, neuronCount: 9 }, lif);
      return normalizeLayer({ ...layer, inputPooling: { ...maximum, grid: output } }, 0.9);
    }),
  },
  {
    title: "normalized convolution of many channels",
    shells: stack({ channels: 70 }, normalizedOver({ channels: 37 })),
  },
  {
    title: "delays behind a convolution",
    shells: stack({}, ({ neuronCount }) =>
      tapped(denseLayer("delayed", { inputCount: neuronCount, neuronCount: 9 }, lif)),
    ),
  },
  {
    title: "delays behind a convolution of graded spikes",
    shells: [
      convLayer("graded", { input: grid, channels: 5, kernel: 2 }, neuronSpec("gradedLif")),
      normalized(tapped(denseLayer("delayed", { inputCount: 150, neuronCount: 9 }, lif))),
    ],
  },
  {
    title: "delays of single synapses behind a union of spikes",
    shells: [
      { ...denseLayer("pooled", { inputCount: 18, neuronCount: 20 }, lif), inputPooling: { ...maximum, grid } },
      apart(denseLayer("delayed", { inputCount: 20, neuronCount: 7 }, lif)),
    ],
  },
  { title: "normalized last convolution, tables", shells: stack({ kernel: 3 }), method: "tables" },
].map((item) => ({ ...item, inputCount: cellCount(grid) }) as Case);

const cases: readonly Case[] = [
  ...denseCases.map(({ sizes, layers, ...choices }): Case => {
    const shells = layers.map((make, l) => {
      const shape = { inputCount: assertDefined(sizes[l], "size"), neuronCount: assertDefined(sizes[l + 1], "size") };
      return make(denseLayer(`layer${l}`, shape, lif));
    });
    return { ...choices, inputCount: assertDefined(sizes[0], "size"), shells };
  }),
  ...gridCases,
];

/** Hold a back end to the reference. */
export function testExtras(backend: Backend): void {
  cases.forEach((item, seed) => {
    test(`${backend.name} equals the reference: ${item.title}`, async () => {
      const network = randomNetwork(item, seed);
      const options: CompileOptions = {
        surrogate: { kind: "fastSigmoid", slope: 5 },
        detachReset: true,
        maxSampleCount: 7,
        optimizer: { kind: "adam" },
        method: item.method ?? "events",
      };
      using expected = await referenceBackend.compile(network, options);
      using actual = await backend.compile(network, options);
      for (let step = 1; step <= 2; step++) {
        const input = randomInput(item, network, 10 * seed + step);
        await passAlike(expected, actual, network, input);
        // What has learned is no longer exact in any order.
        if (item.method === "tables") return;
        const update = { learningRate: 1e-3, step };
        // From equal gradients, because an optimizer that divides by their size makes a step of the last digit of a small one.
        actual.write("gradients", expected.read("gradients"));
        for (const executor of [expected, actual]) executor.update(update);
        closeArrays(actual.read("masters"), expected.read("masters"), 1e-6);
        actual.write("masters", expected.read("masters"));
        const [want, got] = [
          await expected.forward(input, { training: false }),
          await actual.forward(input, { training: false }),
        ];
        assert.deepEqual(got.outputs, want.outputs);
      }
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------------

async function passAlike(expected: Executor, actual: Executor, network: Network, input: NetworkInput): Promise<void> {
  const want = await expected.forward(input, { training: true });
  const got = await actual.forward(input, { training: true });
  network.layers.forEach((_, l) => assert.deepEqual(actual.spikesOf(l), expected.spikesOf(l), `layer ${l}`));
  assert.deepEqual(got.outputs, want.outputs);
  assert.deepEqual(
    got.activity.map(({ spikeCount, inputDensity }) => [spikeCount, inputDensity]),
    want.activity.map(({ spikeCount, inputDensity }) => [spikeCount, inputDensity]),
  );
  for (const [l, { normalization }] of expected.read("weights").entries()) {
    assert.deepEqual(actual.read("weights")[l]?.normalization, normalization);
  }
  const gradient = { outputs: want.outputs.map((_, i) => ((i * 7) % 5) - 2) };
  for (const executor of [expected, actual]) await executor.backward(gradient);
  closeArrays(actual.read("gradients"), expected.read("gradients"), 1e-5);
  const before = actual.read("masters");
  await actual.backward(gradient, { update: { learningRate: 1e-3, step: 1 } });
  assert.notDeepEqual(actual.read("masters"), before);
  actual.write("masters", before);
  for (const kind of ["moment0", "moment1"] as const) actual.write(kind, expected.read(kind));
  await actual.forward(input, { training: true });
  actual.write("masters", before);
  await actual.backward(gradient);
}

function randomNetwork({ inputCount, shells }: Case, seed: number): Network {
  const random = randomStream(seed, "extras");
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount,
    stepCount: 6,
    layers: shells,
    readout: { kind: "count" },
  };
  const arrays = shells.map(layerArrays);
  for (const { weights } of arrays) weights.forEach((_, i) => (weights[i] = onGrid(0.4 * random.normal() + 0.15)));
  for (const array of arrays.flatMap(listArrays)) {
    array.forEach((value, i) => (array[i] = value === 0 ? onGrid(0.3 * random.normal()) : value));
  }
  return withArrays(network, arrays);
}

/** Multiples of 1/64: sums of weights are exact in any order, which tables need to be compared. */
function onGrid(value: number): number {
  return Math.round(64 * value) / 64;
}

function randomInput({ direct }: Case, network: Network, seed: number): NetworkInput {
  const random = randomStream(seed, "extras input");
  const sampleCount = 5;
  const length = sampleCount * network.inputCount;
  if (direct === true)
    return { kind: "direct", sampleCount, values: Float32Array.from({ length }, () => random.uniform()) };
  const bits = Uint8Array.from({ length: network.stepCount * length }, () => (random.uniform() < 0.3 ? 1 : 0));
  return { kind: "bytes", sampleCount, values: bits };
}

function closeArrays(got: readonly LayerArrays[], want: readonly LayerArrays[], tolerance: number): void {
  want.forEach((layer, l) => {
    const own = listArrays(assertDefined(got[l], "layer"));
    listArrays(layer).forEach((array, a) => {
      const scale = array.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
      array.forEach((value, i) => {
        const found = own[a]?.[i] ?? Number.NaN;
        assert.ok(
          Math.abs(found - value) <= tolerance * scale,
          `layer ${l}, array ${a}[${i}]: ${found}, expected ${value}`,
        );
      });
    });
  });
}
