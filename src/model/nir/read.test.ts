import assert from "node:assert/strict";
import { test } from "node:test";
import { dataGroup, dataNumbers, dataText, type DataGroup, type DataItem, type UserError } from "../../base/index.ts";
import {
  flattenNir,
  inferShapes,
  orderNodes,
  readNir,
  repairNir,
  soundGraph,
  writeNir,
  type NirReading,
} from "./index.ts";

type Members = readonly (readonly [string, DataItem])[];

const typed = (type: string, fields: Members): DataGroup => dataGroup([["type", dataText(type)], ...fields]);
const ints = (...values: number[]): DataItem => dataNumbers(values, "int64");
const floats = (shape: readonly number[], value = 1): DataItem =>
  dataNumbers(new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(value), "float32", shape);

const lif = (count: number, changes: Readonly<Record<string, DataItem>> = {}): DataGroup => {
  const fields = {
    tau: floats([count], 0.01),
    r: floats([count]),
    v_leak: floats([count], 0),
    v_threshold: floats([count]),
    v_reset: floats([count], 0),
    ...changes,
  };
  return typed("LIF", Object.entries(fields));
};

const graphOf = (nodes: Members, edges: readonly string[]): DataGroup =>
  dataGroup([
    [
      "node",
      typed("NIRGraph", [
        ["nodes", dataGroup(nodes)],
        ["edges", { kind: "texts", shape: [edges.length / 2, 2], values: edges }],
      ]),
    ],
    ["version", dataText("1.0.7")],
  ]);

const chain: Members = [
  ["in", typed("Input", [["shape", ints(3)]])],
  [
    "w",
    typed("Affine", [
      ["weight", floats([2, 3])],
      ["bias", floats([2])],
    ]),
  ],
  ["n", lif(2)],
  ["out", typed("Output", [["shape", ints(2)]])],
];
const chainEdges = ["n", "out", "in", "w", "w", "n"];

const replaced = (name: string, item: DataItem): Members => chain.map(([n, i]) => [n, n === name ? item : i]);

const lines = ({ findings }: NirReading): string[] =>
  findings.map(({ severity, code, path, message }) => `${severity} ${code} at ${path}: ${message}`);
const problemsOf = (nodes: Members, edges = chainEdges): string[] => lines(readNir(graphOf(nodes, edges), "f.nir"));

test("a sound graph has no findings and is written as it was read", () => {
  const reading = readNir(graphOf(chain, chainEdges), "f.nir");
  assert.deepEqual(lines(reading), []);
  const again = readNir(writeNir(reading.graph), "again");
  assert.deepEqual(again.graph, reading.graph);
});

test("an edge to a missing node names it, and the nearest", () => {
  const reading = readNir(graphOf(chain, ["in", "w", "w", "n", "n", "outt"]), "f.nir");
  assert.throws(
    () => soundGraph(reading, "f.nir"),
    ({ code, message, hint }: UserError) => {
      assert.deepEqual([code, message], ["nir/missing-node", 'f.nir at edges: there is no node "outt"']);
      return hint?.startsWith('did you mean "out"?') === true;
    },
  );
});

test("what is wrong with nodes by themselves", () => {
  assert.deepEqual(problemsOf(replaced("n", lif(2, { tau: floats([2], 0) }))), [
    'error nir/field-range at node "n" (LIF): tau: expected numbers above 0 seconds, got 0 at 0',
  ]);
  assert.deepEqual(problemsOf(replaced("n", lif(2, { r: floats([3]) }))), [
    'error nir/shape-mismatch at node "n" (LIF): r has shape [3], tau has [2]; they must be equal',
  ]);
  assert.deepEqual(problemsOf(replaced("n", lif(2, { v_threshold: floats([2], 0) }))), [
    'error nir/threshold-range at node "n" (LIF): v_threshold 0 is not above v_reset 0; it would fire without end',
  ]);
  assert.deepEqual(problemsOf(replaced("w", typed("Linear", [["weight", floats([2, 3], Number.NaN)]]))), [
    'error nir/not-finite at node "w" (Linear): weight: value 0 is NaN',
  ]);
  assert.deepEqual(problemsOf(replaced("w", typed("Linear", []))), [
    'error nir/missing-field at node "w" (Linear): it has no weight',
  ]);
  assert.deepEqual(problemsOf(replaced("w", typed("Linea", []))), [
    'error nir/unknown-node at node "w": no NIR primitive is called "Linea"; did you mean "Linear"?',
  ]);
});

