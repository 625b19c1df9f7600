// Real numbers to fixed point. Potentials are stored in units of (unit · 2^−fraction), where `unit` is the real value of
// weight integer 1: the accumulated input is then an integer without fraction, and lowering only shifts it into place.

import { assertDefined, clampTo, signedRange, UserError, type IntegerRange } from "../../base/index.ts";
import type { Expression } from "./expression.ts";
import type { Format, IntegerExpression, IntegerNeuron } from "./integer.ts";
import { neuronOf, type NeuronSpec } from "./spec.ts";

/** How a dropped fraction is rounded: `nearest` adds half a unit first (ties up), `floor` only shifts. */
export type Rounding = "nearest" | "floor";

export interface LoweringFormats {
  /** Storage of potentials. The fraction counts bits below one weight unit. */
  readonly potential: Format;
  /** Fraction bits of coefficients such as a decay. */
  readonly coefficientFraction: number;
  readonly rounding: Rounding;
}

/**
 * Lower a neuron to integers.
 *
 * @param unit   Real value of one weight unit (the quantizer's scale).
 * @param input  Bounds of the accumulated input in weight units; exact, so that nothing overflows inside a sum.
 * @throws `lower/too-wide` when an intermediate value needs more than 31 bits
 * @throws `lower/threshold-out-of-range` when a potential parameter does not fit the potential format
 */
