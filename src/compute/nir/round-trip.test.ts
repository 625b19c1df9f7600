import assert from "node:assert/strict";
import { test } from "node:test";
import { assertDefined, randomStream, type UserError } from "../../base/index.ts";
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
  validateNetwork,
  type ConvLayer,
  type DenseLayer,
  type Grid,
  type InputPooling,
  type Layer,
  type Network,
  type Pooling,
} from "../../model/network/index.ts";
import { neuronSpec, type NeuronSpec } from "../../model/neuron/index.ts";
import {
  dialectByName,
  networkOfNir,
  nirOfNetwork,
  noteOf,
  planNir,
  readNir,
  soundGraph,
  writeNir,
} from "../../model/nir/index.ts";
import { countSpikes, hasSpike, setSpike, spikeTrain, tensor, type SpikeTrain } from "../../model/tensor/index.ts";
import { referenceBackend } from "../index.ts";
import { startNir } from "./index.ts";

const stepCount = 12;

type Draw = { readonly whole: (low: number, high: number) => number; readonly share: () => number };

function drawFrom(seed: number): Draw {
  const random = randomStream(seed, "round trip");
  const share = (): number => random.uniform();
  return { share, whole: (low, high) => low + Math.floor(share() * (high - low + 1)) };
}

/** Neurons that NIR says as they are; all layers of a network speak one dialect. */
const neurons: readonly (readonly NeuronSpec[])[] = [
  [
    neuronSpec("lif", { decay: 0.75, threshold: 0.5 }),
    neuronSpec("lif", { decay: 0.5, threshold: 0.75 }, { kind: "zero" }),
    neuronSpec("lif", { decay: 0.75 }, { kind: "value", value: -0.25 }),
    neuronSpec("lif", { decay: 0.75 }, { kind: "subtract" }, { timing: "nextStep" }),
    neuronSpec("integrateFire", { threshold: 0.75 }),
    neuronSpec("cubaLif", { currentDecay: 0.5, decay: 0.75 }, { kind: "zero" }),
    neuronSpec("thresholdUnit", { threshold: 0.5 }, { kind: "none" }),
  ],
  [
    neuronSpec("lif", { decay: 0.75 }, { kind: "subtract" }, { spikes: "many" }),
    neuronSpec("integrateFire", { lowest: -1 }, { kind: "subtract" }, { spikes: "many", isBounded: true }),
  ],
  [
    neuronSpec("relaxingLif", { tau: 4, threshold: 0.5 }, { kind: "zero" }, { fires: "atLeast" }),
    neuronSpec("integrateFire", {}, { kind: "zero" }, { fires: "atLeast" }),
  ],
  [neuronSpec("lif", { decay: 0.75 }, { kind: "subtract" }, { timing: "spikeFirst" })],
];

/** Weights on a grid of 1/16, so that sums are exact in any order. */
function fill<L extends Layer>(layer: L, draw: Draw): L {
  for (const array of listArrays(layerArrays(layer))) array.forEach((_, i) => (array[i] = draw.whole(-6, 10) / 16));
  return layer;
}

function someNetwork(seed: number): Network {
  const draw = drawFrom(seed);
  const family = neurons[seed % neurons.length] ?? [];
  const neuron = (): NeuronSpec => assertDefined(family[draw.whole(0, family.length - 1)], "neuron");
  const layers: Layer[] = [];
  let grid: Grid | undefined = { rows: draw.whole(4, 7), columns: draw.whole(4, 7), channels: draw.whole(1, 3) };
  const input = grid;
  let count = cellCount(grid);
  const isMany = seed % neurons.length === 1;
  while (layers.length < 3) {
    const name = `layer${layers.length}`;
    const isConv: boolean = grid !== undefined && draw.share() < 0.6;
    if (grid !== undefined && isConv) {
      const layer: ConvLayer = fill(someConv(name, grid, neuron(), layers.length > 0 && !isMany, draw), draw);
      grid = layer.output;
      count = layer.neuronCount;
      layers.push(
        draw.share() < 0.3 ? withOwnParameters({ ...layer, bias: tensor([layer.output.channels]) }, draw) : layer,
      );
    } else {
      const layer = someDense(name, count, grid, neuron(), isMany, draw);
      grid = undefined;
      count = layer.neuronCount;
      layers.push(layer);
    }
  }
  return { kind: "network", name: "n", inputCount: cellCount(input), stepCount, layers, readout: { kind: "count" } };
}

