// The kernel language: typed values and structured statements, plain data. A kernel is written once and printed; today to
// WebAssembly SIMD128, which runs in Node and in browsers without a compiler.

export type ValueType = "i32" | "f32" | "v128";

/** Operations on values; `v` ones work on four 32-bit floats (or masks) at once. */
export type Operation =
  | "i32.add"
  | "i32.sub"
  | "i32.mul"
  | "i32.and"
  | "i32.or"
  | "i32.shl"
  | "i32.shr_u"
  | "i32.lt_s"
  | "i32.ge_s"
  | "i32.ctz"
  | "i32.popcnt"
  | "f32.add"
  | "f32.mul"
  | "v.splat"
  | "v.add"
  | "v.sub"
  | "v.mul"
  | "v.div"
  | "v.abs"
  | "v.gt"
  | "v.and"
  | "v.select"
  | "v.bitmask";

/** Result type of each operation. */
export const operationTypes: Readonly<Record<Operation, ValueType>> = {
  "i32.add": "i32",
  "i32.sub": "i32",
  "i32.mul": "i32",
  "i32.and": "i32",
  "i32.or": "i32",
  "i32.shl": "i32",
  "i32.shr_u": "i32",
  "i32.lt_s": "i32",
  "i32.ge_s": "i32",
  "i32.ctz": "i32",
  "i32.popcnt": "i32",
  "f32.add": "f32",
  "f32.mul": "f32",
  "v.splat": "v128",
  "v.add": "v128",
  "v.sub": "v128",
  "v.mul": "v128",
  "v.div": "v128",
  "v.abs": "v128",
  "v.gt": "v128",
  "v.and": "v128",
  "v.select": "v128",
  "v.bitmask": "i32",
};

export type Value =
  | { readonly kind: "constant"; readonly type: "i32" | "f32"; readonly value: number }
  | { readonly kind: "splat"; readonly type: "v128"; readonly value: number }
  | { readonly kind: "local"; readonly type: ValueType; readonly index: number }
  | { readonly kind: "load"; readonly type: ValueType; readonly address: Value; readonly offset: number }
  | {
      readonly kind: "apply";
      readonly type: ValueType;
      readonly operation: Operation;
      readonly operands: readonly Value[];
    };

export type Statement =
  | { readonly kind: "set"; readonly local: Local; readonly value: Value }
  | { readonly kind: "store"; readonly address: Value; readonly offset: number; readonly value: Value }
  /** `local` counts from `from` while it is below `to` (or, downwards, from `to − 1` to `from`). */
  | {
      readonly kind: "loop";
      readonly local: Local;
      readonly from: Value;
      readonly to: Value;
      readonly step: number;
      readonly body: readonly Statement[];
    };

export type Local = Extract<Value, { readonly kind: "local" }>;

/** One function: its i32 arguments are its first locals. */
export interface Kernel {
  readonly name: string;
  readonly argumentCount: number;
  readonly locals: readonly ValueType[];
  readonly body: readonly Statement[];
}

/** Collects the locals and statements of a kernel while it is written. */
export class KernelBuilder {
  readonly #name: string;
  readonly #argumentCount: number;
  readonly #locals: ValueType[] = [];
  #body: Statement[] = [];

  constructor(name: string, argumentCount: number) {
    this.#name = name;
    this.#argumentCount = argumentCount;
  }

  argument(index: number): Local {
    return { kind: "local", type: "i32", index };
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return { kind: "local", type, index: this.#argumentCount + this.#locals.length - 1 };
  }

  set(local: Local, value: Value): void {
    this.#body.push({ kind: "set", local, value });
  }

  /** A new local that holds `value`. */
  keep(value: Value): Local {
    const local = this.local(value.type);
    this.set(local, value);
    return local;
  }

  store(address: Value, offset: number, value: Value): void {
    this.#body.push({ kind: "store", address, offset, value });
  }

  /** Count upwards by `step`, or downwards when it is negative. */
  loop(from: Value, to: Value, step: number, write: (counter: Local) => void): void {
    const local = this.local("i32");
    const outer = this.#body;
    this.#body = [];
    write(local);
    outer.push({ kind: "loop", local, from, to, step, body: this.#body });
    this.#body = outer;
  }

  finish(): Kernel {
    return { name: this.#name, argumentCount: this.#argumentCount, locals: this.#locals, body: this.#body };
  }
}

export const i32 = (value: number): Value => ({ kind: "constant", type: "i32", value });
/** The same 32-bit float in all four lanes. */
export const vector = (value: number): Value => ({ kind: "splat", type: "v128", value });

export function apply(operation: Operation, ...operands: readonly Value[]): Value {
  return { kind: "apply", type: operationTypes[operation], operation, operands };
}

export function load(type: ValueType, address: Value, offset = 0): Value {
  return { kind: "load", type, address, offset };
}

/** Σ of i32 values. */
export function sum(...values: readonly Value[]): Value {
  return values.reduce((a, b) => apply("i32.add", a, b));
}

export const times = (value: Value, factor: number): Value => apply("i32.mul", value, i32(factor));
