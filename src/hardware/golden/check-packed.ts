// A packed network may come from a stranger. Its form is checked first, then everything that readers rely on: sizes, weights inside
// their bits, exact accumulator bounds, and for every node the range that its operands imply, because a range becomes a width.

import { z } from "zod";
import { assertDefined, signedRange, type IntegerRange, type Problem } from "../../base/index.ts";
import { largestLevel } from "../../model/tensor/index.ts";
import type { PackedNetwork, PackedNeuron, PackedNode } from "./packed-network.ts";
import { checkSynapses, checkUnion, convolutionSchema, unionSchema } from "./check-synapses.ts";
import { unionCount } from "./pooling.ts";
import { accumulatorRange } from "./synapses.ts";

/** Everything wrong with what should be a packed network, by layer and node. */
export function checkPackedNetwork(value: unknown): Problem[] {
  const read = networkSchema.safeParse(value);
  if (!read.success) {
    return read.error.issues.map(({ path, message }) => problem(path.join(".") || "network", message));
  }
  const { inputUnion, layers } = read.data;
  const wrong = checkUnion(inputUnion, read.data.inputCount);
  if (wrong !== undefined) return [problem("inputUnion", wrong)];
  let inputCount = inputUnion === undefined ? read.data.inputCount : unionCount(inputUnion);
  return layers.flatMap((layer) => {
    const union = checkUnion(layer.union, layer.neuronCount);
    const problems = [
      ...checkSizes(layer, inputCount),
      ...checkNeuron(layer.neuron),
      ...(union === undefined ? [] : [union]),
    ];
    inputCount = layer.union === undefined || union !== undefined ? layer.neuronCount : unionCount(layer.union);
    return problems.map((message) => problem(`"${layer.name}"`, message));
  });
}

// ---------------------------------------------------------------------------------------------------------------------

type PackedLayer = PackedNetwork["layers"][number];

const count = z
  .int()
  .min(1)
  .max(2 ** 24);
const integer = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31);
const range = z.strictObject({ low: integer, high: integer });
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,62}$/, "expected a name of letters and digits");
const maxOperations = 10_000;
const operandCounts: Readonly<Record<PackedNode["op"], number>> = {
  constant: 0,
  reference: 0,
  add: 2,
  sub: 2,
  mul: 2,
  above: 2,
  shiftLeft: 1,
  shiftRight: 1,
  clamp: 1,
  select: 3,
};

const nodeSchema: z.ZodType<PackedNode> = z.strictObject({
  op: z.enum(Object.keys(operandCounts) as PackedNode["op"][]),
  low: integer,
  high: integer,
  value: integer.optional(),
  name: name.optional(),
  by: z.int().min(1).max(31).optional(),
  operands: z.array(z.int().min(0)).max(3).readonly(),
});

const neuronSchema: z.ZodType<PackedNeuron> = z.strictObject({
  name,
  state: z
    .array(
      z.strictObject({
        name,
        format: z.strictObject({ bits: z.int().min(2).max(31), fraction: z.int().min(0).max(31) }),
      }),
    )
    .min(1)
    .max(16)
    .readonly(),
  input: range,
  nodes: z.array(nodeSchema).min(1).max(1000).readonly(),
  spike: z.int().min(0),
  next: z.record(name, z.int().min(0)),
});

const networkSchema: z.ZodType<PackedNetwork> = z.strictObject({
  kind: z.literal("integer-network"),
  name: z.string(),
  inputCount: count,
  stepCount: count,
  inputUnion: unionSchema.optional(),
  layers: z
    .array(
      z.strictObject({
        name: z.string(),
        inputCount: count,
        neuronCount: count,
        convolution: convolutionSchema.optional(),
        isRecurrent: z.literal(true).optional(),
        bias: z.instanceof(Int32Array).optional(),
        union: unionSchema.optional(),
        weightBits: z.int().min(2).max(16),
        weights: z.instanceof(Int16Array),
        weightScale: z.number().positive(),
        accumulator: range,
        neuron: neuronSchema,
      }),
    )
    .min(1)
    .max(1000)
    .readonly(),
  readout: z.strictObject({ kind: z.literal("count") }),
});

function problem(path: string, message: string): Problem {
  return { code: "golden/not-a-network", path, message };
}

function checkSizes(layer: PackedLayer, inputCount: number): string[] {
  const { weights, weightBits, bias } = layer;
  if (layer.inputCount !== inputCount) return [`expected ${inputCount} inputs, got ${layer.inputCount}`];
  const shapes = checkSynapses(layer);
  if (shapes.length > 0) return shapes;
  const problems: string[] = [];
  const limit = largestLevel(weightBits);
  const wide = weights.find((weight) => Math.abs(weight) > limit);
  if (wide !== undefined) problems.push(`a weight is ${wide}, outside ${-limit}…${limit} of ${weightBits} bits`);
  const exact = accumulatorRange(layer, { weights, bias });
  for (const [what, stated] of [
    ["accumulator", layer.accumulator],
    ["neuron's input", layer.neuron.input],
  ] as const) {
    if (!same(stated, exact)) problems.push(`the ${what} is ${show(stated)}, its weights give ${show(exact)}`);
  }
  return problems;
}

