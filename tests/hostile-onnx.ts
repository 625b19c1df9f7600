// ONNX files made to break a reader: `npm run hostile:onnx -- FOLDER` writes them.

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { randomStream } from "../src/base/index.ts";
import { onnxModel, onnxModels, type OnnxNode } from "./onnx-models.ts";

export interface HostileOnnx {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether it must be refused, must be read, or may be either (a changed byte can be harmless). */
  readonly must: "refuse" | "read" | "either";
}

/** All of them, the same in every run. */
export function hostileOnnx(): HostileOnnx[] {
  const models = onnxModels();
  return [
    ...noModels(),
    ...models.flatMap(({ name, bytes }, m) => [...truncated(name, bytes), ...changed(name, bytes, m)]),
    ...lyingTensors(),
    ...brokenGraphs(),
    ...oddAttributes(),
    ...oddNames(),
  ];
}

// ---------------------------------------------------------------------------------------------------------------------

type Constants = Parameters<typeof onnxModel>[1];
const ports = { input: [2], output: "y", outputShape: [2] };
const matrix = { shape: [2, 2], values: [1, 0, 0, 1] };

const model = (nodes: readonly OnnxNode[], constants: Constants = {}): Uint8Array => onnxModel(nodes, constants, ports);

function noModels(): HostileOnnx[] {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const random = randomStream(5);
  // Field 1 of a model, half a million times over: 1 MB that a careless reader copies again for each.
  const repeated = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i % 2 === 0 ? 8 : 1));
  const tooMany = Uint8Array.from({ length: 1_000_100 }, (_, i) => (i % 2 === 0 ? 8 : 1));
  const contents: Readonly<Record<string, Uint8Array>> = {
    empty: new Uint8Array(0),
    zeros: new Uint8Array(4096),
    ones: new Uint8Array(4096).fill(255),
    random: Uint8Array.from({ length: 4096 }, (_, i) => random.at(i) & 255),
    hdf5: Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a),
    pickle: Uint8Array.of(0x80, 0x04, 0x95, ...text("cos\nsystem\n(S'touch canary'\ntR.")),
    json: text('{"__proto__":{"polluted":true}}'),
    "graph-longer-than-file": Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x07, 1, 2, 3),
    "endless-number": Uint8Array.of(8, ...new Uint8Array(20).fill(0xff)),
    groups: new Uint8Array(4096).fill(0x0b),
    "half-a-million-fields": repeated,
    "more-fields-than-allowed": tooMany,
  };
  return Object.entries(contents).map(([name, bytes]) => ({ name: `no-model-${name}`, bytes, must: "refuse" }));
}

function truncated(name: string, bytes: Uint8Array): HostileOnnx[] {
  return Array.from({ length: 10 }, (_, tenth) => ({
    name: `truncated-${name}-${tenth * 10}%`,
    bytes: bytes.slice(0, Math.floor((bytes.length * tenth) / 10)),
    must: "refuse" as const,
  }));
}

function changed(name: string, bytes: Uint8Array, seed: number): HostileOnnx[] {
  const random = randomStream(200 + seed);
  return Array.from({ length: 24 }, (_, i) => {
    const copy = bytes.slice();
    const at = (random.at(i) >>> 0) % (i % 2 === 0 ? 400 : bytes.length);
    copy.fill([0xff, 0x00, 0x7f][i % 3] ?? 0, at, at + (i % 5 === 0 ? 8 : 1));
    return { name: `changed-${name}-${i}-at-${at}`, bytes: copy, must: "either" as const };
  });
}

/** Shapes that say more, less or other than the values. */
function lyingTensors(): HostileOnnx[] {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    "a-terabyte": [2 ** 40],
    "2^62": [2 ** 31, 2 ** 31],
    "beyond-all-numbers": [2 ** 52, 2 ** 52, 2 ** 52],
    negative: [-4],
    "two-negatives": [-2, -2],
    none: [0],
    more: [2, 3],
    less: [2],
  };
  const of = (shape: readonly number[]): Uint8Array =>
    model([["MatMul", ["x", "w"], "y"]], { w: { shape, values: matrix.values } });
  const values = (name: string, value: number): HostileOnnx => ({
    name: `tensor-${name}`,
    bytes: model([["MatMul", ["x", "w"], "y"]], { w: { ...matrix, values: [1, value, 0, 1] } }),
    must: "refuse",
  });
  return [
    ...Object.entries(shapes).map(([name, shape]): HostileOnnx => ({
      name: `tensor-of-${name}`,
      bytes: of(shape),
      must: "refuse",
    })),
    values("nan", Number.NaN),
    values("infinite", Number.POSITIVE_INFINITY),
    { name: "tensor-elsewhere", bytes: withExternalData(), must: "refuse" },
    {
      name: "input-of-2^40",
      bytes: onnxModel([["Relu", ["x"], "y"]], {}, { ...ports, input: [2 ** 40] }),
      must: "either",
    },
  ];
}

