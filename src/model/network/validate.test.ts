import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserError } from "../../base/index.ts";
import { neuronModels, neuronSpec, type Reset } from "../neuron/index.ts";
import { tensor } from "../tensor/index.ts";
import {
  checkNetwork,
  classCount,
  denseLayer,
  layerInputCount,
  networkShape,
  synapseCount,
  validateNetwork,
  type DenseLayer,
  type Network,
} from "./index.ts";

function network(changes: Partial<Network> = {}): Network {
  const layers = [
    denseLayer("hidden", { inputCount: 3, neuronCount: 4, recurrent: true }, neuronSpec("lif")),
    denseLayer("output", { inputCount: 4, neuronCount: 2 }, neuronSpec("integrateFire")),
  ];
  return { kind: "network", name: "n", inputCount: 3, stepCount: 5, layers, readout: { kind: "count" }, ...changes };
}

/** The network with its first layer changed. */
function hidden(changes: Partial<DenseLayer>): Network {
  const { layers } = network();
  return network({ layers: [{ ...layers[0]!, ...changes }, layers[1]!] });
}

const lines = (checked: Network): string[] =>
  checkNetwork(checked).map(({ code, path, message, hint }) =>
    [`${code} at ${path}: ${message}`, ...(hint === undefined ? [] : [hint])].join(" | "),
  );

test("a sound network has no problems, and says its shape", () => {
  assert.deepEqual(lines(network()), []);
  validateNetwork(network());
  assert.equal(networkShape(network()), "3-4-2");
  assert.deepEqual([classCount(network()), layerInputCount(network(), 0), layerInputCount(network(), 1)], [2, 3, 4]);
  assert.equal(synapseCount(network()), 3 * 4 + 4 * 4 + 4 * 2);
});

test("sizes that are no counts", () => {
  assert.deepEqual(lines(network({ stepCount: 0 })), [
    "network/step-count at stepCount: expected a whole number ≥ 1, got 0",
  ]);
  assert.deepEqual(lines(network({ stepCount: 2.5, inputCount: Number.NaN })).slice(0, 2), [
    "network/step-count at stepCount: expected a whole number ≥ 1, got 2.5",
    "network/input-count at inputCount: expected a whole number ≥ 1, got NaN",
  ]);
  assert.deepEqual(lines(network({ layers: [] })), ["network/no-layers at layers: a network needs at least one layer"]);
  assert.deepEqual(lines(hidden({ neuronCount: 0, weights: tensor([3, 0]), recurrentWeights: tensor([0, 0]) })), [
    'network/neuron-count at layers[0] "hidden": expected a whole number of neurons ≥ 1, got 0',
    'network/shape-mismatch at layers[1] "output".weights: expected shape [0, 2], got [4, 2] with 8 values',
  ]);
});

test("tensors that do not fit: weights, bias, recurrent weights, and data that belies its shape", () => {
  const wrong = hidden({
    weights: tensor([4, 3]),
    bias: tensor([3]),
    recurrentWeights: { shape: [4, 4], data: new Float32Array(15) },
  });
  assert.deepEqual(lines(wrong), [
    'network/shape-mismatch at layers[0] "hidden".weights: expected shape [3, 4], got [4, 3] with 12 values',
    'network/shape-mismatch at layers[0] "hidden".bias: expected shape [4], got [3] with 3 values',
    'network/shape-mismatch at layers[0] "hidden".recurrentWeights: expected shape [4, 4], got [4, 4] with 15 values',
  ]);
});

test("values that are no numbers", () => {
  const weights = tensor([3, 4]);
  weights.data[7] = Number.NaN;
  const bias = tensor([4]);
  bias.data[1] = Number.POSITIVE_INFINITY;
  assert.deepEqual(lines(hidden({ weights, bias })), [
    'network/not-finite at layers[0] "hidden".weights: value 7 is NaN',
    'network/not-finite at layers[0] "hidden".bias: value 1 is Infinity',
  ]);
});

