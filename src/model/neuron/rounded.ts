// The integer program of a neuron, read back as a real one: a potential is a real number that lies on the grid of its format, and
// every rounding, saturation and rounded constant is that of the integers, so that training sees what hardware will do. Gradients
// pass roundings and saturations as if they were not there. There is no second meaning: it is `lowerNeuron` that is read.
// Exact as long as every integer fits the 24 bits of a float's significand.

import { assertDefined, UserError } from "../../base/index.ts";
import { above, add, constant, floor, mul, reference, select, sub, through, type Expression } from "./expression.ts";
import { larger, smaller } from "./functions.ts";
import { integerOrder, type IntegerExpression } from "./integer.ts";
import { lowerNeuron } from "./lower.ts";
import { defineNeuron, type Neuron } from "./neuron.ts";
import { definitionOf, type NeuronSpec, type NeuronNumerics } from "./spec.ts";

const exactBits = 24;

/**
 * The neuron that a spec names, computing as its integers do.
 * @throws `neuron/too-wide-to-round` (exit "unsupported"), and what `lowerNeuron` throws
 */
export function roundedNeuron(spec: NeuronSpec, { unit, formats }: NeuronNumerics): Neuron {
  const { name, parameters } = definitionOf(spec);
  // Any sum that a float holds exactly once it has the potential's fraction.
  const limit = 2 ** (exactBits - 2 - formats.potential.fraction);
  const integer = lowerNeuron(spec, { unit, input: { low: -limit, high: limit }, formats });
  const order = integerOrder([integer.spike, ...Object.values(integer.next)]);
  const widest = order.reduce((most, { low, high }) => Math.max(most, Math.abs(low), Math.abs(high)), 0);
  if (widest > 2 ** exactBits) {
    const message = `neuron "${spec.model}": integers reach ${widest}, and floats are exact up to ${2 ** exactBits}`;
    throw new UserError("neuron/too-wide-to-round", message, {
      hint: "use fewer potential or coefficient bits",
      exit: "unsupported",
    });
  }
  const step = Math.fround(unit * 2 ** -formats.potential.fraction);
  const reading = new Map<IntegerExpression, Expression>();
  for (const node of order) {
    const of = (operand: IntegerExpression): Expression => assertDefined(reading.get(operand), "operand");
    reading.set(node, read(node, of, { unit, step }));
  }
  const of = (node: IntegerExpression): Expression => assertDefined(reading.get(node), "node");
  return defineNeuron<string, string>({
    name,
    state: integer.state.map((state) => state.name),
    parameters,
    step: () => ({
      spike: of(integer.spike),
      next: Object.fromEntries(Object.entries(integer.next).map(([key, node]) => [key, mul(of(node), constant(step))])),
    }),
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function read(
  node: IntegerExpression,
  of: (operand: IntegerExpression) => Expression,
  { unit, step }: { readonly unit: number; readonly step: number },
): Expression {
  switch (node.op) {
    case "constant":
      return constant(node.value);
    case "reference":
      return nearest(mul(reference(node.name), constant(1 / (node.name === "input" ? unit : step))));
    case "add":
      return add(of(node.a), of(node.b));
    case "sub":
      return sub(of(node.a), of(node.b));
    case "mul":
      return mul(of(node.a), of(node.b));
    case "above": {
      // Surrogates are wide or narrow in the units of a potential.
      const real = (operand: IntegerExpression): Expression => mul(of(operand), constant(step));
      return through(above(of(node.a), of(node.b)), above(real(node.a), real(node.b)));
    }
    case "shiftLeft":
      return mul(of(node.a), constant(2 ** node.by));
    case "shiftRight": {
      const exact = mul(of(node.a), constant(2 ** -node.by));
      return through(floor(exact), exact);
    }
    case "clamp": {
      const value = of(node.a);
      return through(smaller(larger(value, constant(node.low)), constant(node.high)), value);
    }
    case "select":
      return select(of(node.condition), of(node.a), of(node.b));
    default:
      return node satisfies never;
  }
}

/** The whole number that a float stands for; a bias is none before. */
function nearest(value: Expression): Expression {
  return through(floor(add(value, constant(0.5))), value);
}