/** A tensor whose values lie in a file of the reader's machine. */
function withExternalData(): Uint8Array {
  const entry = new BinaryWriter().tag(1, WireType.LengthDelimited).string("location");
  entry.tag(2, WireType.LengthDelimited).string("/etc/passwd");
  const tensor = new BinaryWriter().tag(1, WireType.Varint).int64(4).tag(2, WireType.Varint).int32(1);
  tensor.tag(8, WireType.LengthDelimited).string("w").tag(13, WireType.LengthDelimited).bytes(entry.finish());
  const graph = new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(tensor.finish());
  return new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(graph.finish()).finish();
}

function brokenGraphs(): HostileOnnx[] {
  const long = Array.from({ length: 5000 }, (_, i): OnnxNode => [
    "Relu",
    [i === 0 ? "x" : `v${i - 1}`],
    i === 4999 ? "y" : `v${i}`,
  ]);
  const refused: Readonly<Record<string, readonly OnnxNode[]>> = {
    cycle: [
      ["Relu", ["z"], "y"],
      ["Relu", ["y"], "z"],
    ],
    "self-cycle": [["Relu", ["y"], "y"]],
    "cycle-of-identities": [
      ["Identity", ["z"], "y"],
      ["Identity", ["y"], "z"],
    ],
    backwards: [
      ["Relu", ["a"], "y"],
      ["Relu", ["x"], "a"],
    ],
    "given-twice": [
      ["Relu", ["x"], "y"],
      ["Relu", ["x"], "y"],
    ],
    "given-as-the-input": [
      ["Relu", ["x"], "x"],
      ["Relu", ["x"], "y"],
    ],
    "no-nodes": [],
    "no-input": [["Relu", [], "y"]],
    "missing-input": [["Relu", ["nothing"], "y"]],
    "missing-output": [["Relu", ["x"], "z"]],
    "unknown-operation": [["Loop", ["x"], "y"]],
    "operation-__proto__": [["__proto__", ["x"], "y"]],
    "operation-constructor": [["constructor", ["x"], "y"]],
    "no-weights": [["Conv", ["x"], "y"]],
  };
  return [
    ...Object.entries(refused).map(([name, nodes]): HostileOnnx => ({
      name: `graph-${name}`,
      bytes: model(nodes),
      must: "refuse",
    })),
    { name: "graph-5000-nodes", bytes: model(long), must: "read" },
  ];
}

function oddAttributes(): HostileOnnx[] {
  const k = { shape: [2, 1, 3, 3], values: new Array<number>(18).fill(1) };
  const conv = (name: string, attributes: NonNullable<OnnxNode[3]>, constants: Constants = {}): HostileOnnx => ({
    name: `conv-${name}`,
    bytes: onnxModel([["Conv", ["x", "k"], "y", attributes]], { k, ...constants }, { ...ports, input: [1, 8, 8] }),
    must: "refuse",
  });
  return [
    conv("no-groups", { group: 0 }),
    conv("negative-groups", { group: -1 }),
    conv("three-groups", { group: 3 }),
    conv("many-groups", { group: 2 ** 40 }),
    conv("no-stride", { strides: [0, 1] }),
    conv("negative-dilation", { dilations: [-1, 1] }),
    conv("negative-pads", { pads: [-1, 0, 0, 0] }),
    conv("huge-pads", { pads: [2 ** 40, 0, 0, 0] }),
    conv("auto-pad", { auto_pad: "SAME_UPPER" }),
    conv("matrix-kernel", {}, { k: matrix }),
    { ...conv("largest-pads", { pads: [4096, 4096, 4096, 4096] }), must: "either" },
  ];
}

function oddNames(): HostileOnnx[] {
  const names = [
    "__proto__",
    "constructor",
    "a\nb",
    "\u001B[31mred",
    "\u009B2J",
    "a;b",
    "$(touch canary)",
    '"><script>alert(1)</script>',
    "\u202Ereversed",
    "x".repeat(10_000),
    " ",
  ];
  return names.map((name, i): HostileOnnx => ({
    name: `name-${i}`,
    bytes: onnxModel(
      [
        ["MatMul", ["x", name], `${name}!`],
        ["Relu", [`${name}!`], "y"],
      ],
      { [name]: matrix },
      ports,
    ),
    // A record of constants has no own "__proto__".
    must: name === "__proto__" ? "either" : "read",
  }));
}
