// The kernel language: typed values and structured statements, plain data. A kernel is written once and printed; today to
// WebAssembly SIMD128, which runs in Node and in browsers without a compiler.

import { loads, operations, type LoadKind, type Operation, type StoreKind, type ValueType } from "./operations.ts";

export type { LoadKind, Operation, StoreKind, ValueType } from "./operations.ts";

export type Value =
  | { readonly kind: "constant"; readonly type: "i32" | "i64" | "f32"; readonly value: number }
  | { readonly kind: "splat"; readonly type: "v128"; readonly value: number }
  | { readonly kind: "local"; readonly type: ValueType; readonly index: number }
  | {
      readonly kind: "load";
      readonly type: ValueType;
      readonly access: LoadKind;
      readonly address: Value;
      readonly offset: number;
    }
  | {
      readonly kind: "apply";
      readonly type: ValueType;
      readonly operation: Operation;
      readonly operands: readonly Value[];
    };

export type Statement =
  | { readonly kind: "set"; readonly local: Local; readonly value: Value }
  | {
      readonly kind: "store";
      readonly access: StoreKind;
      readonly address: Value;
      readonly offset: number;
      readonly value: Value;
    }
  /** `local` counts from `from` while it is below `to` (or, downwards, from `to − 1` to `from`). */
  | {
      readonly kind: "loop";
      readonly local: Local;
      readonly from: Value;
      readonly to: Value;
      readonly step: number;
      readonly body: readonly Statement[];
    }
  /** Repeats `body` while `condition` is not 0. */
  | { readonly kind: "while"; readonly condition: Value; readonly body: readonly Statement[] }
  | { readonly kind: "if"; readonly condition: Value; readonly body: readonly Statement[] };

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

  store(address: Value, offset: number, value: Value, access: StoreKind = value.type): void {
    this.#body.push({ kind: "store", access, address, offset, value });
  }

  /** Count upwards by `step`, or downwards when it is negative. */
  loop(from: Value, to: Value, step: number, write: (counter: Local) => void): void {
    const local = this.local("i32");
    const body = this.#collect(() => write(local));
    this.#body.push({ kind: "loop", local, from, to, step, body });
  }

  /** Repeat what `write` adds while `condition` is not 0. */
  while(condition: Value, write: () => void): void {
    this.#body.push({ kind: "while", condition, body: this.#collect(write) });
  }

  /** Do what `write` adds when `condition` is not 0. */
  if(condition: Value, write: () => void): void {
    this.#body.push({ kind: "if", condition, body: this.#collect(write) });
  }

  finish(): Kernel {
    return { name: this.#name, argumentCount: this.#argumentCount, locals: this.#locals, body: this.#body };
  }

  #collect(write: () => void): Statement[] {
    const outer = this.#body;
    const inner: Statement[] = [];
    this.#body = inner;
    write();
    this.#body = outer;
    return inner;
  }
}

export const i32 = (value: number): Value => ({ kind: "constant", type: "i32", value });
export const i64 = (value: number): Value => ({ kind: "constant", type: "i64", value });
/** The same 32-bit float in all four lanes. */
export const vector = (value: number): Value => ({ kind: "splat", type: "v128", value });

export function apply(operation: Operation, ...operands: readonly Value[]): Value {
  return { kind: "apply", type: operations[operation].result, operation, operands };
}

export function load(access: LoadKind, address: Value, offset = 0): Value {
  return { kind: "load", type: loads[access].result, access, address, offset };
}

/**
 * Neighboring vectors, the last first: where V8 joins two of them, a lower one that is stored first would be stored twice, lest a
 * bad address of the upper keep it from being written.
 */
export function storeVectors(k: KernelBuilder, address: Value, offset: number, values: readonly Value[]): void {
  for (let j = values.length - 1; j >= 0; j--) k.store(address, offset + 16 * j, values[j] as Value);
}

/** Masks of four lanes each as bits, at most 32 in all, the first lane lowest. */
export function maskBits(masks: readonly Value[]): Value {
  if (masks.length === 1) return apply("v.bitmask", masks[0] as Value);
  const halves = pairwise(masks, "h.narrow_s");
  const words = pairwise(halves, "b.narrow_s").map((bytes, i) => {
    const bits = apply("b.bitmask", bytes);
    // Sixteen lanes come of four masks; where there are fewer, the last is taken twice.
    const rest = masks.length - 4 * i;
    const own = rest >= 4 ? bits : apply("i32.and", bits, i32(2 ** (4 * rest) - 1));
    return i === 0 ? own : apply("i32.shl", own, i32(16 * i));
  });
  return words.reduce((a, b) => apply("i32.or", a, b));
}

function pairwise(values: readonly Value[], operation: Operation): Value[] {
  return Array.from({ length: Math.ceil(values.length / 2) }, (_, i) =>
    apply(operation, values[2 * i] as Value, (values[2 * i + 1] ?? values[2 * i]) as Value),
  );
}

/** Σ of i32 values. Constants are added up at once. */
export function sum(...values: readonly Value[]): Value {
  let constant = 0;
  const others: Value[] = [];
  for (const value of values) {
    if (value.kind === "constant") constant += value.value;
    else others.push(value);
  }
  const terms = constant === 0 && others.length > 0 ? others : [...others, i32(constant)];
  return terms.reduce((a, b) => apply("i32.add", a, b));
}

/** `value` · `factor`, as a shift where the factor is a power of two. */
export function times(value: Value, factor: number): Value {
  if (value.kind === "constant") return i32(value.value * factor);
  const shift = Math.log2(factor);
  if (factor === 1) return value;
  return Number.isInteger(shift) ? apply("i32.shl", value, i32(shift)) : apply("i32.mul", value, i32(factor));
}
