// An integer network as plain data without shared objects: a neuron's program becomes a list of nodes that name their operands by
// position. JSON keeps no sharing, and without it a node that is used twice would become two.

import { assertDefined, hashValue, throwProblems, type IntegerRange } from "../../base/index.ts";
import { integerOperands, integerOrder, type IntegerExpression, type IntegerNeuron } from "../../model/neuron/index.ts";
import { checkPackedNetwork } from "./check-packed.ts";
import type { IntegerLayer, IntegerNetwork } from "./integer-network.ts";

/** One node; operands are positions of earlier nodes. */
export interface PackedNode extends IntegerRange {
  readonly op: IntegerExpression["op"];
  /** Of a constant. */
  readonly value?: number | undefined;
  /** Of a reference. */
  readonly name?: string | undefined;
  /** Of a shift. */
  readonly by?: number | undefined;
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
 * The network again, its nodes shared as before. Trusts nothing that it is given.
 * @throws `golden/not-a-network` with all problems of `checkPackedNetwork`
 */
export function unpackNetwork(value: unknown): IntegerNetwork {
  throwProblems(checkPackedNetwork(value));
  const packed = value as PackedNetwork;
  return { ...packed, layers: packed.layers.map((layer) => ({ ...layer, neuron: unpackNeuron(layer.neuron) })) };
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

function unpackNeuron(packed: PackedNeuron): IntegerNeuron {
  const nodes: IntegerExpression[] = [];
  const at = (index: number | undefined): IntegerExpression =>
    assertDefined(index === undefined ? undefined : nodes[index], "node");
  for (const node of packed.nodes) nodes.push(unpackNode(node, at));
  return {
    name: packed.name,
    state: packed.state,
    input: packed.input,
    spike: at(packed.spike),
    next: Object.fromEntries(packed.state.map(({ name }) => [name, at(packed.next[name])])),
  };
}

function unpackNode(node: PackedNode, at: (index: number | undefined) => IntegerExpression): IntegerExpression {
  const { op, low, high, operands } = node;
  const [first, second, third] = operands;
  switch (op) {
    case "constant":
      return { op, value: assertDefined(node.value, "value"), low, high };
    case "reference":
      return { op, name: assertDefined(node.name, "name"), low, high };
    case "add":
    case "sub":
    case "mul":
    case "above":
      return { op, a: at(first), b: at(second), low, high };
    case "shiftLeft":
    case "shiftRight":
      return { op, a: at(first), by: assertDefined(node.by, "distance"), low, high };
    case "clamp":
      return { op, a: at(first), low, high };
    case "select":
      return { op, condition: at(first), a: at(second), b: at(third), low, high };
    default:
      return op satisfies never;
  }
}
