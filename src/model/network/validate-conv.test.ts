import assert from "node:assert/strict";
import { test } from "node:test";
import { neuronSpec } from "../neuron/index.ts";
import { tensor } from "../tensor/index.ts";
import { checkNetwork, convLayer, denseLayer, type ConvLayer, type Grid, type Network } from "./index.ts";

const input: Grid = { rows: 6, columns: 5, channels: 2 };
const neuron = neuronSpec("lif");
const conv = (shape: Partial<Parameters<typeof convLayer>[1]> = {}): ConvLayer =>
  convLayer("conv", { input, channels: 4, kernel: 3, ...shape }, neuron);

function lines(layer: ConvLayer): string[] {
  const output = denseLayer("output", { inputCount: layer.neuronCount, neuronCount: 2 }, neuron);
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 60,
    stepCount: 3,
    layers: [layer, output],
    readout: { kind: "count" },
  };
  return checkNetwork(network).map(({ code, path, message, hint }) =>
    [`${code} at ${path}: ${message}`, ...(hint === undefined ? [] : [hint])].join(" | "),
  );
}

test("sound convolutions have no problems", () => {
  assert.deepEqual(lines(conv()), []);
  assert.deepEqual(lines({ ...conv({ stride: 2, padding: 1, groups: 2 }), bias: tensor([4]) }), []);
  assert.deepEqual(lines(conv({ pooling: { kind: "max", size: 3, stride: 1 } })), []);
  const half = { rows: 3, columns: 2, channels: 2 };
  const inputPooling = { kind: "sum", size: 2, stride: 2, grid: input } as const;
  assert.deepEqual(lines(conv({ input: half, kernel: 2, inputPooling })), []);
});

test("a convolution that does not fit together says what is wrong and what would fit", () => {
  const small = { rows: 4, columns: 15, channels: 1 };
  assert.deepEqual(lines({ ...conv({ input: small, kernel: 1 }), weights: tensor([5, 5, 1, 4]) }), [
    'network/kernel at layers[0] "conv": kernel 5×5 does not fit its 4×15 input | use padding ≥ 1 or a kernel ≤ 4×15',
  ]);
  assert.deepEqual(lines({ ...conv(), stride: 0 }), [
    'network/convolution at layers[0] "conv": expected whole stride ≥ 1, padding ≥ 0 and groups ≥ 1, got stride 0, padding 0, groups 1',
  ]);
  assert.deepEqual(lines({ ...conv(), groups: 3 }), [
    'network/groups at layers[0] "conv": 3 groups must divide input and output channels, got 2 and 4',
  ]);
  assert.deepEqual(lines({ ...conv(), input: { ...input, rows: 7 } }), [
    'network/shape-mismatch at layers[0] "conv": its input is 7×5×2, 70 cells, but 60 arrive',
  ]);
  assert.deepEqual(lines({ ...conv(), weights: tensor([3, 3, 4]) }), [
    'network/shape-mismatch at layers[0] "conv".weights: expected shape [rows, columns, 2, 4], got [3, 3, 4]',
  ]);
  assert.deepEqual(lines({ ...conv(), stride: 2 }), [
    'network/shape-mismatch at layers[0] "conv": expected 2×2×4 neurons, got 4×3×4 and a count of 48',
  ]);
  assert.deepEqual(lines({ ...conv(), bias: tensor([48]) }), [
    'network/shape-mismatch at layers[0] "conv".bias: expected shape [4], got [48] with 48 values',
  ]);
  assert.deepEqual(lines({ ...conv(), output: { rows: 0, columns: 3, channels: 4 } }), [
    'network/grid at layers[0] "conv": expected grids of whole sizes ≥ 1, got 6×5×2 and 0×3×4',
  ]);
});

test("poolings that do not fit", () => {
  assert.deepEqual(lines({ ...conv(), pooling: { kind: "max", size: 4, stride: 1 } }), [
    'network/pooling at layers[0] "conv".pooling: a window of 4×4 does not fit 4×3',
  ]);
  assert.deepEqual(lines({ ...conv(), pooling: { kind: "max", size: 2, stride: 0 } }), [
    'network/pooling at layers[0] "conv".pooling: expected whole size and stride ≥ 1, got 2 and 0',
  ]);
  assert.deepEqual(lines({ ...conv(), pooling: { kind: "median" as "max", size: 2, stride: 2 } }), [
    'network/unknown-pooling at layers[0] "conv".pooling: no pooling is called "median"; known: max, sum, average',
  ]);
  const grid = { rows: 3, columns: 3, channels: 2 };
  assert.deepEqual(lines({ ...conv(), inputPooling: { kind: "max", size: 2, stride: 2, grid } }), [
    'network/shape-mismatch at layers[0] "conv".inputPooling: its grid is 3×3×2, but 60 spikes arrive',
  ]);
});
