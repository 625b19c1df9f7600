// Convolutions, pooling, biases and recurrent layers on generated hardware; the other shapes are in `shapes.long.test.ts`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { convLayer, denseLayer, type Layer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { lowerNetwork } from "../golden/index.ts";
import { targets } from "../target/index.ts";
import { checkShape, quickShapes, shapeCases } from "./conformance-shapes.ts";
import { families } from "./index.ts";

for (const name of quickShapes) {
  test(`golden = prediction = simulation = RTL: ${name}`, () => checkShape(name, shapeCases[name]!));
}

const spec = neuronSpec("lif");
const input = { rows: 6, columns: 6, channels: 2 };

function problemsOf(layer: Layer, lanes: number, choice: object = {}): string[] {
  layer.weights.data.fill(0.5);
  const output = denseLayer("output", { inputCount: layer.neuronCount, neuronCount: 2 }, spec);
  output.weights.data.fill(0.5);
  const network: Network = {
    kind: "network",
    name: "refused",
    inputCount: 72,
    stepCount: 2,
    layers: [layer, output],
    readout: { kind: "count" },
  };
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const chosen = { family: "layer-pipeline", weightStorage: "dense", lanes: [lanes, 1], ...choice } as const;
  return families[chosen.family]
    .check(integer, chosen, targets.up5k)
    .map(({ code, path, message, hint }) => `${code} ${path}: ${message} | ${hint}`);
}

test("what no core runs is refused with the layer's name and a remedy", () => {
  const conv = (shape: object): Layer => convLayer("conv", { input, channels: 6, kernel: 3, ...shape }, spec);
  assert.deepEqual(problemsOf(conv({}), 3), []);
  assert.deepEqual(problemsOf(conv({}), 4), ["fit/lanes conv: 4 lanes do not divide 6 channels | use 3 lanes"]);
  assert.deepEqual(problemsOf(conv({ groups: 2 }), 6), [
    "fit/lanes conv: 6 lanes do not divide 3 channels | use 3 lanes",
  ]);
  assert.deepEqual(problemsOf(conv({}), 3, { family: "dense" }), [
    'fit/convolution conv: the dense family has no convolution | use family "layer-pipeline"',
  ]);
  assert.deepEqual(problemsOf(conv({ pooling: { kind: "max", size: 2, stride: 1 } }), 3), [
    "fit/pooling conv: currents are pooled in windows of 2, 1 apart; the core knows windows side by side | use stride 2",
  ]);
  const small = { rows: 5, columns: 5, channels: 2 };
  assert.deepEqual(
    problemsOf(conv({ input: small, inputPooling: { kind: "sum", size: 2, stride: 1, grid: input } }), 3),
    ["fit/pooling conv: window sums of its input overlap | use windows side by side"],
  );
});
