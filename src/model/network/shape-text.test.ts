import assert from "node:assert/strict";
import { test } from "node:test";
import { neuronSpec } from "../neuron/index.ts";
import { checkNetwork, layersOfText, parseShapeText, type Grid, type Layer } from "./index.ts";

const neuron = neuronSpec("lif");
const image: Grid = { rows: 28, columns: 28, channels: 1 };

const lines = (layers: readonly Layer[]): string[] =>
  layers.map((layer) => {
    const before = layer.inputPooling === undefined ? "" : `${layer.inputPooling.kind} of spikes, `;
    if (layer.kind === "dense") return `${layer.name}: ${before}${layer.weights.shape.join("×")}`;
    const { output, pooling } = layer;
    const after = pooling === undefined ? "" : `, ${pooling.kind} of currents`;
    return `${layer.name}: ${before}${output.rows}×${output.columns}×${output.channels}${after}`;
  });

test("a text gives the layers that the field means by it", () => {
  const layers = layersOfText("12C5-MP2-64C5-MP2-10", { input: image, neuron, pooling: "currents" });
  assert.deepEqual(lines(layers), [
    "conv1: 12×12×12, max of currents",
    "conv2: 4×4×64, max of currents",
    "output: 1024×10",
  ]);
  const network = { kind: "network", name: "n", inputCount: 784, stepCount: 2, layers } as const;
  assert.deepEqual(checkNetwork({ ...network, readout: { kind: "count" } }), []);
  const spikes = layersOfText("16C5s2p1-32C3g4-AP3s2-20-10", { input: image, neuron, pooling: "spikes" });
  assert.deepEqual(lines(spikes), [
    "conv1: 13×13×16",
    "conv2: 11×11×32",
    "dense3: average of spikes, 800×20",
    "output: 20×10",
  ]);
  assert.deepEqual(checkNetwork({ ...network, layers: spikes, readout: { kind: "count" } }), []);
});

test("parts that nobody knows or that do not fit are named", () => {
  const refuses = (text: string, message: string): void => {
    const read = (): unknown => layersOfText(text, { input: image, neuron, pooling: "currents" });
    assert.throws(read, { code: "network/shape-text", message });
  };
  const known = "a number of neurons, 12C5 (with s2, p1, g2 behind), MP2, AP2 or SP2";
  refuses("12D5-10", `unknown part "12D5"; expected ${known}`);
  refuses("", `unknown part ""; expected ${known}`);
  refuses("0-10", `unknown part "0"; expected ${known}`);
  refuses("128-MP2-10", '"128-MP2-10": a pooling must follow a convolution');
  refuses("12C5-MP2", '"12C5-MP2": expected a number of neurons at the end, such as …-10');
  refuses("12C29-10", '"conv1": a kernel of 29×29 does not fit 28×28');
  refuses("12C5g5-10", '"conv1": stride 1 and 5 groups do not fit 1 to 12 channels');
  assert.equal(parseShapeText("12C5-MP2-10").length, 3);
});
