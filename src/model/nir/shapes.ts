// The shape that every node gives, without batch and time. Where a file says a shape, it must agree.

import { assertDefined } from "../../base/index.ts";
import type { FlatGraph, FlatNode } from "./flatten.ts";
import { fieldList, fieldNumbers, fieldText, shownName, type NirFinding, type NirPrimitive } from "./graph.ts";
import { nodeRule } from "./node-types.ts";
import type { StepOrder } from "./order.ts";

export interface InferredShapes {
  /** By node number; undefined where it could not be known. */
  readonly shapes: readonly (readonly number[] | undefined)[];
  readonly findings: readonly NirFinding[];
}

export function inferShapes(graph: FlatGraph, { order }: StepOrder): InferredShapes {
  const shapes: (readonly number[] | undefined)[] = graph.nodes.map(({ node }) => ownShape(node));
  const findings: NirFinding[] = [];
  for (const index of order) {
    const flat = assertDefined(graph.nodes[index], "node");
    const arriving = arrivingShape(flat, shapes, findings, graph);
    const result = givenShape(flat.node, arriving);
    if (result.kind === "wrong") findings.push(finding(flat, result.severity, result.message));
    const passed = result.kind === "wrong" && result.severity === "note" ? arriving : shapes[index];
    shapes[index] = result.kind === "shape" ? result.shape : passed;
  }
  return { shapes, findings };
}

/** What a convolution or pooling gives along one dimension. */
export function windowCount(length: number, window: Window): number {
  const reach = window.dilation * (window.size - 1) + 1;
  return Math.floor((length + window.before + window.after - reach) / window.stride) + 1;
}

/** A sliding window along one dimension. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** The windows of a convolution or pooling, one per dimension. */
export function windowsOf(node: NirPrimitive): Window[] {
  const kernel = node.type.startsWith("Conv")
    ? (fieldNumbers(node, "weight")?.shape.slice(2) ?? [])
    : spread(fieldList(node, "kernel_size"), 2);
  const rank = kernel.length;
  const [strides, dilations] = [
    spread(fieldList(node, "stride"), rank),
    spread(fieldList(node, "dilation") ?? [1], rank),
  ];
  const word = fieldText(node, "padding");
  const paddings = spread(fieldList(node, "padding") ?? [0], rank);
  return kernel.map((size, d) => {
    const dilation = dilations[d] ?? 1;
    // As PyTorch does: an odd remainder of "same" goes behind.
    const total = dilation * (size - 1);
    const [before, after] =
      word === "same" ? [Math.floor(total / 2), total - Math.floor(total / 2)] : [paddings[d] ?? 0, paddings[d] ?? 0];
    return { size, stride: strides[d] ?? 1, dilation, before, after };
  });
}

/** The number of cells of a shape. */
export function cellsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

// ---------------------------------------------------------------------------------------------------------------------

type Given =
  | { readonly kind: "shape"; readonly shape: readonly number[] | undefined }
  | { readonly kind: "wrong"; readonly severity: NirFinding["severity"]; readonly message: string };

const shaped = (shape: readonly number[] | undefined): Given => ({ kind: "shape", shape });
const wrong = (message: string, severity: NirFinding["severity"] = "error"): Given => ({
  kind: "wrong",
  severity,
  message,
});

const text = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

function spread(list: readonly number[] | undefined, rank: number): number[] {
  return Array.from({ length: rank }, (_, d) => list?.[d] ?? list?.[0] ?? 1);
}

/** What a node says about itself. */
function ownShape(node: NirPrimitive): readonly number[] | undefined {
  if (node.type === "Input") return fieldList(node, "shape");
  if (node.type === "Affine" || node.type === "Linear") return fieldNumbers(node, "weight")?.shape.slice(0, 1);
  return nodeRule(node.type).neuron === true ? populationShape(node) : undefined;
}

/** The shape of a population's parameters, when they say one. */
function populationShape(node: NirPrimitive): readonly number[] | undefined {
  const shapes = [...node.fields.values()].map(({ shape }) => shape);
  return shapes.find((shape) => cellsOf(shape) > 1) ?? undefined;
}

function arrivingShape(
  flat: FlatNode,
  shapes: readonly (readonly number[] | undefined)[],
  findings: NirFinding[],
  graph: FlatGraph,
): readonly number[] | undefined {
  const known = flat.from.flatMap((source) => {
    const shape = shapes[source];
    return shape === undefined ? [] : [{ source, shape }];
  });
  const [first] = known;
  const other = known.find(({ shape }) => first !== undefined && cellsOf(shape) !== cellsOf(first.shape));
  if (first === undefined || other === undefined) return first?.shape;
  const [a, b] = [first, other].map(
    ({ source, shape }) => `${text(shape)} from ${shownName(graph.nodes[source]?.path ?? "")}`,
  );
  findings.push(finding(flat, "error", `what arrives cannot be added: ${a}, ${b}`));
  return first.shape;
}

function finding({ path, node }: FlatNode, severity: NirFinding["severity"], message: string): NirFinding {
  const found = { severity, code: "nir/shape-mismatch", path: `node ${shownName(path)} (${node.type})`, message };
  return severity === "note" && node.type === "Output" ? { ...found, repair: "output-shape" } : found;
}

