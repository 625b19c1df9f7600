// One container for everything a stage leaves behind: a JSON header, then the bytes of its typed arrays, then a hash. Reading
// trusts nothing: sizes are checked before memory is reserved.

import { hashBytes, UserError } from "../base/index.ts";

const magic = "LACUNA-ARTIFACT 1\n";
const types = { Float32Array, Float64Array, Uint8Array, Uint16Array, Uint32Array, Int16Array, Int32Array } as const;

type TypedArray = InstanceType<(typeof types)[keyof typeof types]>;
type TypeName = keyof typeof types;

/** Plain data with typed arrays to bytes. */
export function encodeArtifact(value: unknown): Uint8Array {
  const arrays: TypedArray[] = [];
  const header = JSON.stringify(value, (_key, member: unknown) => {
    if (!ArrayBuffer.isView(member)) return member;
    arrays.push(member as TypedArray);
    return { $array: arrays.length - 1, type: member.constructor.name, length: (member as TypedArray).length };
  });
  const text = new TextEncoder().encode(header ?? "null");
  const head = new TextEncoder().encode(`${magic}${text.length}\n`);
  const parts = [head, text, ...arrays.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength))];
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(total + 64);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(new TextEncoder().encode(hashBytes(bytes.subarray(0, total))), total);
  return bytes;
}

/**
 * The value that `encodeArtifact` wrote.
 * @throws `artifact/damaged` when the hash, a size or the form is wrong; `artifact/newer-format`
 */
export function decodeArtifact(bytes: Uint8Array, path: string): unknown {
  const total = bytes.length - 64;
  const start = new TextDecoder().decode(bytes.subarray(0, Math.min(64, bytes.length)));
  const version = /^LACUNA-ARTIFACT (\d+)\n/.exec(start)?.[1];
  if (version !== undefined && Number(version) > 1) {
    throw new UserError(
      "artifact/newer-format",
      `${path}: written by a newer Lacuna (format ${version}, this one reads 1)`,
      {
        path,
        hint: "use the newer version; the file was not touched",
      },
    );
  }
  const length = Number(/^LACUNA-ARTIFACT 1\n(\d{1,10})\n/.exec(start)?.[1] ?? Number.NaN);
  if (total < 0 || !Number.isFinite(length)) throw damaged(path, "it is no artifact");
  if (hashBytes(bytes.subarray(0, total)) !== new TextDecoder().decode(bytes.subarray(total))) {
    throw damaged(path, "its hash is wrong");
  }
  const headEnd = magic.length + String(length).length + 1;
  let at = headEnd + length;
  if (at > total) throw damaged(path, "its header is longer than the file");
  // The hash is right, so the arrays lie as the encoder put them; an honest file passes, a forged one is caught by sizes.
  const revive = (_key: string, member: unknown): unknown => {
    if (!isArrayNote(member)) return member;
    const type = types[member.type];
    const size = member.length * type.BYTES_PER_ELEMENT;
    if (!Number.isInteger(member.length) || member.length < 0 || at + size > total)
      throw damaged(path, "an array is cut");
    const copy = Uint8Array.from(bytes.subarray(at, at + size));
    at += size;
    return new type(copy.buffer);
  };
  try {
    return JSON.parse(new TextDecoder().decode(bytes.subarray(headEnd, at)), revive) as unknown;
  } catch (error) {
    // No JSON, or nested so deep that reading it would end the stack.
    throw error instanceof UserError ? error : damaged(path, "its header cannot be read");
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function isArrayNote(value: unknown): value is { readonly type: TypeName; readonly length: number } {
  if (typeof value !== "object" || value === null || !("$array" in value) || !("type" in value)) return false;
  return (
    typeof value.type === "string" &&
    Object.hasOwn(types, value.type) &&
    "length" in value &&
    typeof value.length === "number"
  );
}

function damaged(path: string, what: string): UserError {
  return new UserError("artifact/damaged", `${path}: ${what}`, { path, hint: "run the command that made it again" });
}
