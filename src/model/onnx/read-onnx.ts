import { shownName, throwProblems, UserError, type Problem } from "../../base/index.ts";
import type { AnalogNetwork, AnalogOperation, AnalogStep, AnalogTensor, AnalogWindow } from "./analog-network.ts";
import {
  budget,
  bytesOf,
  floatsOf,
  integersOf,
  readMessage,
  textOf,
  textsOf,
  type Budget,
  type Message,
} from "./wire.ts";

/**
 * The analog network of an ONNX model: Gemm, MatMul, Conv, BatchNormalization, Relu, MaxPool, AveragePool, GlobalAveragePool,
 * Flatten, Reshape to rows, Add and Identity.
 *
 * @throws `onnx/damaged`, `onnx/too-large`, `onnx/no-graph`, `onnx/missing-value`, `onnx/duplicate-value`, and `onnx/unsupported` (exit "unsupported") with every operation
 *   that is not known
 */
export function readOnnx(bytes: Uint8Array, where: string): AnalogNetwork {
  const spent = budget();
  const model = readMessage(bytes, where, spent);
  const [graphBytes] = bytesOf(model, 7);
  if (graphBytes === undefined)
    throw new UserError("onnx/no-graph", `${where}: it holds no graph; it is no ONNX model`, { path: where });
  const graph = readMessage(graphBytes, where, spent);
  const tensors = new Map(bytesOf(graph, 5).map((raw) => readTensor(raw, where, spent)));
  const read: Reading = { where, tensors, problems: [], spent };
  const operations = bytesOf(graph, 1).flatMap((raw) => readNode(raw, read));
  throwProblems(read.problems, "unsupported");
  const input = bytesOf(graph, 11)
    .map((raw) => readPort(raw, where, spent))
    .find(({ name }) => !tensors.has(name));
  const [output] = bytesOf(graph, 12).map((raw) => readPort(raw, where, spent));
  if (input === undefined || output === undefined) {
    throw new UserError("onnx/no-graph", `${where}: its graph has no input or no output`, { path: where });
  }
  const { operations: plain, nameOf } = withoutIdentities(operations);
  checkNames(plain, input.name, nameOf(output.name), where);
  return { kind: "analog-network", name: textOf(graph, 2), input, output: nameOf(output.name), operations: plain };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Reading {
  readonly where: string;
  readonly tensors: ReadonlyMap<string, AnalogTensor>;
  readonly problems: Problem[];
  readonly spent: Budget;
}

const mostValues = 2 ** 28;

/** TensorProto: dims 1, data_type 2, float_data 4, int64_data 7, name 8, raw_data 9, external data 13 and 14. */
function readTensor(raw: Uint8Array, where: string, spent: Budget): readonly [string, AnalogTensor] {
  const tensor = readMessage(raw, where, spent);
  const name = textOf(tensor, 8);
  const shape = integersOf(tensor, 1);
  const count = shape.reduce((product, length) => product * length, 1);
  const refuse = (code: string, what: string): UserError =>
    new UserError(`onnx/${code}`, `${where} at ${shownName(name)}: ${what}`, { path: where });
  if (!(count >= 0 && count <= mostValues) || shape.some((length) => length < 0))
    throw refuse("too-large", `it declares shape [${shape.join(", ")}]`);
  if (bytesOf(tensor, 13).length > 0)
    throw refuse("external-data", "its values lie in another file; export with all data in one file");
  const type = integersOf(tensor, 2).at(-1) ?? 0;
  const [data] = bytesOf(tensor, 9);
  const values =
    data === undefined ? (type === 1 ? floatsOf(tensor, 4) : integersOf(tensor, 7)) : rawValues(data, type);
  if (values === undefined) throw refuse("type", "only 32- and 64-bit floats and 64-bit integers are read");
  if (values.length !== count)
    throw refuse("shape-mismatch", `shape [${shape.join(", ")}] needs ${count} values, got ${values.length}`);
  const numbers = Float32Array.from(values);
  const wrong = numbers.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw refuse("not-finite", `value ${wrong} is ${numbers[wrong]}`);
  return [name, { shape, data: numbers }];
}

function rawValues(data: Uint8Array, type: number): readonly number[] | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const every = (size: number, read: (at: number) => number): number[] =>
    Array.from({ length: Math.floor(data.byteLength / size) }, (_, i) => read(i * size));
  if (type === 1) return every(4, (at) => view.getFloat32(at, true));
  if (type === 11) return every(8, (at) => view.getFloat64(at, true));
  if (type === 7) return every(8, (at) => Number(view.getBigInt64(at, true)));
  return undefined;
}