export function lowerNeuron(
  spec: NeuronSpec,
  options: { readonly unit: number; readonly input: IntegerRange; readonly formats: LoweringFormats },
): IntegerNeuron {
  const neuron = neuronOf(spec);
  const lowering = new Lowering(spec, options.unit, options.input, options.formats);
  const stored = signedRange(options.formats.potential.bits);
  const next = Object.entries(neuron.next).map(([name, expression]) => {
    const value = lowering.potential(expression);
    const fits = value.low >= stored.low && value.high <= stored.high;
    return [name, fits ? value : lowering.node({ op: "clamp", a: value, ...stored })] as const;
  });
  return {
    name: neuron.name,
    state: neuron.state.map((name) => ({ name, format: options.formats.potential })),
    input: options.input,
    spike: lowering.visit(neuron.spike).value,
    next: Object.fromEntries(next),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Lowered {
  readonly value: IntegerExpression;
  readonly fraction: number;
}

class Lowering {
  readonly #spec: NeuronSpec;
  readonly #unit: number;
  readonly #input: IntegerRange;
  readonly #formats: LoweringFormats;
  readonly #done = new Map<Expression, Lowered>();
  readonly #nodes = new Map<string, IntegerExpression>();
  readonly #identities = new Map<IntegerExpression, number>();

  constructor(spec: NeuronSpec, unit: number, input: IntegerRange, formats: LoweringFormats) {
    this.#spec = spec;
    this.#unit = unit;
    this.#input = input;
    this.#formats = formats;
  }

  visit(expression: Expression): Lowered {
    const known = this.#done.get(expression);
    if (known !== undefined) return known;
    const lowered = this.#build(expression);
    this.#done.set(expression, lowered);
    return lowered;
  }

  /** The expression as an integer with the potential's fraction. */
  potential(expression: Expression): IntegerExpression {
    return this.#align(this.visit(expression));
  }

  /** Intern a node, so that equal nodes are one node and one wire. */
  node(node: IntegerExpression): IntegerExpression {
    if (Math.max(Math.abs(node.low), Math.abs(node.high)) >= 2 ** 31) {
      throw new UserError(
        "lower/too-wide",
        `neuron "${this.#spec.model}": an intermediate value needs more than 31 bits (${node.low}…${node.high})`,
        { hint: "use fewer potential or coefficient bits" },
      );
    }
    const key = Object.values(node)
      .map((part) => (typeof part === "object" ? `#${this.#identities.get(part)}` : String(part)))
      .join(" ");
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    this.#nodes.set(key, node);
    this.#identities.set(node, this.#identities.size);
    return node;
  }

  #build(expression: Expression): Lowered {
    switch (expression.op) {
      case "constant":
        return this.#constantPotential(expression.value / this.#unit, "a constant");
      case "reference":
        return this.#reference(expression.name);
      case "mul":
        return this.#multiply(this.#factor(expression.a), this.#factor(expression.b));
      case "above": {
        const [a, b] = [this.potential(expression.a), this.potential(expression.b)];
        return { value: this.node({ op: "above", a, b, low: 0, high: 1 }), fraction: 0 };
      }
      case "select": {
        const condition = this.visit(expression.condition).value;
        const [a, b] = [this.potential(expression.a), this.potential(expression.b)];
        const range = { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
        return { value: this.node({ op: "select", condition, a, b, ...range }), fraction: this.#fraction };
      }
      case "add":
      case "sub": {
        const [a, b] = [this.potential(expression.a), this.potential(expression.b)];
        const range =
          expression.op === "add"
            ? { low: a.low + b.low, high: a.high + b.high }
            : { low: a.low - b.high, high: a.high - b.low };
        return { value: this.node({ op: expression.op, a, b, ...range }), fraction: this.#fraction };
      }
      default:
        return expression satisfies never;
    }
  }

  /** A constant is a potential, except where it multiplies: there it is a coefficient. */
  #factor(expression: Expression): Lowered {
    return expression.op === "constant" ? this.#coefficient(expression.value) : this.visit(expression);
  }

  get #fraction(): number {
    return this.#formats.potential.fraction;
  }

  #reference(name: string): Lowered {
    if (name === "input") {
      return { value: this.node({ op: "reference", name, low: this.#input.low, high: this.#input.high }), fraction: 0 };
    }
    const neuron = neuronOf(this.#spec);
    const parameter = neuron.parameters[name];
    if (parameter === undefined) {
      const range = signedRange(this.#formats.potential.bits);
      return { value: this.node({ op: "reference", name, ...range }), fraction: this.#fraction };
    }
    const value = assertDefined(this.#spec.parameters[name], `parameter "${name}"`);
    return parameter.role === "coefficient"
      ? this.#coefficient(value)
      : this.#constantPotential(value / this.#unit, name);
  }

  /** A factor in as few fraction bits as its rounded value needs: 0.875 is 7 · 2^−3, not 224 · 2^−8. */
  #coefficient(value: number): Lowered {
    let fraction = this.#formats.coefficientFraction;
    let integer = Math.round(value * 2 ** fraction);
    while (fraction > 0 && integer % 2 === 0) {
      integer /= 2;
      fraction--;
    }
    return { value: this.#constant(integer), fraction };
  }

  #constantPotential(value: number, name: string): Lowered {
    const integer = Math.round(value * 2 ** this.#fraction);
    const range = signedRange(this.#formats.potential.bits);
    if (clampTo(range, integer) !== integer) {
      const { bits, fraction } = this.#formats.potential;
      throw new UserError(
        "lower/threshold-out-of-range",
        `neuron "${this.#spec.model}": ${name} is ${integer} in potential units, outside ${range.low}…${range.high} of ${bits} bits with ${fraction} fraction bits`,
        { hint: `use ${bits + 2} potential bits or fewer fraction bits` },
      );
    }
    return { value: this.#constant(integer), fraction: this.#fraction };
  }

  #constant(value: number): IntegerExpression {
    // Rounding a small negative number gives -0, which prints and compares unlike 0.
    const integer = value + 0;
    return this.node({ op: "constant", value: integer, low: integer, high: integer });
  }

  #multiply(a: Lowered, b: Lowered): Lowered {
    if (isConstant(a.value, 1)) return { value: b.value, fraction: a.fraction + b.fraction };
    if (isConstant(b.value, 1)) return { value: a.value, fraction: a.fraction + b.fraction };
    const corners = [a.value.low, a.value.high].flatMap((x) => [x * b.value.low, x * b.value.high]);
    const range = { low: Math.min(...corners), high: Math.max(...corners) };
    const value = this.node({ op: "mul", a: a.value, b: b.value, ...range });
    // Rounded right here, as the hardware of the field does: one product, one shift.
    return { value: this.#align({ value, fraction: a.fraction + b.fraction }), fraction: this.#fraction };
  }

  /** Shift to the potential's fraction, rounding what is dropped. */
  #align(lowered: Lowered): IntegerExpression {
    const by = lowered.fraction - this.#fraction;
    const { value } = lowered;
    if (by === 0) return value;
    if (by < 0) {
      const factor = 2 ** -by;
      return this.node({ op: "shiftLeft", a: value, by: -by, low: value.low * factor, high: value.high * factor });
    }
    const half = this.#formats.rounding === "nearest" ? 2 ** (by - 1) : 0;
    const raised =
      half === 0
        ? value
        : this.node({ op: "add", a: value, b: this.#constant(half), low: value.low + half, high: value.high + half });
    const range = { low: Math.floor(raised.low / 2 ** by), high: Math.floor(raised.high / 2 ** by) };
    return this.node({ op: "shiftRight", a: raised, by, ...range });
  }
}

function isConstant(value: IntegerExpression, expected: number): boolean {
  return value.op === "constant" && value.value === expected;
}
