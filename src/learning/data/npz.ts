import { UserError } from "../../base/index.ts";
import { unpackZip } from "./unpack.ts";

/** An array of unsigned bytes in C order. */
export interface ByteArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * The arrays of a NumPy archive by name, unsigned bytes only.
 * @throws `data/damaged`, `data/npy`
 */
export function readNpz(bytes: Uint8Array, path: string): Readonly<Record<string, ByteArray>> {
  const entries = Object.entries(unpackZip(bytes, path)).filter(([name]) => name.endsWith(".npy"));
  return Object.fromEntries(entries.map(([name, file]) => [name.slice(0, -4), readNpy(file, `${path}/${name}`)]));
}

// ---------------------------------------------------------------------------------------------------------------------

/** Magic, version, header length, then a Python dictionary as text. */
function readNpy(file: Uint8Array, path: string): ByteArray {
  const wrong = (what: string): UserError => new UserError("data/npy", `${path}: ${what}`, { path });
  if (file.length < 10 || file[0] !== 0x93 || String.fromCharCode(...file.subarray(1, 6)) !== "NUMPY") {
    throw wrong("it does not begin as a NumPy array");
  }
  const isLong = (file[6] ?? 1) > 1;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = isLong ? 12 : 10;
  const end = start + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder("latin1").decode(file.subarray(start, end));
  if (!/'descr': '\|u1'/.test(header) || !/'fortran_order': False/.test(header)) {
    throw wrong(`expected unsigned bytes in C order, got ${header.trim().slice(0, 80)}`);
  }
  const sizes = /'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (sizes === undefined) throw wrong("its header names no shape");
  const shape = sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  const data = file.subarray(end);
  const expected = shape.reduce((a, b) => a * b, 1);
  if (data.length !== expected)
    throw wrong(`shape (${shape.join(", ")}) needs ${expected} bytes, it has ${data.length}`);
  return { shape, data };
}