/** ValueInfoProto: name 1, type 2 → tensor_type 1 → shape 2 → dim 1 → dim_value 1. */
function readPort(
  raw: Uint8Array,
  where: string,
  spent: Budget,
): { readonly name: string; readonly shape: readonly number[] } {
  const port = readMessage(raw, where, spent);
  let inner: Message = port;
  for (const field of [2, 1, 2]) {
    const [bytes] = bytesOf(inner, field);
    if (bytes === undefined) return { name: textOf(port, 1), shape: [] };
    inner = readMessage(bytes, where, spent);
  }
  const dims = bytesOf(inner, 1).map((bytes) => integersOf(readMessage(bytes, where, spent), 1).at(-1) ?? 0);
  return { name: textOf(port, 1), shape: dims.slice(1) };
}

type Attributes = ReadonlyMap<string, Message>;

/** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5. AttributeProto: name 1, f 2, i 3, s 4, floats 7, ints 8. */
function readNode(raw: Uint8Array, read: Reading): AnalogOperation[] {
  const node = readMessage(raw, read.where, read.spent);
  const type = textOf(node, 4);
  const inputs = textsOf(node, 1);
  const output = textsOf(node, 2)[0] ?? "";
  const name = textOf(node, 3) === "" ? output : textOf(node, 3);
  const attributes = new Map(
    bytesOf(node, 5).map((bytes) => {
      const attribute = readMessage(bytes, read.where, read.spent);
      return [textOf(attribute, 1), attribute] as const;
    }),
  );
  const problem = (message: string): [] => {
    read.problems.push({
      code: "onnx/unsupported",
      path: `${read.where} at ${shownName(name)} (${shownName(type)})`,
      message,
    });
    return [];
  };
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader === undefined) return problem(`this operation is not known; known: ${Object.keys(readers).join(", ")}`);
  const constants = inputs.map((input) => read.tensors.get(input));
  const step = reader({ constants, attributes });
  if (typeof step === "string") return problem(step);
  return [
    {
      ...step,
      name,
      output,
      inputs: inputs.filter((input) => input !== "" && !read.tensors.has(input)),
    } as AnalogOperation,
  ];
}

interface NodeParts {
  /** What is known of each input. */
  readonly constants: readonly (AnalogTensor | undefined)[];
  readonly attributes: Attributes;
}

/** A step, or why not. Identity is marked by `undefined` weights of a kind that is removed. */
type NodeReader = (parts: NodeParts) => AnalogStep | { readonly kind: "identity" } | string;

const readers: Readonly<Record<string, NodeReader>> = {
  Gemm: readGemm,
  MatMul: ({ constants: [, weights] }) =>
    weights?.shape.length === 2
      ? { kind: "dense", weights, bias: undefined }
      : "its second input must be a constant matrix",
  Conv: readConv,
  BatchNormalization: ({ constants: [, scale, shift, mean, variance], attributes }) => {
    if (scale === undefined || shift === undefined || mean === undefined || variance === undefined)
      return "its parameters must be constant";
    if ([shift, mean, variance].some(({ data }) => data.length !== scale.data.length))
      return "its parameters differ in length";
    const epsilon = floatsOf(attributes.get("epsilon") ?? new Map(), 2).at(-1) ?? 1e-5;
    return {
      kind: "batchNorm",
      scale: scale.data,
      shift: shift.data,
      mean: mean.data,
      variance: variance.data,
      epsilon,
    };
  },
  Relu: () => ({ kind: "relu" }),
  MaxPool: (parts) => readPool(parts, "max"),
  AveragePool: (parts) => readPool(parts, "average"),
  GlobalAveragePool: () => ({ kind: "globalAverage" }),
  Flatten: ({ attributes }) => (integer(attributes, "axis", 1) === 1 ? { kind: "flatten" } : "only axis 1 is known"),
  Reshape: ({ constants: [, shape] }) =>
    shape?.data.length === 2 ? { kind: "flatten" } : "only a constant shape [batch, features] is known",
  Add: ({ constants: [first, second] }) =>
    first !== undefined && second !== undefined
      ? "both inputs are constant"
      : { kind: "add", constant: first ?? second },
  Identity: () => ({ kind: "identity" }),
  Dropout: () => ({ kind: "identity" }),
};

function readGemm({ constants: [a, b, c], attributes }: NodeParts): ReturnType<NodeReader> {
  if (a !== undefined || b?.shape.length !== 2) return "its second input must be a constant matrix";
  if (integer(attributes, "transA", 0) !== 0) return "transA is not known";
  const [alpha, beta] = ["alpha", "beta"].map((name) => floatsOf(attributes.get(name) ?? new Map(), 2).at(-1) ?? 1);
  const [rows = 0, columns = 0] = b.shape;
  const isTransposed = integer(attributes, "transB", 0) !== 0;
  const [inputs, outputs] = isTransposed ? [columns, rows] : [rows, columns];
  const data = new Float32Array(b.data.length);
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++)
      data[i * outputs + o] = (alpha ?? 1) * (b.data[isTransposed ? o * inputs + i : i * outputs + o] ?? 0);
  }
  if (c !== undefined && c.data.length !== 1 && c.data.length !== outputs)
    return `its bias has ${c.data.length} values, not ${outputs}`;
  const bias =
    c === undefined
      ? undefined
      : Float32Array.from({ length: outputs }, (_, o) => (beta ?? 1) * (c.data[c.data.length === 1 ? 0 : o] ?? 0));
  return { kind: "dense", weights: { shape: [inputs, outputs], data }, bias };
}

