// ONNX models for tests, made byte by byte from a seed: what scripts/onnx-vectors.ts runs in onnxruntime.

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { randomStream } from "../src/base/index.ts";

export interface OnnxModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** One sample, without the batch. */
  readonly shape: readonly number[];
  readonly input: Float32Array;
}

/** A perceptron, a convolutional net with every pooling, and a residual block; the same in every run. */
export function onnxModels(): OnnxModel[] {
  return [perceptron(), convolutional(), residual()];
}

type Attribute = number | readonly number[] | string | { readonly float: number };

/** A node: type, inputs, output, attributes. */
export type OnnxNode = readonly [
  type: string,
  inputs: readonly string[],
  output: string,
  attributes?: Readonly<Record<string, Attribute>>,
];

/** The bytes of a model. Constants are floats, or 64-bit integers where `isInteger`. */
export function onnxModel(
  nodes: readonly OnnxNode[],
  constants: Readonly<
    Record<
      string,
      { readonly shape: readonly number[]; readonly values: readonly number[]; readonly isInteger?: boolean }
    >
  >,
  ports: { readonly input: readonly number[]; readonly output: string; readonly outputShape: readonly number[] },
): Uint8Array {
  const graph = new BinaryWriter();
  nodes.forEach((node, i) => message(graph, 1, nodeBytes(node, i)));
  graph.tag(2, WireType.LengthDelimited).string("test");
  for (const [name, { shape, values, isInteger }] of Object.entries(constants)) {
    message(graph, 5, tensorBytes(name, shape, values, isInteger === true));
  }
  message(graph, 11, portBytes("x", [1, ...ports.input]));
  message(graph, 12, portBytes(ports.output, [1, ...ports.outputShape]));
  const model = new BinaryWriter().tag(1, WireType.Varint).int64(8);
  message(model, 7, graph.finish());
  message(
    model,
    8,
    new BinaryWriter().tag(1, WireType.LengthDelimited).string("").tag(2, WireType.Varint).int64(13).finish(),
  );
  return model.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

function message(writer: BinaryWriter, field: number, bytes: Uint8Array): void {
  writer.tag(field, WireType.LengthDelimited).bytes(bytes);
}

function nodeBytes([type, inputs, output, attributes = {}]: OnnxNode, index: number): Uint8Array {
  const node = new BinaryWriter();
  for (const input of inputs) node.tag(1, WireType.LengthDelimited).string(input);
  node.tag(2, WireType.LengthDelimited).string(output);
  node.tag(3, WireType.LengthDelimited).string(`${type}_${index}`);
  node.tag(4, WireType.LengthDelimited).string(type);
  for (const [name, value] of Object.entries(attributes)) message(node, 5, attributeBytes(name, value));
  return node.finish();
}

function attributeBytes(name: string, value: Attribute): Uint8Array {
  const attribute = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name);
  if (typeof value === "number") attribute.tag(3, WireType.Varint).int64(value).tag(20, WireType.Varint).int32(2);
  else if (typeof value === "string") {
    attribute.tag(4, WireType.LengthDelimited).bytes(new TextEncoder().encode(value)).tag(20, WireType.Varint).int32(3);
  } else if ("float" in value) attribute.tag(2, WireType.Bit32).float(value.float).tag(20, WireType.Varint).int32(1);
  else {
    for (const item of value) attribute.tag(8, WireType.Varint).int64(item);
    attribute.tag(20, WireType.Varint).int32(7);
  }
  return attribute.finish();
}

function tensorBytes(
  name: string,
  shape: readonly number[],
  values: readonly number[],
  isInteger: boolean,
): Uint8Array {
  const tensor = new BinaryWriter();
  for (const length of shape) tensor.tag(1, WireType.Varint).int64(length);
  tensor.tag(2, WireType.Varint).int32(isInteger ? 7 : 1);
  tensor.tag(8, WireType.LengthDelimited).string(name);
  const raw = isInteger ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
  tensor.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(raw.buffer));
  return tensor.finish();
}

function portBytes(name: string, shape: readonly number[]): Uint8Array {
  const dims = new BinaryWriter();
  for (const length of shape) message(dims, 1, new BinaryWriter().tag(1, WireType.Varint).int64(length).finish());
  const tensor = new BinaryWriter().tag(1, WireType.Varint).int32(1);
  message(tensor, 2, dims.finish());
  const type = new BinaryWriter();
  message(type, 1, tensor.finish());
  const port = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name);
  message(port, 2, type.finish());
  return port.finish();
}

