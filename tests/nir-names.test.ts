import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserError } from "../src/base/index.ts";
import { chooseDiscretization } from "../src/experiment/index.ts";
import { families } from "../src/hardware/family/index.ts";
import { lowerNetwork } from "../src/hardware/golden/index.ts";
import { targets } from "../src/hardware/target/index.ts";
import { denseLayer, type Network } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { networkOfNir, nirOfNetwork, planNir, type NirGraph } from "../src/model/nir/index.ts";

const names = [
  "$(touch canary)",
  "a;b",
  "endmodule",
  "*) `define x",
  "\\escape ",
  "__proto__",
  '"<script>',
  "x".repeat(900),
];

/** A chain whose nodes have names that try to be code. */
function hostileGraph(): NirGraph {
  const layers = names.map((name) => {
    const layer = denseLayer(name, { inputCount: 2, neuronCount: 2 }, neuronSpec("lif"));
    layer.weights.data.fill(0.5);
    return layer;
  });
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 2,
    stepCount: 3,
    layers,
    readout: { kind: "count" },
  };
  return nirOfNetwork(network, 1e-3).graph;
}

test("names of a NIR file never become code: SystemVerilog knows them only mangled, or printable in comments", () => {
  const plan = planNir(hostileGraph(), { dialect: "nir", stepSeconds: 1e-3 });
  const { network } = networkOfNir(plan, { name: "n; touch canary", stepCount: 3 });
  const integers = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const family = families["layer-pipeline"];
  const choice = { family: "layer-pipeline", weightStorage: "dense", lanes: names.map(() => 1) } as const;
  const design = family.emit(family.map(integers, choice, targets.hx8k));
  for (const { name, text } of design.files) {
    assert.match(name, /^[A-Za-z0-9_./-]+$/);
    const code = text.replaceAll(/\/\/.*$/gm, "").replaceAll(/\/\*[\s\S]*?\*\//g, "");
    for (const hostile of ["$(touch", "a;b", "`define x", "<script>", "x".repeat(100)]) {
      assert.ok(!code.includes(hostile), `${name}: ${hostile}`);
    }
  }
});

test("what NIR does not say is asked for with the command to type", () => {
  const graph: NirGraph = { ...hostileGraph(), metadata: undefined };
  const needs = (options: Parameters<typeof chooseDiscretization>[2]): unknown[] => {
    try {
      return [chooseDiscretization(graph, "net.nir", options).discretization];
    } catch (error) {
      const { code, hint, exit } = error as UserError;
      return [code, hint, exit];
    }
  };
  assert.deepEqual(needs({ command: "lacuna fit net.nir" }), [
    "nir/dialect-needed",
    "lacuna fit net.nir --dialect <nir|snntorch|norse|spyx|sinabs|spikingjelly|rockpool|lava>",
    "bad-input",
  ]);
  assert.deepEqual(needs({ dialect: "norse" }), [
    "nir/step-needed",
    "lacuna inspect net.nir --dialect norse --dt 0.001   (Norse 1.1.0 usually takes 0.001 s)",
    "bad-input",
  ]);
  assert.deepEqual(needs({ dialect: "norse", stepSeconds: 1e-4 }), [{ dialect: "norse", stepSeconds: 1e-4 }]);
});
