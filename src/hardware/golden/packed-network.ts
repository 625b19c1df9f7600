// An integer network as plain data without shared objects: a neuron's program becomes a list of nodes that name their operands by
// position. JSON keeps no sharing, and without it a node that is used twice would become two.

import { assertDefined, hashValue, UserError, type IntegerRange } from "../../base/index.ts";
import { integerOperands, integerOrder, type IntegerExpression, type IntegerNeuron } from "../../model/neuron/index.ts";
import type { IntegerLayer, IntegerNetwork } from "./integer-network.ts";

/** One node; operands are positions of earlier nodes. */
export interface PackedNode extends IntegerRange {
  readonly op: IntegerExpression["op"];
  /** Of a constant. */
  readonly value?: number;
  /** Of a reference. */
  readonly name?: string;
  /** Of a shift. */
  readonly by?: number;
  readonly operands: readonly number[];
}

export interface PackedNeuron {
  readonly name: string;
  readonly state: IntegerNeuron["state"];
  readonly input: IntegerRange;
  readonly nodes: readonly PackedNode[];
  readonly spike: number;
  readonly next: Readonly<Record<string, number>>;
}

/** Plain data: what artifacts and design folders hold. */
export interface PackedNetwork extends Omit<IntegerNetwork, "layers"> {
  readonly layers: readonly (Omit<IntegerLayer, "neuron"> & { readonly neuron: PackedNeuron })[];
}

export function packNetwork(network: IntegerNetwork): PackedNetwork {
  const layers = network.layers.map((layer) => ({ ...layer, neuron: packNeuron(layer.neuron) }));
  return { ...network, layers };
}

/**
 * The network again, its nodes shared as before.
 * @throws `golden/not-a-network` naming the layer: unknown operations, operands that come later, sizes that do not agree
 */
export function unpackNetwork(packed: PackedNetwork): IntegerNetwork {
  let inputCount = packed.inputCount;
  const layers = packed.layers.map((layer) => {
    const problem = sizeProblem(layer, inputCount);
    if (problem !== undefined) throw broken(layer.name, problem);
    inputCount = layer.neuronCount;
    return { ...layer, neuron: unpackNeuron(layer.neuron, layer.name) };
  });
  if (layers.length === 0) throw broken(packed.name, "it has no layers");
  return { ...packed, layers };
}

/** Hash of everything that a network computes. */
export function hashNetwork(network: IntegerNetwork): string {
  return hashValue(packNetwork(network));
}

// ---------------------------------------------------------------------------------------------------------------------

function packNeuron(neuron: IntegerNeuron): PackedNeuron {
  const order = integerOrder([neuron.spike, ...Object.values(neuron.next)]);
  const position = new Map(order.map((node, index) => [node, index]));
  const at = (node: IntegerExpression): number => assertDefined(position.get(node), "node");
  return {
    name: neuron.name,
    state: neuron.state,
    input: neuron.input,
    nodes: order.map((node) => ({
      op: node.op,
      low: node.low,
      high: node.high,
      ...(node.op === "constant" ? { value: node.value } : {}),
      ...(node.op === "reference" ? { name: node.name } : {}),
      ...(node.op === "shiftLeft" || node.op === "shiftRight" ? { by: node.by } : {}),
      operands: integerOperands(node).map(at),
    })),
    spike: at(neuron.spike),
    next: Object.fromEntries(Object.entries(neuron.next).map(([name, node]) => [name, at(node)])),
  };
}

function unpackNeuron(packed: PackedNeuron, layer: string): IntegerNeuron {
  const nodes: IntegerExpression[] = [];
  const at = (index: number | undefined): IntegerExpression => {
    const node = index === undefined ? undefined : nodes[index];
    if (node === undefined)
      throw broken(layer, `node ${nodes.length} uses node ${index}, which does not come before it`);
    return node;
  };
  for (const node of packed.nodes) nodes.push(unpackNode(node, at, layer));
  return {
    name: packed.name,
    state: packed.state,
    input: packed.input,
    spike: at(packed.spike),
    next: Object.fromEntries(packed.state.map(({ name }) => [name, at(packed.next[name])])),
  };
}

function unpackNode(
  node: PackedNode,
  at: (index: number | undefined) => IntegerExpression,
  layer: string,
): IntegerExpression {
  const { op, low, high, operands } = node;
  if (!(Number.isInteger(low) && Number.isInteger(high) && low <= high && high - low < 2 ** 32)) {
    throw broken(layer, `a node has the range ${low}…${high}`);
  }
  const [first, second, third] = operands;
  switch (op) {
    case "constant":
      return { op, value: node.value ?? 0, low, high };
    case "reference":
      return { op, name: node.name ?? "", low, high };
    case "add":
    case "sub":
    case "mul":
    case "above":
      return { op, a: at(first), b: at(second), low, high };
    case "shiftLeft":
    case "shiftRight":
      return { op, a: at(first), by: node.by ?? 0, low, high };
    case "clamp":
      return { op, a: at(first), low, high };
    case "select":
      return { op, condition: at(first), a: at(second), b: at(third), low, high };
    default:
      throw broken(layer, `"${String(op satisfies never)}" is no operation`);
  }
}

function sizeProblem(layer: PackedNetwork["layers"][number], inputCount: number): string | undefined {
  if (layer.inputCount !== inputCount) return `expected ${inputCount} inputs, got ${layer.inputCount}`;
  if (layer.weights.length === layer.inputCount * layer.neuronCount) return undefined;
  return `expected ${layer.inputCount} × ${layer.neuronCount} weights, got ${layer.weights.length}`;
}

function broken(where: string, what: string): UserError {
  return new UserError("golden/not-a-network", `"${where}": ${what}`, { path: where });
}