function givenShape(node: NirPrimitive, arriving: readonly number[] | undefined): Given {
  switch (node.type) {
    case "Input":
      return arriving === undefined ? shaped(fieldList(node, "shape")) : port(node, arriving);
    case "Output":
      return arriving === undefined ? shaped(fieldList(node, "shape")) : port(node, arriving);
    case "Affine":
    case "Linear":
      return matrix(node, arriving);
    case "Conv1d":
    case "Conv2d":
      return convolved(node, arriving);
    case "SumPool2d":
    case "AvgPool2d":
      return arriving?.length === 3
        ? slid(node, arriving, arriving[0] ?? 0)
        : arriving === undefined
          ? shaped(undefined)
          : wrong(`expected [channel, row, column], got ${text(arriving)}`);
    case "Flatten":
      return flattened(node, arriving);
    case "Scale":
    case "Threshold":
      return elementwise(node, arriving);
    default:
      return population(node, arriving);
  }
}

function port(node: NirPrimitive, arriving: readonly number[]): Given {
  const said = fieldList(node, "shape") ?? arriving;
  if (text(said) === text(arriving)) return shaped(arriving);
  const message = `it says ${text(said)}, ${text(arriving)} arrives`;
  return cellsOf(said) === cellsOf(arriving) ? wrong(message, "note") : wrong(message);
}

function matrix(node: NirPrimitive, arriving: readonly number[] | undefined): Given {
  const [outputs = 0, inputs = 0] = fieldNumbers(node, "weight")?.shape ?? [];
  if (arriving !== undefined && cellsOf(arriving) !== inputs) {
    return wrong(`weights are for ${inputs} inputs, ${text(arriving)} arrives`);
  }
  return shaped([outputs]);
}

function convolved(node: NirPrimitive, arriving: readonly number[] | undefined): Given {
  const [outputs = 0, perGroup = 0, ...kernel] = fieldNumbers(node, "weight")?.shape ?? [];
  const channels = perGroup * (fieldList(node, "groups")?.[0] ?? 1);
  const said = fieldList(node, "input_shape");
  const input = arriving ?? (said === undefined ? undefined : [channels, ...said]);
  if (input === undefined) return shaped(undefined);
  if (input.length !== kernel.length + 1 || input[0] !== channels) {
    const expected = `[${[channels, ...kernel.map((_, d) => (d === 0 ? "row" : "column"))].join(", ")}]`;
    return wrong(`expected ${expected}, got ${text(input)}`);
  }
  if (said !== undefined && text(said) !== text(input.slice(1))) {
    return wrong(`input_shape says ${text(said)}, ${text(input)} arrives`);
  }
  return slid(node, input, outputs);
}

function slid(node: NirPrimitive, input: readonly number[], channels: number): Given {
  const lengths = windowsOf(node).map((window, d) => windowCount(input[d + 1] ?? 0, window));
  if (lengths.every((length) => length >= 1)) return shaped([channels, ...lengths]);
  return wrong(`the window does not fit ${text(input.slice(1))}`);
}

function flattened(node: NirPrimitive, arriving: readonly number[] | undefined): Given {
  const said = fieldList(node, "input_type");
  if (said !== undefined && arriving !== undefined && text(said) !== text(arriving)) {
    return wrong(`input_type says ${text(said)}, ${text(arriving)} arrives`);
  }
  const input = arriving ?? said;
  if (input === undefined) return shaped(undefined);
  const at = (value: number): number => (value < 0 ? value + input.length : value);
  // NIR's default skips the first dimension, as if it were a batch.
  const start = at(fieldList(node, "start_dim")?.[0] ?? 1);
  const end = at(fieldList(node, "end_dim")?.[0] ?? -1);
  if (input.length === 1 && start === 1) return shaped(input);
  if (start < 0 || start > end || end >= input.length)
    return wrong(`dimensions ${start}…${end} do not lie in ${text(input)}`);
  return shaped([...input.slice(0, start), cellsOf(input.slice(start, end + 1)), ...input.slice(end + 1)]);
}

function elementwise(node: NirPrimitive, arriving: readonly number[] | undefined): Given {
  const own = fieldNumbers(node, node.type === "Scale" ? "scale" : "threshold")?.shape ?? [];
  if (arriving === undefined) return shaped(cellsOf(own) > 1 ? own : undefined);
  if (cellsOf(own) === 1 || cellsOf(own) === cellsOf(arriving)) return shaped(arriving);
  return wrong(`it is for ${text(own)}, ${text(arriving)} arrives`);
}

function population(node: NirPrimitive, arriving: readonly number[] | undefined): Given {
  const own = populationShape(node);
  if (own === undefined)
    return shaped(arriving ?? [...node.fields.values()].find(({ shape }) => shape.length > 0)?.shape);
  if (arriving === undefined || cellsOf(own) === cellsOf(arriving)) return shaped(arriving ?? own);
  return wrong(`it has ${text(own)} neurons, ${text(arriving)} arrives`);
}
