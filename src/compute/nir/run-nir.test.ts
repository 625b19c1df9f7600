import assert from "node:assert/strict";
import { test } from "node:test";
import { assertDefined, dataNumbers, dataText, randomStream } from "../../base/index.ts";
import { nirIntegers, nirNode, planNir, type NirGraph, type NirNode } from "../../model/nir/index.ts";
import type { DialectName } from "../../model/neuron/index.ts";
import { startNir } from "./index.ts";

const floats = (shape: readonly number[], values: (index: number) => number): ReturnType<typeof dataNumbers> =>
  dataNumbers(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => values(i)),
    "float32",
    shape,
  );

const port = (name: "in" | "out", ...shape: number[]): NirNode =>
  nirNode(name, name === "in" ? "Input" : "Output", { shape: nirIntegers(shape) });

function graphOf(nodes: readonly NirNode[], edges: NirGraph["edges"]): NirGraph {
  return { kind: "nir-graph", version: "", nodes, edges, metadata: undefined };
}

/** What the Output gives, step by step. */
function outputs(
  graph: NirGraph,
  inputs: readonly (readonly number[])[],
  name: DialectName = "nir",
  stepSeconds = 1,
): number[][] {
  const plan = planNir(graph, { dialect: name, stepSeconds });
  const run = startNir(plan);
  const [out] = plan.graph.outputs;
  return inputs.map((values) => {
    run.step([Float32Array.from(values)]);
    return Array.from(run.valuesOf(assertDefined(out, "output")));
  });
}

test("a delay holds every cell back by its own steps", () => {
  const delay = nirNode("d", "Delay", { delay: dataNumbers([0, 2]) });
  const graph = graphOf(
    [port("in", 2), delay, port("out", 2)],
    [
      ["in", "d"],
      ["d", "out"],
    ],
  );
  assert.deepEqual(
    outputs(graph, [
      [1, 1],
      [0, 0],
      [0, 5],
      [0, 0],
      [0, 0],
    ]),
    [
      [1, 0],
      [0, 0],
      [0, 1],
      [0, 0],
      [0, 5],
    ],
  );
});

test("integrators pass on their potential; scale and threshold act on each cell; edges that meet add up", () => {
  const leaky = nirNode("li", "LI", { tau: dataNumbers([4]), r: dataNumbers([4]), v_leak: dataNumbers([0]) });
  const scale = nirNode("s", "Scale", { scale: dataNumbers([2]) });
  const threshold = nirNode("t", "Threshold", { threshold: dataNumbers([3]) });
  const edges = [
    ["in", "li"],
    ["in", "s"],
    ["li", "t"],
    ["s", "t"],
    ["t", "out"],
  ] as const;
  const graph = graphOf([port("in", 1), leaky, scale, threshold, port("out", 1)], edges);
  // v = 1, 1.75, 2.3125, 0.75 v…; 2 x + v above 3?
  assert.deepEqual(outputs(graph, [[1], [1], [1], [0]]), [[0], [1], [1], [0]]);
});

test("a cycle carries spikes to the next step; a bias in it arrives at once only where the dialect says so", () => {
  const fires = nirNode("n", "IF", { r: dataNumbers([1]), v_threshold: dataNumbers([1]), v_reset: dataNumbers([0]) });
  const back = nirNode("w", "Affine", { weight: floats([1, 1], () => 2), bias: floats([1], () => 0.75) });
  const edges = [
    ["in", "n"],
    ["n", "w"],
    ["w", "n"],
    ["n", "out"],
  ] as const;
  const graph = graphOf([port("in", 1), fires, back, port("out", 1)], edges);
  assert.deepEqual(outputs(graph, [[0], [0], [0], [0]], "nir").flat(), [0, 0, 1, 1]);
  assert.deepEqual(outputs(graph, [[0], [0], [0], [0]], "snntorch").flat(), [0, 1, 1, 1]);
});

test("a convolution equals its definition, with groups, dilation, stride and padding", () => {
  const random = randomStream(7);
  let draws = 0;
  const draw = (): number => Math.fround(random.at(draws++) / 2 ** 31 - 1);
  const [channels, rows, columns, outChannels, groups] = [4, 6, 7, 6, 2];
  const weight = floats([outChannels, channels / groups, 3, 2], draw);
  const bias = floats([outChannels], draw);
  const conv = nirNode("c", "Conv2d", {
    weight,
    bias,
    stride: nirIntegers([2, 1]),
    padding: nirIntegers([1, 2]),
    dilation: nirIntegers([1, 2]),
    groups: nirIntegers(groups),
  });
  const [outRows, outColumns] = [3, 9];
  const graph = graphOf(
    [port("in", channels, rows, columns), conv, port("out", outChannels, outRows, outColumns)],
    [
      ["in", "c"],
      ["c", "out"],
    ],
  );
  const x = Array.from({ length: channels * rows * columns }, draw);
  const at = (c: number, y: number, z: number): number =>
    y < 0 || z < 0 || y >= rows || z >= columns ? 0 : (x[(c * rows + y) * columns + z] ?? 0);
  const expected: number[] = [];
  for (let o = 0; o < outChannels; o++) {
    for (let y = 0; y < outRows; y++) {
      for (let z = 0; z < outColumns; z++) {
        let sum = bias.values[o] ?? 0;
        for (let i = 0; i < 2; i++)
          for (let ky = 0; ky < 3; ky++)
            for (let kz = 0; kz < 2; kz++)
              sum +=
                (weight.values[((o * 2 + i) * 3 + ky) * 2 + kz] ?? 0) *
                at(Math.floor(o / 3) * 2 + i, 2 * y + ky - 1, z + 2 * kz - 2);
        expected.push(sum);
      }
    }
  }
  const [got = []] = outputs(graph, [x]);
  assert.equal(got.length, expected.length);
  got.forEach((value, i) => assert.ok(Math.abs(value - (expected[i] ?? 0)) < 1e-6, `${i}: ${value}, ${expected[i]}`));
});

test("pooling counts the padding as zeros; padding same keeps the size", () => {
  const pool = nirNode("p", "AvgPool2d", {
    kernel_size: nirIntegers(2),
    stride: nirIntegers([2, 2]),
    padding: nirIntegers(1),
  });
  const graph = graphOf(
    [port("in", 1, 2, 2), pool, port("out", 1, 2, 2)],
    [
      ["in", "p"],
      ["p", "out"],
    ],
  );
  assert.deepEqual(outputs(graph, [[4, 8, 12, 16]]), [[1, 2, 3, 4]]);
  const line = nirNode("c", "Conv1d", {
    weight: floats([1, 1, 3], (i) => i + 1),
    bias: floats([1], () => 0),
    stride: nirIntegers(1),
    padding: dataText("same"),
    dilation: nirIntegers(1),
    groups: nirIntegers(1),
  });
  const flat = graphOf(
    [port("in", 1, 4), line, port("out", 1, 4)],
    [
      ["in", "c"],
      ["c", "out"],
    ],
  );
  assert.deepEqual(outputs(flat, [[1, 0, 0, 1]]), [[2, 1, 3, 2]]);
});
