import assert from "node:assert/strict";
import { test } from "node:test";
import { convLayer, denseLayer, layerArrays, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { checkMethod, checkStructure, sampleContext, sampleNetwork } from "./conformance.ts";
import {
  gradualMagnitude,
  maskedShare,
  prunableParts,
  pruneParts,
  pruningMethods,
  pruningStructures,
  regrowParts,
  scheduledSparsity,
  zeroMasks,
  type PruningSpec,
} from "./index.ts";

const partsOf = (network: Network) => prunableParts(network, network.layers.map(layerArrays));

/** One matrix of two rows and four neurons, followed by an output that is left alone. */
function matrix(values: readonly number[]): Network {
  const first = denseLayer("first", { inputCount: 2, neuronCount: 4 }, neuronSpec("lif"));
  first.weights.data.set(values);
  return { kind: "network", name: "m", inputCount: 2, stepCount: 1, layers: [first], readout: { kind: "count" } };
}

function masked(network: Network, share: number, spec: Partial<PruningSpec> = {}): number[] {
  const context = { network, initial: network.layers.map(layerArrays), gradients: [], seed: 1 };
  return [...(pruneParts(partsOf(network), { ...gradualMagnitude, ...spec }, share, context)["0 weights"] ?? [])];
}

for (const [name, method] of Object.entries(pruningMethods)) test(`method ${name}`, () => checkMethod(method));
for (const [name, structure] of Object.entries(pruningStructures)) {
  test(`structure ${name}`, () => checkStructure(structure));
}

test("magnitude: the exact share, the largest survive, blocks together, n of every m", () => {
  const network = matrix([0.1, -0.5, 0.2, 0.3, -0.05, 0.9, 0.4, 0]);
  assert.deepEqual(masked(network, 0.5), [0, 1, 0, 1, 0, 1, 1, 0]);
  assert.deepEqual(masked(network, 0.5, { blockSize: 2 }), [1, 1, 0, 0, 1, 1, 0, 0]);
  assert.deepEqual(masked(network, 0.5, { structure: "n-of-m", blockSize: 2 }), [0, 1, 0, 1, 0, 1, 1, 0]);
  assert.deepEqual(masked(network, 0.75, { structure: "n-of-m", blockSize: 4 }), [0, 1, 0, 0, 0, 1, 0, 0]);
  assert.deepEqual(masked(network, 0.5, { structure: "input" }), [0, 0, 0, 0, 1, 1, 1, 1]);
  assert.deepEqual(masked(network, 0), new Array<number>(8).fill(1));
});

test("whole neurons go, but never the classes", () => {
  const network = sampleNetwork();
  const masks = pruneParts(partsOf(network), { ...gradualMagnitude, structure: "neuron" }, 0.5, sampleContext(network));
  assert.deepEqual(Object.keys(masks), ["0 weights"]);
  const mask = masks["0 weights"]!;
  for (let column = 0; column < 8; column++) {
    const kept = Array.from({ length: 12 }, (_, row) => mask[row * 8 + column]);
    assert.equal(new Set(kept).size, 1);
  }
  assert.equal(maskedShare(masks), 0.5);
});

test("global scope lets layers compete; the share holds over all of them", () => {
  const network = sampleNetwork();
  network.layers[1]!.weights.data.forEach((w, i, data) => (data[i] = w / 100));
  const context = sampleContext(network);
  const local = pruneParts(partsOf(network), gradualMagnitude, 0.25, context);
  const global = pruneParts(partsOf(network), { ...gradualMagnitude, scope: "global" }, 0.25, context);
  assert.ok(Math.abs(maskedShare(local) - 0.25) < 0.01 && Math.abs(maskedShare(global) - 0.25) < 0.01);
  const left = global["1 weights"]!.reduce((a, b) => a + b, 0);
  assert.ok(left === 0, "the small layer loses everything first");
  assert.equal(
    local["1 weights"]!.reduce((a, b) => a + b, 0),
    24,
  );
});

test("kernels and channels of a convolution", () => {
  const conv = convLayer(
    "conv",
    { input: { rows: 3, columns: 3, channels: 2 }, channels: 3, kernel: 2 },
    neuronSpec("lif"),
  );
  conv.weights.data.forEach((_, i, data) => (data[i] = 1 + Math.floor(i / 3) + (i % 3)));
  const output = denseLayer("output", { inputCount: conv.neuronCount, neuronCount: 2 }, neuronSpec("lif"));
  const network: Network = { ...matrix([]), inputCount: 18, layers: [conv, output] };
  const kernels = masked(network, 0.5, { structure: "kernel" });
  for (let unit = 0; unit < 6; unit++) {
    assert.equal(new Set([0, 1, 2, 3].map((position) => kernels[position * 6 + unit])).size, 1);
  }
  assert.equal(
    kernels.reduce((a, b) => a + b, 0),
    12,
  );
  const inputs = masked(network, 0.5, { structure: "input" });
  assert.deepEqual(inputs.slice(0, 6), [0, 0, 0, 1, 1, 1]);
  const neurons = masked(network, 0.34, { structure: "neuron" });
  assert.deepEqual(neurons.slice(0, 3), [0, 1, 1]);
});

test("movement keeps what grew, whatever its size; snip is the gradient's pull; random keeps what it removed", () => {
  const network = matrix([0.1, 0.2, 2, 3, 0.1, 0.2, 2, 3]);
  const context = (weights: Float32Array, slopes: Float32Array) => ({
    network,
    initial: [{ weights }],
    gradients: [[{ weights: slopes }]],
    seed: 1,
  });
  const initial = Float32Array.of(0, 0, 2.5, 3.5, 0, 0, 1.9, 2.9);
  const moved = pruneParts(
    partsOf(network),
    { ...gradualMagnitude, method: "movement" },
    0.25,
    context(initial, initial),
  );
  assert.deepEqual([...moved["0 weights"]!], [1, 1, 0, 0, 1, 1, 1, 1]);
  const slopes = Float32Array.of(100, -50, 1, 1, 0, 0, 0, 0);
  const kept = pruneParts(partsOf(network), { ...gradualMagnitude, method: "snip" }, 0.5, context(initial, slopes));
  assert.deepEqual([...kept["0 weights"]!], [1, 1, 1, 1, 0, 0, 0, 0]);
  const [some, more] = [0.25, 0.5].map((share) => masked(network, share, { method: "random" }));
  assert.ok(some!.every((one, i) => one === 1 || more![i] === 0));
});

test("synflow keeps layers connected where magnitude cuts one off", () => {
  const network = sampleNetwork();
  network.layers[1]!.weights.data.forEach((w, i, data) => (data[i] = w / 100));
  const spec = { ...gradualMagnitude, scope: "global" } as const;
  const context = sampleContext(network);
  const flow = pruneParts(partsOf(network), { ...spec, method: "synflow" }, 0.8, context);
  assert.ok(flow["1 weights"]!.some((kept) => kept === 1));
  const cut = pruneParts(partsOf(network), spec, 0.8, context);
  assert.ok(cut["1 weights"]!.every((kept) => kept === 0));
});

test("synflow scores are the sum over paths: a hand-made net", () => {
  const first = denseLayer("first", { inputCount: 1, neuronCount: 2 }, neuronSpec("lif"));
  const second = denseLayer("second", { inputCount: 2, neuronCount: 1 }, neuronSpec("lif"));
  first.weights.data.set([2, -3]);
  second.weights.data.set([5, 7]);
  const network: Network = { ...matrix([]), inputCount: 1, layers: [first, second] };
  const scores = pruningMethods.synflow.score(partsOf(network), sampleContext(network));
  assert.deepEqual(
    scores.map((s) => [...s]),
    [
      [10, 21],
      [10, 21],
    ],
  );
});

test("regrowth exchanges the smallest kept for the steepest pruned, and sparsity stays", () => {
  const network = matrix([0.1, 0, 0.5, 0.9, 0, 0, 0.8, 0]);
  const masks = zeroMasks(network, network.layers.map(layerArrays));
  const gradients = [[{ weights: Float32Array.of(0, 1, 0, 0, 2, 9, 0, 3) }]];
  const context = { network, initial: [], gradients, seed: 1 };
  const spec = { ...gradualMagnitude, regrow: 0.5 };
  const found = regrowParts(partsOf(network), masks, spec, 0, context);
  assert.equal(found.exchanged, 2);
  assert.deepEqual([...found.masks["0 weights"]!], [0, 0, 0, 1, 0, 1, 1, 1]);
  assert.equal(maskedShare(found.masks), maskedShare(masks));
  assert.equal(regrowParts(partsOf(network), masks, spec, 1, context).exchanged, 0);
});

test("schedules begin at their start, end at their end, and only rise", () => {
  for (const kind of ["one-shot", "linear", "cubic", "exponential"] as const) {
    const schedule = { kind, start: 0.2, end: 0.6 };
    const values = Array.from({ length: 21 }, (_, i) => scheduledSparsity(schedule, 0.8, i / 20));
    assert.equal(values[3], 0);
    assert.ok(Math.abs(values[12]! - 0.8) < 1e-12 && Math.abs(values[20]! - 0.8) < 1e-12);
    values.slice(1).forEach((value, i) => assert.ok(value >= values[i]!));
  }
  assert.equal(scheduledSparsity({ kind: "cubic", start: 0, end: 1 }, 0.8, 0.5), 0.8 * (1 - 0.125));
});
