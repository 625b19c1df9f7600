import { assertDefined } from "../../base/index.ts";
import { operands, topologicalOrder, type Expression } from "./expression.ts";
import type { Neuron } from "./neuron.ts";

/** Names to real values. */
export type Environment = Readonly<Record<string, number>>;

/** The real value of an expression, in 64-bit floats. */
export function evaluate(expression: Expression, environment: Environment): number {
  return run(expression, environment, (value) => value);
}

/** The value with every result rounded to 32 bits, as kernels compute it: bit for bit. */
export function evaluateFloat(expression: Expression, environment: Environment): number {
  return run(expression, environment, Math.fround);
}

/** What one neuron does in one time step. */
export interface NeuronStep {
  /** What it sends: 0 for nothing, 1 for a spike, more where the neuron grades its spikes. */
  readonly spike: number;
  readonly state: Readonly<Record<string, number>>;
}

/** One time step of one neuron. `environment` holds state, parameters, `input`. */
export function stepNeuron(neuron: Neuron, environment: Environment): NeuronStep {
  return step(neuron, (expression) => evaluate(expression, environment));
}

/** One time step as kernels compute it. */
export function stepNeuronFloat(neuron: Neuron, environment: Environment): NeuronStep {
  return step(neuron, (expression) => evaluateFloat(expression, environment));
}

/** The state before the first step. */
export function initialState(
  neuron: Neuron,
  parameters: Environment,
  value: (expression: Expression, environment: Environment) => number = evaluate,
): Record<string, number> {
  const initial = neuron.initial ?? {};
  return Object.fromEntries(
    neuron.state.map((name) => {
      const expression = initial[name];
      return [name, expression === undefined ? 0 : value(expression, parameters)];
    }),
  );
}

// ---------------------------------------------------------------------------------------------------------------------

/** Straight-line code: node k computes from the nodes whose places are listed. */
interface Program {
  readonly nodes: readonly Expression[];
  readonly places: readonly (readonly number[])[];
  readonly values: Float64Array;
}

const programs = new WeakMap<Expression, Program>();

function step(neuron: Neuron, value: (expression: Expression) => number): NeuronStep {
  const next = Object.entries(neuron.next).map(([name, expression]) => [name, value(expression)]);
  return { spike: value(neuron.spike), state: Object.fromEntries(next) as Record<string, number> };
}

function run(root: Expression, environment: Environment, round: (value: number) => number): number {
  const { nodes, places, values } = programOf(root);
  nodes.forEach((node, k) => {
    const [a = 0, b = 0, c = 0] = places[k] ?? [];
    values[k] = apply(node, { a: values[a] ?? 0, b: values[b] ?? 0, c: values[c] ?? 0, environment, round });
  });
  return values[nodes.length - 1] ?? 0;
}

function programOf(root: Expression): Program {
  const known = programs.get(root);
  if (known !== undefined) return known;
  const nodes = topologicalOrder([root]);
  const placeOf = new Map(nodes.map((node, k) => [node, k]));
  const places = nodes.map((node) => operands(node).map((operand) => placeOf.get(operand) ?? 0));
  const program = { nodes, places, values: new Float64Array(nodes.length) };
  programs.set(root, program);
  return program;
}

function apply(
  node: Expression,
  at: {
    readonly a: number;
    readonly b: number;
    readonly c: number;
    readonly environment: Environment;
    readonly round: (value: number) => number;
  },
): number {
  const { a, b, round } = at;
  switch (node.op) {
    case "constant":
      return round(node.value);
    case "reference":
      return round(assertDefined(at.environment[node.name], `value of "${node.name}"`));
    case "add":
      return round(a + b);
    case "sub":
      return round(a - b);
    case "mul":
      return round(a * b);
    case "div":
      return round(a / b);
    case "above":
      return a > b ? 1 : 0;
    case "atLeast":
      return a >= b ? 1 : 0;
    case "floor":
      return Math.floor(a);
    case "powerOfTwo":
      return round(2 ** a);
    case "through":
      return a;
    case "select":
      return a !== 0 ? b : at.c;
    default:
      return node satisfies never;
  }
}
