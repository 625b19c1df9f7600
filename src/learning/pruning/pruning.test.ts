import assert from "node:assert/strict";
import { test } from "node:test";
import { convLayer, denseLayer, layerArrays, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";
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
  const context = { network, gradients: [], gathered: {}, seed: 1 };
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

test("movement sums −gradient · weight over updates; snip is the gradient's pull; random keeps what it removed", () => {
  const network = matrix([0.1, 0.2, 2, 3, 0.1, 0.2, 2, 3]);
  const sums = new Float32Array(8);
  // Large weights are pulled to zero, and one small one away from it.
  const slopes = [Float32Array.of(0, -1, 1, 1, 0, 0, 0, 0), Float32Array.of(0, -1, 1, 1, 0, 0, -1, 0)];
  for (const slope of slopes) pruningMethods.movement.gather!(sums, partsOf(network)[0]!.values, slope);
  assert.deepEqual(
    [...sums].map((sum) => Number(sum.toFixed(5)) + 0),
    [0, 0.4, -4, -6, 0, 0, 2, 0],
  );
  const context = (slope: Float32Array) => ({
    network,
    gradients: [[{ weights: slope }]],
    gathered: { "0 weights": sums },
    seed: 1,
  });
  const movement = { ...gradualMagnitude, method: "movement" } as const;
  const moved = pruneParts(partsOf(network), movement, 0.25, context(slopes[0]!));
  assert.deepEqual([...moved["0 weights"]!], [1, 1, 0, 0, 1, 1, 1, 1]);
  const pull = Float32Array.of(100, -50, 1, 1, 0, 0, 0, 0);
  const kept = pruneParts(partsOf(network), { ...gradualMagnitude, method: "snip" }, 0.5, context(pull));
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

test("synflow counts the paths through a convolution: borders, pooling, and every place of a kernel", () => {
  const conv = convLayer(
    "conv",
    {
      input: { rows: 1, columns: 3, channels: 1 },
      channels: 1,
      kernel: 1,
      pooling: { kind: "sum", size: 1, stride: 2 },
    },
    neuronSpec("lif"),
  );
  const wide = {
    ...conv,
    weights: tensor([1, 2, 1, 1], Float32Array.of(2, 3)),
    output: { rows: 1, columns: 1, channels: 1 },
  };
  const first = { ...wide, neuronCount: 1 };
  const output = denseLayer("output", { inputCount: 1, neuronCount: 2 }, neuronSpec("lif"));
  output.weights.data.set([5, -7]);
  const network: Network = { ...matrix([]), inputCount: 3, layers: [first, output] };
  // Two sums, inputs 0 1 and 1 2; of them the pool, one cell wide and two apart, sees the first: 2 + 3 arrive, and 12 go on.
  const scores = pruningMethods.synflow.score(partsOf(network), sampleContext(network));
  assert.deepEqual(
    scores.map((s) => [...s]),
    [
      [24, 36],
      [25, 35],
    ],
  );
  const padded = { ...first, padding: 0, pooling: { kind: "sum", size: 1, stride: 1 }, neuronCount: 2 } as const;
  const both = { ...padded, output: { rows: 1, columns: 2, channels: 1 } };
  const next = denseLayer("output", { inputCount: 2, neuronCount: 1 }, neuronSpec("lif"));
  next.weights.data.set([1, 10]);
  const twice = pruningMethods.synflow.score(partsOf({ ...network, layers: [both, next] }), sampleContext(network));
  assert.deepEqual(
    twice.map((s) => [...s]),
    [
      [22, 33],
      [5, 50],
    ],
  );
});

test("regrowth exchanges the smallest kept for the steepest pruned, and sparsity stays", () => {
  const network = matrix([0.1, 0, 0.5, 0.9, 0, 0, 0.8, 0]);
  const masks = zeroMasks(network, network.layers.map(layerArrays));
  const gradients = [[{ weights: Float32Array.of(0, 1, 0, 0, 2, 9, 0, 3) }]];
  const context = { network, gradients, gathered: {}, seed: 1 };
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
