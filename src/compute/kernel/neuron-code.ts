// A neuron's expressions as kernel code on four neurons at a time.

import { assertDefined } from "../../base/index.ts";
import { topologicalOrder, type Expression } from "../../model/neuron/index.ts";
import type { Surrogate } from "../backend.ts";
import { apply, vector, type KernelBuilder, type Local, type Value } from "./language.ts";

/** Prints expressions into a builder, each node once; comparisons stay masks until a number is asked for. */
export class ExpressionPrinter {
  readonly #builder: KernelBuilder;
  readonly #environment: ReadonlyMap<string, Value>;
  readonly #numbers = new Map<Expression, Value>();
  readonly #masks = new Map<Expression, Local>();

  constructor(builder: KernelBuilder, environment: ReadonlyMap<string, Value>) {
    this.#builder = builder;
    this.#environment = environment;
  }

  /** The value as floats, 0 or 1 for a comparison. */
  number(root: Expression): Value {
    for (const node of topologicalOrder([root])) this.#print(node);
    return this.#numberOf(root);
  }

  /** A comparison as a mask of all ones or all zeros per lane; undefined for a constant that is no comparison. */
  mask(root: Expression): Local | undefined {
    for (const node of topologicalOrder([root])) this.#print(node);
    return this.#masks.get(root);
  }

  #print(node: Expression): void {
    if (this.#numbers.has(node) || this.#masks.has(node)) return;
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
      case "above":
        this.#masks.set(node, this.#builder.keep(apply("v.gt", this.#numberOf(node.a), this.#numberOf(node.b))));
        break;
      case "select": {
        const mask = this.#masks.get(node.condition);
        const condition = mask ?? apply("v.gt", apply("v.abs", this.#numberOf(node.condition)), vector(0));
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

/** g(u), the surrogate derivative, on four values. */
export function surrogateCode(surrogate: Surrogate, u: Value): Value {
  switch (surrogate.kind) {
    case "fastSigmoid": {
      const d = apply("v.add", vector(1), apply("v.mul", vector(surrogate.slope), apply("v.abs", u)));
      return apply("v.div", vector(1), apply("v.mul", d, d));
    }
    case "arctan": {
      const x = apply("v.mul", vector((Math.PI * surrogate.alpha) / 2), u);
      return apply("v.div", vector(surrogate.alpha / 2), apply("v.add", vector(1), apply("v.mul", x, x)));
    }
    default:
      return surrogate satisfies never;
  }
}
