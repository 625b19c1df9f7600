import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { familyNames } from "../hardware/family/index.ts";
import { denseLayer, type Network } from "../model/network/index.ts";
import { neuronSpec } from "../model/neuron/index.ts";
import { nirNode, nirOfNetwork, writeNir, type NirGraph } from "../model/nir/index.ts";
import { nodePlatform } from "../platform/node/index.ts";
import { inspectNir, type NirSummary } from "./inspect-nir.ts";

const lif = neuronSpec("lif", { decay: 0.9 }, { kind: "zero" });

function recurrentGraph(): NirGraph {
  const layers = [
    denseLayer("hidden", { inputCount: 3, neuronCount: 4, recurrent: true }, lif),
    denseLayer("output", { inputCount: 4, neuronCount: 2 }, lif),
  ];
  for (const layer of layers) layer.weights.data.fill(0.5);
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 3,
    stepCount: 4,
    layers,
    readout: { kind: "count" },
  };
  return nirOfNetwork(network, 1e-3).graph;
}

async function inspected(graph: NirGraph): Promise<NirSummary> {
  const folder = mkdtempSync(path.join(tmpdir(), "inspect-nir-"));
  const file = path.join(folder, "n.nir");
  try {
    await nodePlatform.files.write(file, await nodePlatform.hdf5.write(writeNir(graph)));
    return await inspectNir(nodePlatform, file, {});
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("ways are lines, and feedback is drawn as such", async () => {
  assert.deepEqual((await inspected(recurrentGraph())).graph, [
    "input → hidden.weights → hidden",
    "hidden → hidden.recurrent ↺ hidden (one step later)",
    "hidden → output.weights → output → output_2",
  ]);
});

/** Families whose layers have no feedback. */
const refusesFeedback: ReadonlySet<string> = new Set(["event-control", "systolic"]);

test("every target says what it can do and what is lost", async () => {
  const { support } = await inspected(recurrentGraph());
  assert.deepEqual(
    support.map(({ target, verdict }) => `${target}: ${verdict}`),
    [
      "reference run (npm run check:nir): supported",
      "training and evaluation: supported",
      "integers (golden model): converted",
      ...["up5k", "hx8k"].flatMap((chip) =>
        familyNames.map((name) => `${chip}, ${name}: ${refusesFeedback.has(name) ? "not supported" : "converted"}`),
      ),
    ],
  );
  assert.equal(
    support[2]?.why,
    "weights to 8 bits, decays to 8 bits below the point (changed by 0.0016 at most), potentials saturate; measure the loss with eval",
  );
});

test("a graph that is no chain runs as a graph, and says why nothing else can", async () => {
  const graph = recurrentGraph();
  const weights = graph.nodes.find(({ name }) => name === "output.weights");
  assert.ok(weights?.kind === "primitive");
  const skip = nirNode("skip", "Affine", { ...Object.fromEntries(weights.fields) });
  const identity = nirNode("again", "Threshold", {
    threshold: { kind: "numbers", type: "float64", shape: [4], values: new Float64Array(4).fill(0.5) },
  });
  const branched: NirGraph = {
    ...graph,
    nodes: [...graph.nodes, { ...skip, type: "Linear" }, identity],
    edges: [...graph.edges, ["hidden", "again"], ["again", "skip"], ["skip", "output"]],
  };
  const { support } = await inspected(branched);
  assert.deepEqual(
    support.slice(1).map(({ target, verdict, why }) => [target, verdict, why]),
    [
      [
        "training and evaluation",
        "not supported",
        'it runs as a graph; nir/no-chain: node "output": several outputs arrive and are added, of "again" and "hidden"; in a chain each layer sees one',
      ],
      ["integers and hardware", "not supported", "needs a network that can be evaluated"],
    ],
  );
});