test("parameters of single neurons: unknown names, shapes and ranges", () => {
  const own = (name: string, values: readonly number[]): Network =>
    hidden({ neuronParameters: { [name]: tensor([values.length], Float32Array.from(values)) } });
  assert.deepEqual(lines(own("decay", [0, 0.5, 0.9, 1])), []);
  assert.deepEqual(lines(own("decy", [0, 0, 0, 0])), [
    'neuron/unknown-parameter at layers[0] "hidden".neuronParameters.decy: lif has no parameter "decy"; it has decay, threshold',
  ]);
  assert.deepEqual(lines(own("decay", [0, 0, 0])), [
    'network/shape-mismatch at layers[0] "hidden".neuronParameters.decay: expected shape [4], got [3] with 3 values',
  ]);
  assert.deepEqual(lines(own("decay", [0, 0, 2, 0])), [
    'neuron/parameter-range at layers[0] "hidden".neuronParameters.decay: expected 0…1, got 2 for neuron 2',
  ]);
});

test("names that occur twice, layers that never fire", () => {
  assert.deepEqual(lines(hidden({ name: "output" })), [
    'network/duplicate-name at layers[1] "output": another layer has this name',
  ]);
  assert.deepEqual(lines(hidden({ neuron: neuronSpec("leakyIntegrator") })), [
    'network/silent-layer at layers[0] "hidden": a leakyIntegrator never fires, so the next layer gets no input',
  ]);
  assert.deepEqual(lines(hidden({ neuron: neuronSpec("leakyIntegrator", { decay: -1 }) })), [
    'neuron/parameter-range at layers[0] "hidden".neuron.decay: expected 0…1, got -1',
    'network/silent-layer at layers[0] "hidden": a leakyIntegrator never fires, so the next layer gets no input',
  ]);
  const { layers } = network();
  const integrator = { ...layers[1]!, neuron: neuronSpec("leakyIntegrator") };
  assert.deepEqual(lines(network({ layers: [layers[0]!, integrator] })), [
    'network/silent-readout at layers[1] "output": a leakyIntegrator never fires | use readout "membrane"',
  ]);
  assert.deepEqual(lines(network({ layers: [layers[0]!, integrator], readout: { kind: "membrane" } })), []);
});

test("a readout, a reset and a quantizer that nobody knows how to run", () => {
  assert.deepEqual(lines(network({ readout: { kind: "loudest" } as unknown as Network["readout"] })), [
    'network/unknown-readout at readout: no readout is called "loudest"; known: count, membrane, membraneMax, membraneMean, firstSpike',
  ]);
  assert.deepEqual(lines(hidden({ neuron: neuronSpec("lif", {}, { kind: "value", value: Number.NaN }) })), [
    'neuron/reset-value at layers[0] "hidden".neuron.reset: expected a finite value, got NaN',
  ]);
  const odd = { ...neuronSpec("lif"), reset: { kind: "soft" } as unknown as Reset };
  assert.deepEqual(lines(hidden({ neuron: odd })), [
    'neuron/unknown-reset at layers[0] "hidden".neuron.reset: no reset is called "soft"; known: subtract, zero, value, none',
  ]);
  assert.deepEqual(lines(hidden({ quantizer: { bits: 0, scale: 0 } })), [
    'quantizer/bits at layers[0] "hidden".quantizer: expected 1…16 whole bits, got 0',
    'quantizer/scale at layers[0] "hidden".quantizer: expected a finite scale above 0, got 0',
  ]);
});

test("an unknown neuron model is a problem of its layer, not a crash", () => {
  const unknown = { ...neuronSpec("lif"), model: "oracle" } as unknown as DenseLayer["neuron"];
  assert.deepEqual(lines(hidden({ neuron: unknown })), [
    `neuron/unknown-model at layers[0] "hidden".neuron: no neuron model is called "oracle"; known: ${Object.keys(neuronModels).join(", ")}`,
  ]);
});

test("all problems at once: the error names the first and carries every one", () => {
  const broken = network({ stepCount: -1, inputCount: 2, layers: [...hidden({ name: "output" }).layers] });
  assert.throws(
    () => validateNetwork(broken),
    (error: UserError) => {
      assert.equal(error.message, "stepCount: expected a whole number ≥ 1, got -1 (and 2 more)");
      assert.deepEqual(
        error.problems.map(({ code }) => code),
        ["network/step-count", "network/shape-mismatch", "network/duplicate-name"],
      );
      return true;
    },
  );
});