type Constant = { readonly shape: readonly number[]; readonly values: readonly number[] };

/** Seeded numbers in −1…1, times a scale, plus an offset. */
function source(seed: number): (shape: readonly number[], scale?: number, offset?: number) => Constant {
  const random = randomStream(seed);
  let draws = 0;
  return (shape, scale = 1, offset = 0) => ({
    shape,
    values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
      Math.fround((random.at(draws++) / 2 ** 31 - 1) * scale + offset),
    ),
  });
}

function perceptron(): OnnxModel {
  const draw = source(1);
  const constants = {
    w1: draw([16, 10], 0.5),
    b1: draw([16]),
    w2: draw([16, 8], 0.5),
    b2: draw([8]),
    w3: draw([8, 4]),
    b3: draw([4]),
  };
  const nodes: OnnxNode[] = [
    ["Gemm", ["x", "w1", "b1"], "h1", { transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } }],
    ["Relu", ["h1"], "r1"],
    ["MatMul", ["r1", "w2"], "m2"],
    ["Add", ["m2", "b2"], "h2"],
    ["Identity", ["h2"], "i2"],
    ["Relu", ["i2"], "r2"],
    ["Gemm", ["r2", "w3", "b3"], "y"],
  ];
  const bytes = onnxModel(nodes, constants, { input: [10], output: "y", outputShape: [4] });
  return { name: "perceptron", bytes, shape: [10], input: Float32Array.from(draw([10]).values) };
}

function convolutional(): OnnxModel {
  const draw = source(2);
  const constants = {
    k1: draw([6, 2, 3, 3], 0.4),
    b1: draw([6], 0.2),
    s: draw([6], 0.5, 1),
    t: draw([6], 0.3),
    m: draw([6], 0.3),
    v: draw([6], 0.4, 1),
    k2: draw([6, 3, 3, 2], 0.4),
    w: draw([24, 5], 0.3),
    shape: { shape: [2], values: [1, -1], isInteger: true },
  };
  const nodes: OnnxNode[] = [
    [
      "Conv",
      ["x", "k1", "b1"],
      "c1",
      { kernel_shape: [3, 3], strides: [1, 2], pads: [1, 0, 1, 1], dilations: [1, 1], group: 1 },
    ],
    ["BatchNormalization", ["c1", "s", "t", "m", "v"], "n1", { epsilon: { float: 1e-3 } }],
    ["Relu", ["n1"], "r1"],
    ["MaxPool", ["r1"], "p1", { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 0, 1] }],
    [
      "Conv",
      ["p1", "k2"],
      "c2",
      { kernel_shape: [3, 2], group: 2, dilations: [1, 2], pads: [1, 1, 1, 1], strides: [1, 1] },
    ],
    ["AveragePool", ["c2"], "p2", { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 0 }],
    ["Reshape", ["p2", "shape"], "f"],
    ["MatMul", ["f", "w"], "y"],
  ];
  const bytes = onnxModel(nodes, constants, { input: [2, 7, 9], output: "y", outputShape: [5] });
  return { name: "convolutional", bytes, shape: [2, 7, 9], input: Float32Array.from(draw([2, 7, 9]).values) };
}

function residual(): OnnxModel {
  const draw = source(3);
  const constants = {
    k1: draw([4, 3, 1, 1]),
    k2: draw([4, 4, 3, 3], 0.3),
    c: draw([1, 4, 1, 1]),
    w: draw([3, 4]),
    b: draw([3]),
  };
  const nodes: OnnxNode[] = [
    ["Conv", ["x", "k1"], "a", { kernel_shape: [1, 1] }],
    ["Relu", ["a"], "ra"],
    ["Conv", ["ra", "k2"], "d", { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }],
    ["Add", ["d", "ra"], "e"],
    ["Add", ["e", "c"], "g"],
    ["Relu", ["g"], "rg"],
    ["AveragePool", ["rg"], "pg", { kernel_shape: [2, 2], strides: [1, 1], pads: [1, 1, 0, 0], count_include_pad: 1 }],
    ["GlobalAveragePool", ["pg"], "q"],
    ["Flatten", ["q"], "f", { axis: 1 }],
    ["Gemm", ["f", "w", "b"], "y", { transB: 1 }],
  ];
  const bytes = onnxModel(nodes, constants, { input: [3, 5, 5], output: "y", outputShape: [3] });
  return { name: "residual", bytes, shape: [3, 5, 5], input: Float32Array.from(draw([3, 5, 5]).values) };
}
