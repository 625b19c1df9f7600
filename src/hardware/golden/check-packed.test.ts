import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronModels, neuronSpec, type NeuronModelName, type Reset } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { checkPackedNetwork } from "./check-packed.ts";
import { lowerNetwork, packNetwork, runGolden, unpackNetwork, type PackedNetwork } from "./index.ts";

function packed(model: NeuronModelName = "lif", reset: Reset = { kind: "subtract" }): PackedNetwork {
  const layers = ["first", "second"].map((name, l) => {
    const layer = denseLayer(name, { inputCount: 3 - l, neuronCount: 2 }, neuronSpec(model, {}, reset));
    layer.weights.data.set([1.5, -0.5, 0.25, 0.75, -1, 1].slice(0, layer.weights.data.length));
    return { ...layer, quantizer: { bits: 4, scale: 0.25 } };
  });
  const network: Network = {
    kind: "network",
    name: "packed",
    inputCount: 3,
    stepCount: 4,
    layers,
    readout: { kind: "count" },
  };
  return packNetwork(lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 }));
}

/** Undefined for what has no integers, or none in the format chosen. */
function tryPacked(model: NeuronModelName, reset: Reset): PackedNetwork | undefined {
  try {
    return packed(model, reset);
  } catch (error) {
    if (error instanceof UserError && error.code.startsWith("lower/")) return undefined;
    throw error;
  }
}

type Layer = PackedNetwork["layers"][number];
type Node = Layer["neuron"]["nodes"][number];

const layerChanged = (change: (layer: Layer) => Partial<Layer>): unknown => {
  const network = packed();
  const [first, second] = [network.layers[0]!, network.layers[1]!];
  return { ...network, layers: [{ ...first, ...change(first) }, second] };
};
const neuronChanged = (change: (neuron: Layer["neuron"]) => object): unknown =>
  layerChanged(({ neuron }) => ({ neuron: { ...neuron, ...change(neuron) } }));
const nodeChanged = (op: Node["op"], change: (node: Node) => object): unknown =>
  neuronChanged(({ nodes }) => {
    const index = nodes.findIndex((node) => node.op === op);
    assert.ok(index >= 0, `the program has ${op}`);
    return { nodes: nodes.map((node, i) => (i === index ? { ...node, ...change(node) } : node)) };
  });
const lines = (value: unknown): string[] => checkPackedNetwork(value).map(({ path, message }) => `${path}: ${message}`);

const models = (Object.keys(neuronModels) as NeuronModelName[]).filter(
  (model) => neuronModels[model]({ kind: "zero" }).spike.op !== "constant",
);
const resets: readonly Reset[] = [{ kind: "subtract" }, { kind: "zero" }, { kind: "value", value: -0.25 }];

test("what was packed has no problems, whatever the model and the reset", () => {
  let packedCount = 0;
  for (const model of models) {
    for (const reset of resets) {
      const network = tryPacked(model, reset);
      if (network === undefined) continue;
      packedCount++;
      assert.deepEqual(lines(network), [], `${model} ${reset.kind}`);
      assert.deepEqual(packNetwork(unpackNetwork(network)), network);
    }
  }
  assert.ok(packedCount > 2 * models.length, `${packedCount} of ${3 * models.length} lowered`);
});

test("what is no network at all", () => {
  for (const value of [undefined, null, 7, "network", [], {}, { kind: "network" }]) {
    assert.throws(
      () => unpackNetwork(value),
      (error: UserError) => error.code === "golden/not-a-network" && error.exit === "bad-input",
      String(value),
    );
  }
  assert.deepEqual(lines(null), ["network: Invalid input: expected object, received null"]);
  assert.deepEqual(lines({ ...packed(), layers: [] }), ["layers: Too small: expected array to have >=1 items"]);
  assert.equal(lines({ ...packed(), stepCount: 0, inputCount: 2.5 }).length, 2, "every problem is reported");
});

test("sizes and weights that do not agree", () => {
  assert.deepEqual(lines({ ...packed(), inputCount: 4 }), ['"first": expected 4 inputs, got 3']);
  assert.deepEqual(lines(layerChanged(({ weights }) => ({ weights: weights.subarray(1) }))), [
    '"first": expected 3 × 2 weights, got 5',
  ]);
  assert.deepEqual(lines(layerChanged(() => ({ weightBits: 3 }))), ['"first": a weight is 6, outside -3…3 of 3 bits']);
  assert.deepEqual(lines(layerChanged(() => ({ accumulator: { low: -4, high: 6 } }))), [
    '"first": the accumulator is -4…6, its weights give -4…7',
  ]);
  const other = layerChanged(({ weights }) => ({ weights: weights.map((w, i) => (i === 0 ? w + 1 : w)) }));
  assert.deepEqual(lines(other), [
    '"first": the accumulator is -4…7, its weights give -4…8',
    '"first": the neuron\'s input is -4…7, its weights give -4…8',
  ]);
});

