import assert from "node:assert/strict";
import { test } from "node:test";
import { assertDefined, dataNumbers, randomStream } from "../../base/index.ts";
import { networkOfNir, nirIntegers, nirNode, planNir, type NirGraph, type NirNode } from "../../model/nir/index.ts";
import type { DialectName } from "../../model/neuron/index.ts";
import { hasSpike, setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { referenceBackend } from "../index.ts";
import { startNir } from "./index.ts";

const random = randomStream(11);
let draws = 0;
const draw = (): number => Math.fround(random.at(draws++) / 2 ** 31 - 1);
const floats = (shape: readonly number[], scale = 1): ReturnType<typeof dataNumbers> =>
  dataNumbers(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw() * scale),
    "float32",
    shape,
  );
const all = (count: number, value: number): ReturnType<typeof dataNumbers> =>
  dataNumbers(new Float64Array(count).fill(value));

/** Convolution, pooling, a dense layer, and a recurrent one with a bias in its cycle. */
function sample(): NirGraph {
  const port = (name: string, type: "Input" | "Output", shape: number[]): NirNode =>
    nirNode(name, type, { shape: nirIntegers(shape) });
  const nodes = [
    port("in", "Input", [2, 6, 6]),
    nirNode("conv", "Conv2d", {
      weight: floats([3, 2, 3, 3]),
      bias: floats([3], 0.1),
      stride: nirIntegers([1, 1]),
      padding: nirIntegers([1, 1]),
      dilation: nirIntegers([1, 1]),
      groups: nirIntegers(1),
    }),
    nirNode("if", "IF", { r: all(108, 1), v_threshold: all(108, 1) }),
    nirNode("pool", "SumPool2d", {
      kernel_size: nirIntegers([2, 2]),
      stride: nirIntegers([2, 2]),
      padding: nirIntegers([0, 0]),
    }),
    nirNode("flat", "Flatten", { start_dim: nirIntegers(0), end_dim: nirIntegers(-1) }),
    nirNode("fc", "Affine", { weight: floats([7, 27], 0.5), bias: floats([7], 0.1) }),
    nirNode("cuba", "CubaLIF", {
      tau_mem: all(7, 1e-3),
      tau_syn: all(7, 5e-4),
      r: all(7, 8),
      w_in: all(7, 5),
      v_leak: all(7, 0),
      v_threshold: all(7, 1),
    }),
    nirNode("back", "Affine", { weight: floats([7, 7], 0.5), bias: floats([7], 0.2) }),
    port("out", "Output", [7]),
  ];
  const edges = [
    ["in", "conv"],
    ["conv", "if"],
    ["if", "pool"],
    ["pool", "flat"],
    ["flat", "fc"],
    ["fc", "cuba"],
    ["cuba", "back"],
    ["back", "cuba"],
    ["cuba", "out"],
  ] as const;
  return { kind: "nir-graph", version: "", nodes, edges, metadata: undefined };
}

test("a graph run as it stands and the network that it becomes send the same spikes", async () => {
  const stepCount = 40;
  const plan = planNir(sample(), { dialect: "snntorch" satisfies DialectName, stepSeconds: 1e-4 });
  const { network, notes } = networkOfNir(plan, { name: "n", stepCount });
  assert.ok(!notes.some((note) => note.includes("recurrent")));
  const input = spikeTrain({ stepCount, sampleCount: 1, neuronCount: 72 });
  const run = startNir(plan);
  const out = assertDefined(plan.graph.outputs[0], "output");
  const expected: number[] = [];
  for (let step = 0; step < stepCount; step++) {
    const frame = Float32Array.from({ length: 72 }, () => (draw() > 0.4 ? 1 : 0));
    // A network numbers its inputs channels last.
    frame.forEach((value, at) => {
      if (value === 1) setSpike(input, step, 0, (at % 36) * 2 + Math.floor(at / 36));
    });
    run.step([frame]);
    expected.push(...run.valuesOf(out));
  }
  using executor = await referenceBackend.compile(network, {
    surrogate: { kind: "fastSigmoid", slope: 25 },
    detachReset: true,
    maxSampleCount: 1,
  });
  await executor.forward({ kind: "spikes", spikes: input }, { training: false });
  const train = executor.spikesOf(network.layers.length - 1);
  const got = expected.map((_, at) => (hasSpike(train, Math.floor(at / 7), 0, at % 7) ? 1 : 0));
  assert.ok(expected.filter((value) => value === 1).length > 20, "it fires");
  assert.deepEqual(got, expected);
});
