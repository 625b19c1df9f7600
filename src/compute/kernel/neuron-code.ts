// A neuron's expressions as kernel code on four neurons at a time.

import { assertDefined, BugError } from "../../base/index.ts";
import { operands, operandsFirst, type Expression } from "../../model/neuron/index.ts";
import { surrogateExpression, type Surrogate } from "../surrogate.ts";
import { apply, i32, vector, type KernelBuilder, type Local, type Value } from "./language.ts";

/** Prints expressions into a builder, each node once; comparisons stay masks until a number is asked for. */
export class ExpressionPrinter {
  readonly #builder: KernelBuilder;
  readonly #environment: ReadonlyMap<string, Value>;
  readonly #numbers = new Map<Expression, Value>();
  readonly #masks = new Map<Expression, Local>();

  /** @param known  Values of whole expressions, comparisons as masks: these are not printed. */
  constructor(
    builder: KernelBuilder,
    environment: ReadonlyMap<string, Value>,
    known: ReadonlyMap<Expression, Local> = new Map(),
  ) {
    this.#builder = builder;
    this.#environment = environment;
    for (const [node, local] of known) (isComparison(node) ? this.#masks : this.#numbers).set(node, local);
  }

  /** The value as floats, 0 or 1 for a comparison. */
  number(root: Expression): Value {
    this.#printAll(root);
    return this.#numberOf(root);
  }

  /** The value as a vector that can be saved: a mask for a comparison, a number otherwise. */
  saved(root: Expression): Value {
    this.#printAll(root);
    return this.#masks.get(root) ?? this.#numberOf(root);
  }

  /** A bit as a mask of all ones or all zeros per lane; undefined for a constant. */
  mask(root: Expression): Local | undefined {
    if (root.op === "constant") return undefined;
    this.#printAll(root);
    return this.#masks.get(root) ?? this.#builder.keep(apply("v.ne", this.#numberOf(root), vector(0)));
  }

  /** Prints what is needed: nothing below what is known. */
  #printAll(root: Expression): void {
    for (const node of operandsFirst([root], (n) => (this.#isPrinted(n) ? [] : operands(n)))) this.#print(node);
  }

  #isPrinted(node: Expression): boolean {
    return this.#numbers.has(node) || this.#masks.has(node);
  }

  #print(node: Expression): void {
    if (this.#isPrinted(node)) return;
    const keep = (value: Value): void => {
      this.#numbers.set(node, this.#builder.keep(value));
    };
    switch (node.op) {
      case "constant":
        this.#numbers.set(node, vector(node.value));
        break;
      case "reference":
        this.#numbers.set(node, assertDefined(this.#environment.get(node.name), `value of ${node.name}`));
        break;
      case "add":
        keep(apply("v.add", this.#numberOf(node.a), this.#numberOf(node.b)));
        break;
      case "sub":
        keep(apply("v.sub", this.#numberOf(node.a), this.#numberOf(node.b)));
        break;
      case "mul":
        keep(apply("v.mul", this.#numberOf(node.a), this.#numberOf(node.b)));
        break;
      case "div":
        keep(apply("v.div", this.#numberOf(node.a), this.#numberOf(node.b)));
        break;
      case "floor":
        keep(apply("v.floor", this.#numberOf(node.a)));
        break;
      case "powerOfTwo": {
        // A float's exponent field, biased by 127.
        const biased = apply("w.add", apply("v.toIntegers", this.#numberOf(node.a)), apply("w.splat", i32(127)));
        keep(apply("w.shl", biased, i32(23)));
        break;
      }
      case "above":
        this.#masks.set(node, this.#builder.keep(apply("v.gt", this.#numberOf(node.a), this.#numberOf(node.b))));
        break;
      case "atLeast":
        this.#masks.set(node, this.#builder.keep(apply("v.ge", this.#numberOf(node.a), this.#numberOf(node.b))));
        break;
      case "through":
        throw new BugError("only differentiation reads `through`");
      case "select": {
        const inner = absoluteOf(node);
        if (inner !== undefined) {
          keep(apply("v.abs", this.#numberOf(inner)));
          break;
        }
        const mask = this.#masks.get(node.condition);
        const condition = mask ?? apply("v.ne", this.#numberOf(node.condition), vector(0));
        keep(apply("v.select", this.#numberOf(node.a), this.#numberOf(node.b), condition));
        break;
      }
      default:
        node satisfies never;
    }
  }

  #numberOf(node: Expression): Value {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    const mask = assertDefined(this.#masks.get(node), "printed node");
    const value = this.#builder.keep(apply("v.and", mask, vector(1)));
    this.#numbers.set(node, value);
    return value;
  }
}

/** x of x > 0 ? x : 0 − x, for which there is an instruction. */
function absoluteOf({ condition, a, b }: Extract<Expression, { readonly op: "select" }>): Expression | undefined {
  const isPositive = condition.op === "above" && condition.a === a && isZero(condition.b);
  return isPositive && b.op === "sub" && isZero(b.a) && b.b === a ? a : undefined;
}

function isZero(node: Expression): boolean {
  return node.op === "constant" && node.value === 0;
}

/** Whether a node is 0 or 1 by comparing. */
function isComparison(node: Expression): boolean {
  return node.op === "above" || node.op === "atLeast";
}

/** g(u), the surrogate derivative, on four values. */
export function surrogateCode(k: KernelBuilder, surrogate: Surrogate, u: Local): Value {
  return new ExpressionPrinter(k, new Map([["u", u]])).number(surrogateExpression(surrogate));
}
