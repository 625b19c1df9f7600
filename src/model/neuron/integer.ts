// The integer reading of a neuron: every width, rounding and saturation is a node. Golden model and SystemVerilog read
// this program, so they cannot disagree.

import { assertDefined, UserError, type IntegerRange } from "../../base/index.ts";
import { operandsFirst } from "./graph.ts";

/** Signed fixed point, two's complement: Q(bits − fraction).fraction. */
export interface Format {
  readonly bits: number;
  readonly fraction: number;
}

/** How a dropped fraction is rounded: `nearest` adds half a unit first (ties up), `floor` only shifts. */
export type Rounding = "nearest" | "floor";

export interface LoweringFormats {
  /** Storage of potentials. The fraction counts bits below one weight unit. */
  readonly potential: Format;
  /** Fraction bits of coefficients such as a decay. */
  readonly coefficientFraction: number;
  readonly rounding: Rounding;
}

/** An integer expression; `low`…`high` bounds its value, so its width is known. */
export type IntegerExpression = IntegerRange &
  (
    | { readonly op: "constant"; readonly value: number }
    | { readonly op: "reference"; readonly name: string }
    | { readonly op: "add" | "sub" | "mul" | "above"; readonly a: IntegerExpression; readonly b: IntegerExpression }
    | { readonly op: "shiftLeft" | "shiftRight"; readonly a: IntegerExpression; readonly by: number }
    | { readonly op: "clamp"; readonly a: IntegerExpression }
    | {
        readonly op: "select";
        readonly condition: IntegerExpression;
        readonly a: IntegerExpression;
        readonly b: IntegerExpression;
      }
  );

/** A neuron lowered to integers, its parameters folded in as constants. */
export interface IntegerNeuron {
  readonly name: string;
  /** State variables with their storage format; all start at 0. */
  readonly state: readonly { readonly name: string; readonly format: Format }[];
  /** The accumulated input, an integer in weight units. */
  readonly input: IntegerRange;
  readonly spike: IntegerExpression;
  readonly next: Readonly<Record<string, IntegerExpression>>;
}

/** Bits of all state variables of one neuron side by side. */
export function stateBitsOf({ state }: Pick<IntegerNeuron, "state">): number {
  return state.reduce((bits, { format }) => bits + format.bits, 0);
}

/** The operands of an integer node, in order. */
export function integerOperands(expression: IntegerExpression): readonly IntegerExpression[] {
  switch (expression.op) {
    case "constant":
    case "reference":
      return [];
    case "select":
      return [expression.condition, expression.a, expression.b];
    case "shiftLeft":
    case "shiftRight":
    case "clamp":
      return [expression.a];
    case "add":
    case "sub":
    case "mul":
    case "above":
      return [expression.a, expression.b];
    default:
      return expression satisfies never;
  }
}

/** Every node that `roots` need, operands before users, each once. */
export function integerOrder(roots: readonly IntegerExpression[]): IntegerExpression[] {
  return operandsFirst(roots, integerOperands);
}

/**
 * The value of an integer expression: the golden meaning.
 * @throws `golden/outside-format` when a reference is outside its range, so that a wrong width cannot pass unseen.
 */
export function evaluateInteger(expression: IntegerExpression, environment: Readonly<Record<string, number>>): number {
  switch (expression.op) {
    case "constant":
      return expression.value;
    case "reference": {
      const value = assertDefined(environment[expression.name], `value of "${expression.name}"`);
      if (value >= expression.low && value <= expression.high) return value;
      throw new UserError(
        "golden/outside-format",
        `"${expression.name}" is ${value}, outside its format ${expression.low}…${expression.high}`,
      );
    }
    case "add":
      return evaluateInteger(expression.a, environment) + evaluateInteger(expression.b, environment);
    case "sub":
      return evaluateInteger(expression.a, environment) - evaluateInteger(expression.b, environment);
    case "mul":
      return evaluateInteger(expression.a, environment) * evaluateInteger(expression.b, environment);
    case "above":
      return evaluateInteger(expression.a, environment) > evaluateInteger(expression.b, environment) ? 1 : 0;
    case "shiftLeft":
      return evaluateInteger(expression.a, environment) * 2 ** expression.by;
    case "shiftRight":
      return Math.floor(evaluateInteger(expression.a, environment) / 2 ** expression.by);
    case "clamp":
      return Math.min(expression.high, Math.max(expression.low, evaluateInteger(expression.a, environment)));
    case "select":
      return evaluateInteger(expression.condition, environment) !== 0
        ? evaluateInteger(expression.a, environment)
        : evaluateInteger(expression.b, environment);
    default:
      return expression satisfies never;
  }
}

/** One integer time step of one neuron. */
export function stepIntegerNeuron(
  neuron: IntegerNeuron,
  environment: Readonly<Record<string, number>>,
): { readonly spike: number; readonly state: Readonly<Record<string, number>> } {
  const spike = evaluateInteger(neuron.spike, environment);
  const next = Object.entries(neuron.next).map(([name, value]) => [name, evaluateInteger(value, environment)]);
  return { spike, state: Object.fromEntries(next) as Record<string, number> };
}

/** How often one update performs each operation, for costs. */
export function countIntegerOperations(neuron: IntegerNeuron): Readonly<Record<IntegerExpression["op"], number>> {
  const counts: Record<IntegerExpression["op"], number> = {
    constant: 0,
    reference: 0,
    add: 0,
    sub: 0,
    mul: 0,
    above: 0,
    shiftLeft: 0,
    shiftRight: 0,
    clamp: 0,
    select: 0,
  };
  for (const node of integerOrder([neuron.spike, ...Object.values(neuron.next)])) counts[node.op]++;
  return counts;
}
