// Real numbers to fixed point. Potentials are stored in units of (unit · 2^−fraction), where `unit` is the real value of
// weight integer 1: the accumulated input is then an integer without fraction, and lowering only shifts it into place.

import { assertDefined, BugError, clampTo, signedRange, UserError, type IntegerRange } from "../../base/index.ts";
import { topologicalOrder, type Expression } from "./expression.ts";
import type { IntegerExpression, IntegerNeuron, LoweringFormats } from "./integer.ts";
import { evaluate, initialState } from "./evaluate.ts";
import { sendsBits } from "./neuron.ts";
import { definitionOf, type NeuronSpec } from "./spec.ts";

/**
 * Lower a neuron to integers.
 *
 * @param unit   Real value of one weight unit (the quantizer's scale).
 * @param input  Bounds of the accumulated input in weight units; exact, so that nothing overflows inside a sum.
 * @throws `lower/too-wide` when an intermediate value needs more than 31 bits
 * @throws `lower/threshold-out-of-range` when a potential parameter does not fit the potential format
 * @throws `lower/graded-spikes`, `lower/initial-state`, `lower/no-integer-form` (exit "unsupported"): what integers here cannot say
 */
export function lowerNeuron(
  spec: NeuronSpec,
  options: { readonly unit: number; readonly input: IntegerRange; readonly formats: LoweringFormats },
): IntegerNeuron {
  const neuron = definitionOf(spec);
  if (neuron.noIntegers !== undefined) {
    const { why, instead } = neuron.noIntegers;
    throw unsupported("lower/no-integer-form", spec, why, instead);
  }
  if (!sendsBits(neuron)) {
    const hint = 'leave isGraded and spikes "many" out, or use a model that sends bits, such as lif';
    const what = "it grades its spikes; integer hardware sends spikes of one bit";
    throw unsupported("lower/graded-spikes", spec, what, hint);
  }
  const initial = Object.entries(initialState(neuron, spec.parameters)).find(([, value]) => value !== 0);
  if (initial !== undefined) {
    const what = `${initial[0]} starts at ${initial[1]}; state memories start at 0`;
    throw unsupported("lower/initial-state", spec, what, "move rest, reset value and threshold so that it starts at 0");
  }
  const lowering = new Lowering(spec, options.unit, options.input, options.formats);
  lowering.refusePowers([neuron.spike, ...Object.values(neuron.next)]);
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
  /** In weight units, not a pure number. */
  readonly isPotential: boolean;
}

