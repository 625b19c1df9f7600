// The part of ONNX's protobuf messages that is read, by field number. @source github.com/onnx/onnx, onnx/onnx.proto (IR version 10)

import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { UserError } from "../../base/index.ts";

/** A message before its meaning is known: values by field number. */
export type Message = ReadonlyMap<number, readonly Value[]>;

export type Value =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "bytes"; readonly value: Uint8Array };

/** Most fields in one file. */
const mostFields = 500_000;

/** Counts fields over all messages of a file, so that small files cannot ask for much. */
export interface Budget {
  left: number;
}

export function budget(): Budget {
  return { left: mostFields };
}

/** @throws `onnx/damaged`, `onnx/too-large` */
export function readMessage(bytes: Uint8Array, where: string, spent: Budget): Message {
  const fields = new Map<number, Value[]>();
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      if (spent.left-- <= 0)
        throw new UserError("onnx/too-large", `${where}: more than ${mostFields} fields`, { path: where });
      const [field, type] = reader.tag();
      const value = readValue(reader, type, field);
      const known = fields.get(field);
      if (known === undefined) fields.set(field, [value]);
      else known.push(value);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("onnx/damaged", `${where}: it is damaged, or no ONNX file`, { path: where, cause: error });
  }
  return fields;
}

export function bytesOf(message: Message, field: number): readonly Uint8Array[] {
  return (message.get(field) ?? []).flatMap((value) => (value.kind === "bytes" ? [value.value] : []));
}

export function textsOf(message: Message, field: number): readonly string[] {
  return bytesOf(message, field).map((bytes) => new TextDecoder().decode(bytes));
}

export function textOf(message: Message, field: number): string {
  return textsOf(message, field).at(-1) ?? "";
}

/** Whole numbers of a field, packed or one by one. */
export function integersOf(message: Message, field: number): readonly number[] {
  return (message.get(field) ?? []).flatMap((value) => {
    if (value.kind === "number") return [value.value];
    return packedIntegers(value.value);
  });
}

/** 32-bit floats of a field, packed or one by one. */
export function floatsOf(message: Message, field: number): readonly number[] {
  return (message.get(field) ?? []).flatMap((value) => {
    if (value.kind === "number") return [value.value];
    const view = new DataView(value.value.buffer, value.value.byteOffset, value.value.byteLength);
    return Array.from({ length: Math.floor(value.value.byteLength / 4) }, (_, i) => view.getFloat32(4 * i, true));
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** As far as they can be read: a shape that is cut short does not fit its values, which is found there. */
function packedIntegers(bytes: Uint8Array): readonly number[] {
  const packed: number[] = [];
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) packed.push(Number(reader.int64()));
  } catch {
    packed.push(Number.NaN);
  }
  return packed;
}

function readValue(reader: BinaryReader, type: WireType, field: number): Value {
  switch (type) {
    case WireType.Varint:
      return { kind: "number", value: Number(reader.int64()) };
    case WireType.Bit32:
      return { kind: "number", value: reader.float() };
    case WireType.Bit64:
      return { kind: "number", value: reader.double() };
    case WireType.LengthDelimited:
      return { kind: "bytes", value: reader.bytes() };
    default:
      reader.skip(type, field);
      return { kind: "bytes", value: new Uint8Array(0) };
  }
}