function readConv({ constants: [, weights, bias], attributes }: NodeParts): ReturnType<NodeReader> {
  if (weights?.shape.length !== 4) return "only two-dimensional convolutions with constant weights are known";
  const [outputs = 0, , rows = 1, columns = 1] = weights.shape;
  const window = readWindow(attributes, [rows, columns]);
  if (typeof window === "string") return window;
  const groups = integer(attributes, "group", 1);
  if (!(groups >= 1 && outputs >= 1 && outputs % groups === 0))
    return `${groups} groups do not divide ${outputs} channels`;
  if (bias !== undefined && bias.data.length !== outputs)
    return `its bias has ${bias.data.length} values, not ${outputs}`;
  return { kind: "conv", weights, bias: bias?.data, groups, ...window };
}

function readPool({ attributes }: NodeParts, of: "max" | "average"): ReturnType<NodeReader> {
  const [rows, columns, ...more] = integersOf(attributes.get("kernel_shape") ?? new Map(), 8);
  if (rows === undefined || columns === undefined || more.length > 0) return "only two-dimensional pooling is known";
  if (integer(attributes, "ceil_mode", 0) !== 0) return "ceil_mode is not known";
  const window = readWindow(attributes, [rows, columns]);
  if (typeof window === "string") return window;
  return {
    kind: "pool",
    of,
    size: [rows, columns],
    countsPadding: integer(attributes, "count_include_pad", 0) !== 0,
    ...window,
  };
}

function readWindow(attributes: Attributes, [rows, columns]: readonly [number, number]): AnalogWindow | string {
  const auto = textOf(attributes.get("auto_pad") ?? new Map(), 4);
  const pair = (name: string): readonly [number, number] => {
    const [first = 1, second = 1] = integersOf(attributes.get(name) ?? new Map(), 8);
    return [first, second];
  };
  const [stride, dilation] = [pair("strides"), pair("dilations")];
  if ([...stride, ...dilation, rows, columns].some((value) => !(value >= 1 && value <= 4096)))
    return "strides, dilations and kernels must be 1…4096";
  const [top = 0, left = 0, bottom = 0, right = 0] = integersOf(attributes.get("pads") ?? new Map(), 8);
  if ([top, left, bottom, right].some((value) => !(value >= 0 && value <= 4096))) return "pads must be 0…4096";
  if (auto === "" || auto === "NOTSET" || auto === "VALID")
    return { stride, dilation, padding: auto === "VALID" ? [0, 0, 0, 0] : [top, left, bottom, right] };
  return `auto_pad ${shownName(auto)} is not known; export with explicit pads`;
}

function integer(attributes: Attributes, name: string, usual: number): number {
  return integersOf(attributes.get(name) ?? new Map(), 3).at(-1) ?? usual;
}

/** Operations that do something, with names behind identities replaced by what they stand for. */
function withoutIdentities(operations: readonly AnalogOperation[]): {
  readonly operations: readonly AnalogOperation[];
  readonly nameOf: (name: string) => string;
} {
  const same = new Map<string, string>();
  const nameOf = (name: string): string => same.get(name) ?? name;
  const kept = operations.flatMap((operation): AnalogOperation[] => {
    const inputs = operation.inputs.map(nameOf);
    if ((operation.kind as string) !== "identity") return [{ ...operation, inputs }];
    same.set(operation.output, inputs[0] ?? "");
    return [];
  });
  return { operations: kept, nameOf };
}

function checkNames(operations: readonly AnalogOperation[], input: string, output: string, where: string): void {
  const known = new Set([input]);
  for (const { name, inputs, output: own } of operations) {
    const missing = inputs.find((value) => !known.has(value));
    if (missing !== undefined || inputs.length === 0) {
      throw new UserError(
        "onnx/missing-value",
        `${where} at ${shownName(name)}: nothing gives ${shownName(missing ?? "its input")}`,
        { path: where },
      );
    }
    if (known.has(own)) {
      const message = `${where} at ${shownName(name)}: ${shownName(own)} is given twice`;
      throw new UserError("onnx/duplicate-value", message, { path: where });
    }
    known.add(own);
  }
  if (!known.has(output))
    throw new UserError("onnx/missing-value", `${where}: nothing gives its output ${shownName(output)}`, {
      path: where,
    });
}
