import { UserError } from "../../base/index.ts";
import { unpackGzip } from "./unpack.ts";

/** An idx file: an array of bytes with its sizes. */
export interface IdxArray {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Read an idx file of unsigned bytes, gzipped or not: 0, 0, type, dimensions, big-endian sizes, data.
 * @throws `data/wrong-magic`, `data/truncated`
 */
export function readIdx(packed: Uint8Array, path: string, dimensions: number): IdxArray {
  const bytes = unpackGzip(packed, path);
  const expected = [0, 0, 8, dimensions];
  if (bytes.length < 4 || expected.some((byte, i) => bytes[i] !== byte)) {
    const got = Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, "0")).join(" ");
    const want = expected.map((b) => b.toString(16).padStart(2, "0")).join(" ");
    throw new UserError("data/wrong-magic", `${path}: expected an idx file starting ${want}, got ${got}`, {
      path,
      hint: "images need *-images-idx3-ubyte, labels *-labels-idx1-ubyte",
    });
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) throw truncated(path, header, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i, false));
  const total = sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== header + total) throw truncated(path, header + total, bytes.length);
  return { sizes, data: bytes.subarray(header) };
}

function truncated(path: string, expected: number, got: number): UserError {
  return new UserError("data/truncated", `${path}: its header promises ${expected} bytes, the file has ${got}`, {
    path,
    hint: "fetch the file again",
  });
}