test("what is wrong between nodes", () => {
  assert.deepEqual(problemsOf(replaced("in", typed("Input", [["shape", ints(4)]]))), [
    'error nir/shape-mismatch at node "w" (Affine): weights are for 3 inputs, [4] arrives',
  ]);
  const looped = replaced("n", typed("Linear", [["weight", floats([2, 2])]]));
  assert.deepEqual(problemsOf(looped, [...chainEdges, "n", "n"]), [
    'error nir/cycle-without-neuron at f.nir: node "n": it lies on a cycle without any neuron, so its value would depend on itself',
  ]);
});

test("notes do not refuse a file, and repairs remove them", () => {
  const old = typed("LIF", [
    ["tau", dataNumbers(0.01)],
    ["r", floats([2])],
    ["v_leak", floats([2], 0)],
    ["v_threshold", floats([2])],
  ]);
  const reading = readNir(graphOf(replaced("n", old), [...chainEdges, "in", "w"]), "f.nir");
  assert.deepEqual(
    reading.findings.map(({ code, repair }) => [code, repair]),
    [
      ["nir/duplicate-edge", "duplicate-edges"],
      ["nir/missing-v-reset", "v-reset"],
      ["nir/scalar-parameter", "scalars"],
    ],
  );
  const { graph, changes } = repairNir(soundGraph(reading, "f.nir"), ["duplicate-edges", "v-reset", "scalars"]);
  assert.deepEqual(changes, [
    "graph: 1 equal edges removed",
    "n: v_reset = 0 written",
    "n: tau = 0.01 written for [2]",
  ]);
  assert.deepEqual(lines(readNir(writeNir(graph), "again")), []);
});

test("graphs in graphs are joined at their ports; a cycle is cut behind or before its weights", () => {
  const inner = typed("NIRGraph", [
    [
      "nodes",
      dataGroup([
        ["input", typed("Input", [["shape", ints(2)]])],
        ["lif", lif(2)],
        ["rec", typed("Linear", [["weight", floats([2, 2])]])],
        ["output", typed("Output", [["shape", ints(2)]])],
      ]),
    ],
    ["edges", { kind: "texts", shape: [4, 2], values: ["input", "lif", "lif", "rec", "rec", "lif", "lif", "output"] }],
  ]);
  const flat = flattenNir(soundGraph(readNir(graphOf(replaced("n", inner), chainEdges), "f.nir"), "f.nir"));
  const name = (index: number): string => flat.nodes[index]?.path ?? "";
  const cut = (delay: "currents" | "spikes"): string[] =>
    [...orderNodes(flat, delay).delayed].map(([to, from]) => `${[...from].map(name).join()} → ${name(to)}`);
  assert.deepEqual(cut("currents"), ["n/rec → n/lif"]);
  assert.deepEqual(cut("spikes"), ["n/lif → n/rec"]);
  const { shapes } = inferShapes(flat, orderNodes(flat, "spikes"));
  assert.deepEqual(shapes, [[3], [2], [2], [2], [2], [2], [2]]);
});

test("convolutions are typed with groups, dilation, stride and either padding", () => {
  const shapeOf = (fields: Readonly<Record<string, DataItem>>): unknown => {
    const conv = typed(
      "Conv2d",
      Object.entries({
        stride: ints(1, 1),
        padding: ints(0, 0),
        dilation: ints(1, 1),
        groups: dataNumbers(1, "int64"),
        ...fields,
      }),
    );
    const nodes: Members = [
      ["in", typed("Input", [["shape", ints(4, 10, 10)]])],
      ["c", conv],
      ["out", typed("Output", [["shape", ints(1)]])],
    ];
    const { graph } = readNir(graphOf(nodes, ["in", "c"]), "f.nir");
    const flat = flattenNir(graph);
    const { shapes, findings } = inferShapes(flat, orderNodes(flat, "currents"));
    return findings[0]?.message ?? shapes[1];
  };
  assert.deepEqual(shapeOf({ weight: floats([6, 4, 3, 5]), bias: floats([6]) }), [6, 8, 6]);
  assert.deepEqual(
    shapeOf({ weight: floats([6, 2, 3, 3]), bias: floats([6]), groups: dataNumbers(2, "int64") }),
    [6, 8, 8],
  );
  assert.deepEqual(
    shapeOf({ weight: floats([1, 4, 3, 3]), bias: floats([1]), padding: dataText("same") }),
    [1, 10, 10],
  );
  assert.deepEqual(
    shapeOf({ weight: floats([1, 4, 3, 3]), bias: floats([1]), stride: ints(2, 3), dilation: ints(2, 1) }),
    [1, 3, 3],
  );
  assert.equal(
    shapeOf({ weight: floats([1, 3, 3, 3]), bias: floats([1]) }),
    "expected [3, row, column], got [4, 10, 10]",
  );
});
