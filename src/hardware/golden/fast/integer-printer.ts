// A neuron's integer program as kernel code on four neurons at a time: what `evaluateInteger` means, in lanes of 32 bits.

import { assertDefined } from "../../../base/index.ts";
import { kernel } from "../../../compute/index.ts";
import { integerOrder, type IntegerExpression, type IntegerNeuron } from "../../../model/neuron/index.ts";

const { apply, i32 } = kernel;

/** Every number that the program of a neuron names: kernels keep them in locals, outside their loops. */
export function constantsOf(neuron: IntegerNeuron): Set<number> {
  const constants = new Set([0, 1]);
  for (const node of integerOrder([neuron.spike, ...Object.values(neuron.next)])) {
    if (node.op === "constant") constants.add(node.value);
    if (node.op === "clamp") constants.add(node.low).add(node.high);
  }
  return constants;
}

/** Prints integer expressions into a builder, each node once; comparisons stay masks until a number is asked for. */
export class IntegerPrinter {
  readonly #builder: kernel.KernelBuilder;
  readonly #environment: ReadonlyMap<string, kernel.Value>;
  readonly #constants: ReadonlyMap<number, kernel.Value>;
  readonly #numbers = new Map<IntegerExpression, kernel.Value>();
  readonly #masks = new Map<IntegerExpression, kernel.Value>();

  /** @param constants  Those of `constantsOf`, each in four lanes. */
  constructor(
    builder: kernel.KernelBuilder,
    environment: ReadonlyMap<string, kernel.Value>,
    constants: ReadonlyMap<number, kernel.Value>,
  ) {
    this.#builder = builder;
    this.#environment = environment;
    this.#constants = constants;
  }

  /** The value as 32-bit integers. */
  number(root: IntegerExpression): kernel.Value {
    this.#printAll(root);
    return this.#numberOf(root);
  }

  /** All ones in the lanes where the value, 0 or 1, is 1. */
  mask(root: IntegerExpression): kernel.Value {
    this.#printAll(root);
    return this.#masks.get(root) ?? apply("w.eq", this.#numberOf(root), this.#constant(1));
  }

  #printAll(root: IntegerExpression): void {
    for (const node of integerOrder([root])) {
      if (!this.#numbers.has(node) && !this.#masks.has(node)) this.#print(node);
    }
  }

  #print(node: IntegerExpression): void {
    const keep = (value: kernel.Value): void => {
      this.#numbers.set(node, this.#builder.keep(value));
    };
    switch (node.op) {
      case "constant":
        this.#numbers.set(node, this.#constant(node.value));
        break;
      case "reference":
        this.#numbers.set(node, assertDefined(this.#environment.get(node.name), `value of ${node.name}`));
        break;
      case "add":
        keep(this.#binary("w.add", node));
        break;
      case "sub":
        keep(this.#binary("w.sub", node));
        break;
      case "mul":
        keep(this.#binary("w.mul", node));
        break;
      case "above":
        this.#masks.set(node, this.#builder.keep(this.#binary("w.gt_s", node)));
        break;
      case "shiftLeft":
        keep(apply("w.shl", this.#numberOf(node.a), i32(node.by)));
        break;
      case "shiftRight":
        // Arithmetic: rounds towards −∞, as the golden model does.
        keep(apply("w.shr_s", this.#numberOf(node.a), i32(node.by)));
        break;
      case "clamp": {
        const raised = apply("w.max_s", this.#numberOf(node.a), this.#constant(node.low));
        keep(apply("w.min_s", raised, this.#constant(node.high)));
        break;
      }
      case "select":
        keep(this.#select(this.#numberOf(node.a), this.#numberOf(node.b), node.condition));
        break;
      default:
        node satisfies never;
    }
  }

  #select(a: kernel.Value, b: kernel.Value, condition: IntegerExpression): kernel.Value {
    const mask = this.#masks.get(condition);
    if (mask !== undefined) return apply("v.select", a, b, mask);
    return apply("v.select", b, a, apply("w.eq", this.#numberOf(condition), this.#constant(0)));
  }

  #binary(
    operation: "w.add" | "w.sub" | "w.mul" | "w.gt_s",
    { a, b }: { readonly a: IntegerExpression; readonly b: IntegerExpression },
  ): kernel.Value {
    return apply(operation, this.#numberOf(a), this.#numberOf(b));
  }

  #numberOf(node: IntegerExpression): kernel.Value {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    const mask = assertDefined(this.#masks.get(node), "printed node");
    const value = this.#builder.keep(apply("v.and", mask, this.#constant(1)));
    this.#numbers.set(node, value);
    return value;
  }

  #constant(value: number): kernel.Value {
    return assertDefined(this.#constants.get(value), `constant ${value}`);
  }
}
