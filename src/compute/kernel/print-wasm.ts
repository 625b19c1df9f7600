// Kernels to a WebAssembly module (core specification 2.0 with SIMD128), byte by byte.

import type { Kernel, Statement, Value } from "./language.ts";
import { loads, operations, stores, type ValueType } from "./operations.ts";

const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, v128: 0x7b };

/**
 * A module that imports memory `host.memory` and exports each kernel by its name. Names are ours.
 * @param sharedPages  The memory is shared between threads and may grow to so many pages of 64 KiB.
 */
export function printModule(kernels: readonly Kernel[], sharedPages?: number): Uint8Array<ArrayBuffer> {
  const types = kernels.map((kernel) => [
    0x60,
    ...list(
      Array<number>(kernel.argumentCount)
        .fill(0x7f)
        .map((t) => [t]),
    ),
    0,
  ]);
  const limits = sharedPages === undefined ? [0x00, 0x01] : [0x03, 0x01, ...unsigned(sharedPages)];
  const exported = kernels.map((kernel, index) => [...name(kernel.name), 0x00, ...unsigned(index)]);
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(2, list([[...name("host"), ...name("memory"), 0x02, ...limits]])),
    ...section(3, list(kernels.map((_, index) => unsigned(index)))),
    ...section(7, list(exported)),
    ...section(10, list(kernels.map(printFunction))),
  ];
  return Uint8Array.from(bytes);
}

// ---------------------------------------------------------------------------------------------------------------------

function printFunction(kernel: Kernel): number[] {
  const locals = list(kernel.locals.map((type) => [1, typeCodes[type]]));
  const code = [...locals, ...kernel.body.flatMap(printStatement), 0x0b];
  return [...unsigned(code.length), ...code];
}

function printStatement(statement: Statement): number[] {
  switch (statement.kind) {
    case "set":
      return [...printValue(statement.value), 0x21, ...unsigned(statement.local.index)];
    case "store": {
      const { access, address, offset, value } = statement;
      return [...printValue(address), ...printValue(value), ...stores[access], ...unsigned(offset)];
    }
    case "loop":
      return printLoop(statement);
    case "while": {
      // block { loop { leave unless condition; body; again } }
      const leave = [...printValue(statement.condition), 0x45, 0x0d, 1];
      return [0x02, 0x40, 0x03, 0x40, ...leave, ...statement.body.flatMap(printStatement), 0x0c, 0, 0x0b, 0x0b];
    }
    case "if":
      return [...printValue(statement.condition), 0x04, 0x40, ...statement.body.flatMap(printStatement), 0x0b];
    default:
      return statement satisfies never;
  }
}

/** if (inside) { loop { body; count; again while inside } }: one branch per turn. */
function printLoop(loop: Extract<Statement, { kind: "loop" }>): number[] {
  const counter = unsigned(loop.local.index);
  const upwards = loop.step > 0;
  const start = upwards ? printValue(loop.from) : [...printValue(loop.to), 0x41, 1, 0x6b];
  const inside = upwards ? [...printValue(loop.to), 0x48] : [...printValue(loop.from), 0x4e];
  const count = [0x20, ...counter, 0x41, ...signed(loop.step), 0x6a, 0x22, ...counter];
  const body = loop.body.flatMap(printStatement);
  return [
    ...start,
    0x22,
    ...counter,
    ...inside,
    0x04,
    0x40,
    0x03,
    0x40,
    ...body,
    ...count,
    ...inside,
    0x0d,
    0,
    0x0b,
    0x0b,
  ];
}

function printValue(value: Value): number[] {
  switch (value.kind) {
    case "constant":
      if (value.type === "f32") return [0x43, ...floatBytes(value.value)];
      return [value.type === "i32" ? 0x41 : 0x42, ...signed(value.value)];
    case "splat": {
      const lane = floatBytes(value.value);
      return [0xfd, 0x0c, ...lane, ...lane, ...lane, ...lane];
    }
    case "local":
      return [0x20, ...unsigned(value.index)];
    case "load": {
      return [...printValue(value.address), ...loads[value.access].code, ...unsigned(value.offset)];
    }
    case "apply":
      return [...value.operands.flatMap(printValue), ...operations[value.operation].code];
    default:
      return value satisfies never;
  }
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): number[] {
  const bytes = Array.from(text, (character) => character.charCodeAt(0));
  return [...unsigned(bytes.length), ...bytes];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

function floatBytes(value: number): number[] {
  return Array.from(new Uint8Array(Float32Array.of(value).buffer));
}