function unsupported(code: string, { model }: NeuronSpec, what: string, hint?: string): UserError {
  const options = hint === undefined ? {} : { hint };
  return new UserError(code, `neuron "${model}": ${what}`, { exit: "unsupported", ...options });
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

  /** Powers of what changes; before anything else, because the constants around them fit no format either. */
  refusePowers(roots: readonly Expression[]): void {
    const power = topologicalOrder(roots).find(
      (node) => node.op === "powerOfTwo" && this.#numberOf(node) === undefined,
    );
    if (power === undefined) return;
    throw unsupported(
      "lower/no-integer-form",
      this.#spec,
      "it needs a power or e^x, which has no integer form here",
      'use a model without: "qif" in place of "eif"',
    );
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
    const isComputed = expression.op !== "constant" && expression.op !== "reference";
    const number = isComputed ? this.#numberOf(expression) : undefined;
    if (number !== undefined) return this.#coefficient(number);
    switch (expression.op) {
      case "constant":
        return this.#constantPotential(expression.value / this.#unit, "a constant");
      case "reference":
        return this.#reference(expression.name);
      case "mul":
        return this.#multiply(this.#factor(expression.a), this.#factor(expression.b));
      case "above": {
        const [a, b] = [this.potential(expression.a), this.potential(expression.b)];
        return { value: this.node({ op: "above", a, b, low: 0, high: 1 }), fraction: 0, isPotential: false };
      }
      case "atLeast": {
        // Among integers a ≥ b is a > b − 1.
        const [a, b] = [this.potential(expression.a), this.#less(this.potential(expression.b))];
        return { value: this.node({ op: "above", a, b, low: 0, high: 1 }), fraction: 0, isPotential: false };
      }
      case "div":
        return this.#multiply(this.visit(expression.a), this.#reciprocal(expression.b));
      case "floor":
        return this.#floor(expression.a);
      case "powerOfTwo":
        throw new BugError("refused before");
      case "through":
        throw new BugError("only differentiation reads `through`");
      case "select": {
        const condition = this.visit(expression.condition).value;
        const [a, b] = [this.potential(expression.a), this.potential(expression.b)];
        const range = { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
        return this.#potentialOf(this.node({ op: "select", condition, a, b, ...range }));
      }
      case "add":
      case "sub": {
        const [a, b] = [this.potential(expression.a), this.potential(expression.b)];
        const range =
          expression.op === "add"
            ? { low: a.low + b.low, high: a.high + b.high }
            : { low: a.low - b.high, high: a.high - b.low };
        return this.#potentialOf(this.node({ op: expression.op, a, b, ...range }));
      }
      default:
        return expression satisfies never;
    }
  }

  /** A constant is a potential, except where it multiplies: there it is a coefficient. */
  #factor(expression: Expression): Lowered {
    return expression.op === "constant" ? this.#coefficient(expression.value) : this.visit(expression);
  }

  #potentialOf(value: IntegerExpression): Lowered {
    return { value, fraction: this.#fraction, isPotential: true };
  }

  #less(value: IntegerExpression): IntegerExpression {
    if (value.op === "constant") return this.#constant(value.value - 1);
    return this.node({ op: "sub", a: value, b: this.#constant(1), low: value.low - 1, high: value.high - 1 });
  }

  /** 1 / divisor: exact for a power of two, a coefficient for any other number. */
  #reciprocal(divisor: Expression): Lowered {
    const value = this.#numberOf(divisor);
    if (value === undefined) {
      throw unsupported(
        "lower/no-integer-form",
        this.#spec,
        "it divides by what changes, which has no integer form here",
        "divide by a parameter that is a power of two",
      );
    }
    const power = Math.log2(value);
    if (Number.isInteger(power) && power >= 0) {
      return { value: this.#constant(1), fraction: power, isPotential: false };
    }
    return this.#coefficient(1 / value);
  }

  /** The value of what no step changes: constants, coefficients, and whatever is computed from these alone. */
  #numberOf(expression: Expression): number | undefined {
    const { parameters } = definitionOf(this.#spec);
    const isFixed = topologicalOrder([expression]).every(
      (node) => node.op !== "reference" || parameters[node.name]?.role === "coefficient",
    );
    return isFixed ? evaluate(expression, this.#spec.parameters) : undefined;
  }

  #floor(argument: Expression): Lowered {
    const { value, fraction } = this.#exact(argument);
    if (this.#unit !== 1) {
      throw unsupported(
        "lower/no-integer-form",
        this.#spec,
        `it counts in whole units, but weight 1 stands for ${this.#unit}`,
        "give the layer a quantizer of scale 1",
      );
    }
    if (fraction === 0) return { value, fraction, isPotential: false };
    const range = { low: Math.floor(value.low / 2 ** fraction), high: Math.floor(value.high / 2 ** fraction) };
    return {
      value: this.node({ op: "shiftRight", a: value, by: fraction, ...range }),
      fraction: 0,
      isPotential: false,
    };
  }

  /** A product or quotient by a number with all its bits, for whoever rounds it otherwise. */
  #exact(expression: Expression): Lowered {
    if (expression.op !== "div" && expression.op !== "mul") return this.visit(expression);
    const a = expression.op === "mul" ? this.#factor(expression.a) : this.#exact(expression.a);
    const b = expression.op === "mul" ? this.#factor(expression.b) : this.#reciprocal(expression.b);
    return this.#product(a, b);
  }

  get #fraction(): number {
    return this.#formats.potential.fraction;
  }

  #reference(name: string): Lowered {
    if (name === "input") {
      const value = this.node({ op: "reference", name, low: this.#input.low, high: this.#input.high });
      return { value, fraction: 0, isPotential: true };
    }
    const neuron = definitionOf(this.#spec);
    const parameter = neuron.parameters[name];
    if (parameter === undefined) {
      const range = signedRange(this.#formats.potential.bits);
      return this.#potentialOf(this.node({ op: "reference", name, ...range }));
    }
    const value = assertDefined(this.#spec.parameters[name], `parameter "${name}"`);
    return parameter.role === "coefficient"
      ? this.#coefficient(value)
      : this.#constantPotential(value / this.#unit, name);
  }

  /** A factor in as few fraction bits as its rounded value needs: 0.875 is 7 · 2^−3, not 224 · 2^−8. */
  #coefficient(value: number, mostFraction = this.#formats.coefficientFraction): Lowered {
    let fraction = mostFraction;
    let integer = Math.round(value * 2 ** fraction);
    while (fraction > 0 && integer % 2 === 0) {
      integer /= 2;
      fraction--;
    }
    return { value: this.#constant(integer), fraction, isPotential: false };
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
    return this.#potentialOf(this.#constant(integer));
  }

  #constant(value: number): IntegerExpression {
    // Rounding a small negative number gives -0, which prints and compares unlike 0.
    const integer = value + 0;
    return this.node({ op: "constant", value: integer, low: integer, high: integer });
  }

  #multiply(a: Lowered, b: Lowered): Lowered {
    const product = this.#product(a, b);
    if (isConstant(a.value, 1) || isConstant(b.value, 1)) return product;
    // Rounded right here, as the hardware of the field does: one product, one shift.
    const rounded = this.#potentialOf(this.#align(product));
    if (!a.isPotential || !b.isPotential) return { ...rounded, isPotential: product.isPotential };
    // Units times units: one of them becomes a number, with as many digits as a coefficient of about 1 has.
    const digits = this.#formats.coefficientFraction + Math.max(0, Math.ceil(-Math.log2(this.#unit)));
    return this.#multiply(rounded, this.#coefficient(this.#unit, digits));
  }

  /** All bits of a product. */
  #product(a: Lowered, b: Lowered): Lowered {
    const fraction = a.fraction + b.fraction;
    const isPotential = a.isPotential || b.isPotential;
    if (isConstant(a.value, 1)) return { value: b.value, fraction, isPotential };
    if (isConstant(b.value, 1)) return { value: a.value, fraction, isPotential };
    const corners = [a.value.low, a.value.high].flatMap((x) => [x * b.value.low, x * b.value.high]);
    const range = { low: Math.min(...corners), high: Math.max(...corners) };
    return { value: this.node({ op: "mul", a: a.value, b: b.value, ...range }), fraction, isPotential };
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