function someConv(name: string, input: Grid, neuron: NeuronSpec, mayUnite: boolean, draw: Draw): ConvLayer {
  const pools = input.rows >= 2 && input.columns >= 2 && draw.share() < 0.4;
  const kind = (["average", "sum", mayUnite ? "max" : "sum"] as const)[draw.whole(0, 2)] ?? "sum";
  const inputPooling: InputPooling | undefined = pools
    ? { kind, size: 2, stride: draw.whole(1, 2), grid: input }
    : undefined;
  const seen = inputPooling === undefined ? input : pooledGrid(input, inputPooling);
  const groups = seen.channels === 2 ? draw.whole(1, 2) : 1;
  const kernel = Math.min(3, seen.rows + 2, seen.columns + 2);
  const shape = {
    input: seen,
    channels: groups * draw.whole(1, 2),
    kernel,
    stride: draw.whole(1, 2),
    padding: 1,
    groups,
  };
  const plain = convLayer(name, shape, neuron);
  const pooling: Pooling | undefined =
    plain.output.rows >= 2 && plain.output.columns >= 2 && draw.share() < 0.4
      ? { kind: draw.share() < 0.5 ? "average" : "sum", size: 2, stride: 2 }
      : undefined;
  return convLayer(
    name,
    {
      ...shape,
      ...(pooling === undefined ? {} : { pooling }),
      ...(inputPooling === undefined ? {} : { inputPooling }),
    },
    neuron,
  );
}

function someDense(
  name: string,
  arriving: number,
  grid: Grid | undefined,
  neuron: NeuronSpec,
  isMany: boolean,
  draw: Draw,
): Layer {
  const neuronCount = draw.whole(2, 6);
  const choice = draw.whole(0, 4);
  const mayLoop = !isMany && neuron.variant?.timing !== "spikeFirst" && neuron.model !== "thresholdUnit";
  const plain = (recurrent: boolean): DenseLayer =>
    fill(denseLayer(name, { inputCount: arriving, neuronCount, recurrent }, neuron), draw);
  if (choice === 0 && mayLoop) return withOwnParameters(plain(true), draw);
  if (choice === 1) {
    const steps = Uint8Array.from({ length: arriving * neuronCount }, () => draw.whole(0, 4));
    return delaySynapses(plain(false), steps);
  }
  if (choice === 2) {
    const delays = delayTaps(arriving, [0, 3]);
    return fill({ ...denseLayer(name, { inputCount: 2 * arriving, neuronCount }, neuron), delays }, draw);
  }
  if (choice === 3 && grid !== undefined && grid.rows >= 2 && grid.columns >= 2) {
    const inputPooling: InputPooling = { kind: "average", size: 2, stride: 2, grid };
    const inputCount = cellCount(pooledGrid(grid, inputPooling));
    return { ...fill(denseLayer(name, { inputCount, neuronCount }, neuron), draw), inputPooling };
  }
  return fill({ ...plain(false), bias: tensor([neuronCount]) }, draw);
}

/** Thresholds that differ from neuron to neuron. */
function withOwnParameters<L extends Layer>(layer: L, draw: Draw): L {
  const data = Float32Array.from({ length: layer.neuronCount }, () => draw.whole(4, 16) / 8);
  const bounded = layer.neuron.variant?.isBounded === true;
  return bounded ? layer : { ...layer, neuronParameters: { threshold: tensor([layer.neuronCount], data) } };
}

function randomSpikes(network: Network, seed: number): SpikeTrain {
  const draw = drawFrom(seed);
  const spikes = spikeTrain({ stepCount, sampleCount: 1, neuronCount: network.inputCount });
  for (let step = 0; step < stepCount; step++)
    for (let n = 0; n < network.inputCount; n++) if (draw.share() < 0.4) setSpike(spikes, step, 0, n);
  return spikes;
}