test("programs that no reader could trust", () => {
  assert.deepEqual(lines(nodeChanged("mul", ({ operands }) => ({ operands: operands.slice(1) }))), [
    '"first": node 2, mul: expected 2 operands, got 1',
  ]);
  assert.deepEqual(lines(nodeChanged("mul", () => ({ operands: [2, 0] }))), [
    '"first": node 2 uses node 2, which does not come before it',
  ]);
  assert.deepEqual(lines(nodeChanged("constant", () => ({ value: undefined }))), [
    '"first": node 0, constant: it has no value',
  ]);
  assert.deepEqual(lines(nodeChanged("reference", () => ({ name: "w" }))), [
    '"first": node 1, reference: there is no "w"',
  ]);
  assert.deepEqual(lines(nodeChanged("reference", () => ({ name: "v; $finish" }))), [
    "layers.0.neuron.nodes.1.name: expected a name of letters and digits",
  ]);
  assert.deepEqual(lines(nodeChanged("shiftRight", () => ({ by: undefined }))), [
    '"first": node 5, shiftRight: it has no distance',
  ]);
  assert.deepEqual(lines(nodeChanged("mul", ({ low }) => ({ low: low + 1 }))), [
    '"first": node 2, mul: its range is -3583…3577, its operands give -3584…3577',
    '"first": node 4, add: its range is -3580…3581, its operands give -3579…3581',
  ]);
  assert.equal(lines(nodeChanged("add", () => ({ op: "power" }))).length, 1);
});

test("a spike that is no bit, a next state that is missing or does not fit its register", () => {
  assert.deepEqual(lines(neuronChanged(() => ({ spike: 0 }))), ['"first": the spike is 7…7, outside 0…1']);
  assert.deepEqual(lines(neuronChanged(() => ({ spike: 99 }))), [
    '"first": the spike is node 99, which does not exist',
  ]);
  assert.deepEqual(lines(neuronChanged(() => ({ next: {} }))), [
    '"first": the next "v" is node undefined, which does not exist',
    '"first": expected one next value per state variable, got ',
  ]);
  assert.deepEqual(lines(neuronChanged(({ next }) => ({ next: { ...next, u: 0 } }))), [
    '"first": expected one next value per state variable, got v, u',
  ]);
  const twice = neuronChanged(({ state }) => ({ state: [...state, ...state] }));
  assert.deepEqual(lines(twice), ['"first": expected one next value per state variable, got v']);
});

test("a short list that stands for endless work is refused before it runs", () => {
  const endless = neuronChanged(({ nodes }) => {
    const longer = [...nodes];
    for (let k = 0; k < 60; k++) {
      const last = longer.length - 1;
      longer.push({ op: "above", low: 0, high: 1, operands: [last, last] });
    }
    return { nodes: longer, spike: longer.length - 1 };
  });
  assert.match(lines(endless).join(), /^"first": its program is \d{10,} operations when nothing is shared$/);
});

test("no single change of a number or a word makes a reader crash: it is refused, or it runs", () => {
  const random = randomStream(17, "forgery");
  const input = spikeTrain({ stepCount: 4, sampleCount: 3, neuronCount: 3 });
  for (let i = 0; i < 18; i++) setSpike(input, random.integer(4), random.integer(3), random.integer(3));
  const odd: readonly unknown[] = [
    -1,
    0,
    1,
    2,
    1e9,
    0.5,
    Number.NaN,
    Infinity,
    "",
    "v",
    "add",
    null,
    undefined,
    [],
    {},
    true,
  ];
  let refused = 0;
  let ran = 0;
  /** Call `visit` with a copy of `value` for each way to replace one leaf of it. */
  const forge = (value: unknown, visit: (changed: unknown) => void): void => {
    if (ArrayBuffer.isView(value) || typeof value !== "object" || value === null) {
      for (const other of odd) if (!Object.is(other, value)) visit(other);
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      forge(member, (changed) => {
        visit(
          Array.isArray(value)
            ? value.map((v: unknown, i) => (String(i) === key ? changed : v))
            : { ...value, [key]: changed },
        );
      });
    }
  };
  forge(packed("alif"), (changed) => {
    try {
      const network = unpackNetwork(changed);
      if (network.stepCount !== 4 || network.inputCount !== 3) return;
      runGolden(network, input);
      ran++;
    } catch (error) {
      assert.ok(error instanceof UserError && error.code === "golden/not-a-network", String(error));
      refused++;
    }
  });
  assert.ok(refused > 1000 && ran > 0, `${refused} refused, ${ran} ran`);
});