function checkNeuron(neuron: PackedNeuron): string[] {
  const known = new Map<string, IntegerRange>([["input", neuron.input]]);
  for (const { name: variable, format } of neuron.state) known.set(variable, signedRange(format.bits));
  const problems = neuron.nodes.flatMap((node, index) => checkNode(node, index, neuron.nodes, known));
  const inside = (what: string, index: number | undefined, outer: IntegerRange): void => {
    const node = index === undefined ? undefined : neuron.nodes[index];
    if (node === undefined) problems.push(`${what} is node ${index}, which does not exist`);
    else if (node.low < outer.low || node.high > outer.high) {
      problems.push(`${what} is ${show(node)}, outside ${show(outer)}`);
    }
  };
  inside("the spike", neuron.spike, { low: 0, high: 1 });
  for (const { name: variable, format } of neuron.state) {
    inside(`the next "${variable}"`, neuron.next[variable], signedRange(format.bits));
  }
  const operations = Math.max(...unrolledSizes(neuron.nodes));
  if (operations > maxOperations) problems.push(`its program is ${operations} operations when nothing is shared`);
  const names = Object.keys(neuron.next);
  if (known.size !== neuron.state.length + 1 || names.length !== neuron.state.length) {
    problems.push(`expected one next value per state variable, got ${names.join(", ")}`);
  }
  return problems;
}

function checkNode(
  node: PackedNode,
  index: number,
  nodes: readonly PackedNode[],
  known: ReadonlyMap<string, IntegerRange>,
): string[] {
  const late = node.operands.find((operand) => operand >= index);
  if (late !== undefined) return [`node ${index} uses node ${late}, which does not come before it`];
  if (node.operands.length !== operandCounts[node.op]) {
    return [`node ${index}, ${node.op}: expected ${operandCounts[node.op]} operands, got ${node.operands.length}`];
  }
  const implied = impliedRange(
    node,
    node.operands.map((operand) => assertDefined(nodes[operand], "operand")),
    known,
  );
  if (typeof implied === "string") return [`node ${index}, ${node.op}: ${implied}`];
  if (same(node, implied)) return [];
  return [`node ${index}, ${node.op}: its range is ${show(node)}, its operands give ${show(implied)}`];
}

/** The range that a node has by its operands, or what is wrong with it. */
function impliedRange(
  node: PackedNode,
  operands: readonly PackedNode[],
  known: ReadonlyMap<string, IntegerRange>,
): IntegerRange | string {
  // A missing operand was refused before.
  const [a, b, c] = operands as readonly [PackedNode, PackedNode, PackedNode];
  const { value, by } = node;
  switch (node.op) {
    case "constant":
      return value === undefined ? "it has no value" : { low: value, high: value };
    case "reference":
      return known.get(node.name ?? "") ?? `there is no "${node.name ?? ""}"`;
    case "add":
      return { low: a.low + b.low, high: a.high + b.high };
    case "sub":
      return { low: a.low - b.high, high: a.high - b.low };
    case "mul": {
      const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
      return { low: Math.min(...corners), high: Math.max(...corners) };
    }
    case "above":
      return { low: 0, high: 1 };
    case "shiftLeft":
      return by === undefined ? "it has no distance" : { low: a.low * 2 ** by, high: a.high * 2 ** by };
    case "shiftRight":
      if (by === undefined) return "it has no distance";
      return { low: Math.floor(a.low / 2 ** by), high: Math.floor(a.high / 2 ** by) };
    case "clamp":
      return node.low <= node.high ? node : `its range is ${show(node)}`;
    case "select":
      if (a.low < 0 || a.high > 1) return `its condition is ${show(a)}, not 0…1`;
      return { low: Math.min(b.low, c.low), high: Math.max(b.high, c.high) };
    default:
      return node.op satisfies never;
  }
}

/** Operations behind each node as nested calls compute it: sharing can hide exponentially many in a short list. */
function unrolledSizes(nodes: readonly PackedNode[]): number[] {
  const sizes: number[] = [];
  for (const { operands } of nodes) sizes.push(operands.reduce((sum, operand) => sum + (sizes[operand] ?? 0), 1));
  return sizes;
}

function same(a: IntegerRange, b: IntegerRange): boolean {
  return a.low === b.low && a.high === b.high;
}

function show({ low, high }: IntegerRange): string {
  return `${low}…${high}`;
}
