import { UserError } from "../../src/base/index.ts";

/** Numbers of a NumPy file, in the order of the file. */
export function readNpy(
  bytes: Uint8Array,
  where: string,
): { readonly shape: readonly number[]; readonly values: readonly number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = view.getUint8(6) > 1;
  const start = (wide ? 12 : 10) + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(bytes.subarray(0, start));
  const type = /'descr': '([<|]\w+)'/.exec(header)?.[1] ?? "";
  const shape = (/'shape': \(([\d, ]*)\)/.exec(header)?.[1] ?? "")
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  const reader = readers[type];
  if (reader === undefined) throw new UserError("data/type", `${where}: numbers of type "${type}" are not read`);
  const count = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Array.from({ length: count }, (_, i) => reader(view, start, i)) };
}

// ---------------------------------------------------------------------------------------------------------------------

const readers: Readonly<Record<string, (view: DataView, start: number, index: number) => number>> = {
  "<f4": (view, start, index) => view.getFloat32(start + 4 * index, true),
  "<f8": (view, start, index) => view.getFloat64(start + 8 * index, true),
  "<i8": (view, start, index) => Number(view.getBigInt64(start + 8 * index, true)),
  "<i4": (view, start, index) => view.getInt32(start + 4 * index, true),
  "|u1": (view, start, index) => view.getUint8(start + index),
  "|b1": (view, start, index) => view.getUint8(start + index),
};