async function spikesOf(network: Network, spikes: SpikeTrain): Promise<readonly SpikeTrain[]> {
  const surrogate = { kind: "fastSigmoid", slope: 25 } as const;
  using executor = await referenceBackend.compile(network, { surrogate, detachReset: true, maxSampleCount: 1 });
  await executor.forward({ kind: "spikes", spikes }, { training: false });
  return network.layers.map((_, l) => executor.spikesOf(l));
}

test("random networks written as NIR and read again send the same spikes, layer by layer, and so does the graph", async () => {
  let fired = 0;
  for (let seed = 0; seed < 24; seed++) {
    const network = someNetwork(seed);
    validateNetwork(network);
    const { graph } = nirOfNetwork(network, 1e-3);
    const again = soundGraph(readNir(writeNir(graph), "n.nir"), "n.nir");
    const how = {
      dialect: dialectByName(noteOf(again.metadata).dialect ?? ""),
      stepSeconds: 1e-3,
      usesNotes: true,
    };
    const plan = planNir(again, how);
    const back = networkOfNir(plan, { name: "n", stepCount });
    validateNetwork(back.network);
    assert.deepEqual(
      back.network.layers.map(({ kind, name }) => `${kind} ${name}`),
      network.layers.map(({ kind, name }) => `${kind} ${name}`),
      `seed ${seed}`,
    );
    const spikes = randomSpikes(network, seed);
    const [expected, got] = [await spikesOf(network, spikes), await spikesOf(back.network, spikes)];
    expected.forEach((train, l) =>
      assert.deepEqual(got[l], train, `seed ${seed}, layer ${l}: ${back.notes.join("; ")}`),
    );
    fired += countSpikes(assertDefined(expected.at(-1), "layer"));
    assertGraphAgrees(plan, network, spikes, assertDefined(expected.at(-1), "layer"), seed);
  }
  assert.ok(fired > 100, `${fired} spikes`);
});

/** The graph as it stands, channels first, gives the spikes of the last layer. */
function assertGraphAgrees(
  plan: ReturnType<typeof planNir>,
  network: Network,
  spikes: SpikeTrain,
  expected: SpikeTrain,
  seed: number,
): void {
  const run = startNir(plan);
  const output = assertDefined(plan.graph.outputs[0], "output");
  const [inShape, outShape] = [plan.graph.inputs[0], output].map((at) => assertDefined(plan.shapes[at ?? 0], "shape"));
  const [toIn, toOut] = [cellAt(inShape ?? []), cellAt(outShape ?? [])];
  for (let step = 0; step < stepCount; step++) {
    const frame = Float32Array.from({ length: network.inputCount }, (_, at) =>
      hasSpike(spikes, step, 0, toIn(at)) ? 1 : 0,
    );
    run.step([frame]);
    const got = [...run.valuesOf(output)].map((value) => (value > 0 ? 1 : 0));
    const want = got.map((_, at) => (hasSpike(expected, step, 0, toOut(at)) ? 1 : 0));
    assert.deepEqual(got, want, `graph of seed ${seed}, step ${step}`);
  }
}

/** The cell of a network at a place of NIR's order; written here once more, so that a mistake there shows. */
function cellAt([channels = 1, rows, columns = 1]: readonly number[]): (at: number) => number {
  if (rows === undefined) return (at) => at;
  return (at) => (at % (rows * columns)) * channels + Math.floor(at / (rows * columns));
}

test("normalization is folded, readout and grids of weights come back from the notes", () => {
  const lif = neuronSpec("lif", { decay: 0.75 });
  const conv = fill(
    normalizeLayer(convLayer("conv", { input: { rows: 4, columns: 4, channels: 1 }, channels: 2, kernel: 3 }, lif)),
    drawFrom(1),
  );
  const quantizer = { bits: 4, scale: 1 / 16 };
  const dense = { ...fill(denseLayer("dense", { inputCount: 8, neuronCount: 4 }, lif), drawFrom(2)), quantizer };
  const readout = { kind: "firstSpike", neuronsPerClass: 2 } as const;
  const network: Network = { kind: "network", name: "n", inputCount: 16, stepCount, layers: [conv, dense], readout };
  const { graph, notes } = nirOfNetwork(network, 1e-3);
  assert.deepEqual(notes, [
    'normalization is part of the weights and biases now: "conv"',
    'NIR cannot say how these reset; it is in the metadata, which other programs may not read: "conv", "dense"',
  ]);
  const back = networkOfNir(planNir(graph, { dialect: "nir", stepSeconds: 1e-3, usesNotes: true }), {
    name: "n",
    stepCount,
  });
  assert.equal(back.network.layers[0]?.normalization, undefined);
  assert.deepEqual(back.network.layers[1]?.quantizer, quantizer);
  assert.equal(noteOf(graph.metadata).readout, JSON.stringify(readout));
});

