import assert from "node:assert/strict";
import { test } from "node:test";
import { dataNumbers, randomStream, type UserError } from "../../base/index.ts";
import { denseLayer, type DenseLayer, type Network } from "../network/index.ts";
import { neuronSpec } from "../neuron/index.ts";
import {
  networkOfNir,
  nirNode,
  nirOfNetwork,
  noteOf,
  planNir,
  readNir,
  soundGraph,
  writeNir,
  type NirGraph,
} from "./index.ts";

function network(): Network {
  const random = randomStream(3);
  let draws = 0;
  const filled = (layer: DenseLayer): DenseLayer => {
    for (const values of [layer.weights, layer.recurrentWeights])
      values?.data.forEach((_, i) => (values.data[i] = random.at(draws++) / 2 ** 32 - 0.5));
    return layer;
  };
  const layers = [
    filled(
      denseLayer(
        "hidden",
        { inputCount: 4, neuronCount: 5, recurrent: true },
        neuronSpec("cubaLif", {}, { kind: "zero" }),
      ),
    ),
    filled(
      denseLayer(
        "output",
        { inputCount: 5, neuronCount: 3 },
        neuronSpec("lif", { decay: 0.75, threshold: 0.5 }, { kind: "zero" }),
      ),
    ),
  ];
  return { kind: "network", name: "n", inputCount: 4, stepCount: 6, layers, readout: { kind: "count" } };
}

const through = (graph: NirGraph): NirGraph => soundGraph(readNir(writeNir(graph), "n.nir"), "n.nir");

test("a network written as NIR comes back as it was, decays within 32 bits", () => {
  const original = network();
  const graph = through(nirOfNetwork(original, 1e-3, "{}").graph);
  assert.deepEqual(noteOf(graph.metadata), {
    dialect: "nir",
    stepSeconds: 1e-3,
    reset: undefined,
    stepCount: 6,
    readout: '{"kind":"count"}',
    config: "{}",
  });
  const plan = planNir(graph, { dialect: "nir", stepSeconds: 1e-3, usesNotes: true });
  const back = networkOfNir(plan, { name: "n", stepCount: 6 });
  assert.deepEqual(back.notes, []);
  back.network.layers.forEach((layer, l) => {
    const from = original.layers[l];
    assert.deepEqual(layer.weights, from?.weights);
    assert.equal(layer.neuron.model, from?.neuron.model);
    for (const [name, value] of Object.entries(from?.neuron.parameters ?? {})) {
      assert.ok(Math.abs((layer.neuron.parameters[name] ?? 0) - value) < 1e-12, name);
    }
  });
});

test("what is no chain is refused with its node; what leads nowhere is left out", () => {
  const graph = through(nirOfNetwork(network(), 1e-3).graph);
  const weights = graph.nodes.filter(({ name }) => name === "output.weights");
  const second = weights.map((node) => ({ ...node, name: "hidden.second" }));
  const dangling: NirGraph = {
    ...graph,
    edges: [...graph.edges, ["hidden", "hidden.second"]],
    nodes: [...graph.nodes, ...second],
  };
  const how = { dialect: "nir", stepSeconds: 1e-3 } as const;
  assert.deepEqual(networkOfNir(planNir(dangling, how), { name: "n", stepCount: 6 }).notes, [
    'node "hidden.second" leads nowhere and is left out',
  ]);
  const skipped: NirGraph = {
    ...dangling,
    nodes: [
      ...graph.nodes,
      nirNode("skip", "Linear", { weight: dataNumbers(new Float32Array(12), "float32", [3, 4]) }),
    ],
    edges: [...graph.edges, ["input", "skip"], ["skip", "output"]],
  };
  assert.throws(
    () => networkOfNir(planNir(skipped, how), { name: "n", stepCount: 6 }),
    ({ code, message }: UserError) =>
      code === "nir/no-chain" &&
      message ===
        'node "output": several outputs arrive and are added, of "input" and "hidden"; in a chain each layer sees one',
  );
});