test("a neuron's own last spike becomes a cycle with a Scale, and comes back", () => {
  const own = neuronSpec("lif", { decay: 0.5, ownWeight: -0.5 }, { kind: "zero" }, { isSelfConnected: true });
  const layer = fill(denseLayer("own", { inputCount: 3, neuronCount: 4 }, own), drawFrom(3));
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 3,
    stepCount,
    layers: [layer],
    readout: { kind: "count" },
  };
  const { graph } = nirOfNetwork(network, 1e-3);
  assert.deepEqual(graph.edges.slice(2, 4), [
    ["own", "own.own"],
    ["own.own", "own"],
  ]);
  const back = networkOfNir(planNir(graph, { dialect: "nir", stepSeconds: 1e-3 }), { name: "n", stepCount });
  assert.deepEqual(back.network.layers, [layer]);
});

test("what NIR cannot say is refused with the layer and the remedy", () => {
  const of = (layers: readonly Layer[], inputCount: number): Network => {
    return { kind: "network", name: "n", inputCount, stepCount, layers, readout: { kind: "count" } };
  };
  const refused = (network: Network): readonly (string | undefined)[] => {
    try {
      nirOfNetwork(network, 1e-3);
      return [];
    } catch (error) {
      const { code, message, exit, hint } = error as UserError;
      assert.equal(exit, "unsupported");
      assert.ok(hint !== undefined && hint.length > 10, message);
      return [code, message];
    }
  };
  const dense = (neuron: NeuronSpec, name = "l"): Layer => denseLayer(name, { inputCount: 4, neuronCount: 4 }, neuron);
  const lif = neuronSpec("lif", { decay: 0.5 });
  const grid = { rows: 4, columns: 4, channels: 1 };
  assert.deepEqual(refused(of([dense(neuronSpec("alif"))], 4)), [
    "nir/no-neuron",
    '"l": NIR has no node for the model alif',
  ]);
  const halfway = neuronSpec("lif", { decay: 0.5 }, { kind: "zero" }, { startsHalfway: true });
  assert.deepEqual(refused(of([dense(halfway)], 4)), [
    "nir/no-neuron",
    '"l": NIR has no node for neurons that start at half a threshold',
  ]);
  const early = neuronSpec("lif", { decay: 0.5 }, { kind: "zero" }, { timing: "spikeFirst", fires: "atLeast" });
  assert.deepEqual(refused(of([dense(early)], 4)), [
    "nir/no-neuron",
    '"l": NIR has no node for a lif with reset zero, fires atLeast, timing spikeFirst',
  ]);
  const many = neuronSpec("lif", { decay: 0.5 }, { kind: "subtract" }, { spikes: "many" });
  assert.deepEqual(refused(of([dense(lif, "a"), dense(many, "b")], 4)), [
    "nir/no-neuron",
    'the layers need different dialects, and a NIR file has one: "a" nir, "b" sinabs or rockpool',
  ]);
  const pooling = { kind: "max", size: 2, stride: 2 } as const;
  assert.deepEqual(
    refused(of([convLayer("c", { input: grid, channels: 1, kernel: 3, padding: 1, pooling }, lif)], 16)),
    ["nir/no-layer", '"c": NIR has no max-pooling of currents'],
  );
  const conv = convLayer("c", { input: { rows: 2, columns: 2, channels: 1 }, channels: 1, kernel: 1 }, lif);
  assert.deepEqual(refused(of([dense(lif), conv], 4)), [
    "nir/no-layer",
    '"c": it sees 4 neurons in a row as 1 × 2 × 2, and NIR has no node for that',
  ]);
});
