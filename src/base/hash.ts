import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** SHA-256 of bytes, as 64 hexadecimal digits. */
export function hashBytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** SHA-256 of a text in UTF-8, as 64 hexadecimal digits. */
export function hashText(text: string): string {
  return hashBytes(utf8ToBytes(text));
}

/**
 * Hash of a plain value: equal for equal values, whatever the order of keys.
 * Typed arrays count by type and bytes; `undefined` members are left out, as in JSON.
 */
export function hashValue(value: unknown): string {
  const hash = sha256.create();
  feed(hash, value);
  return bytesToHex(hash.digest());
}

/** JSON with sorted keys, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isPlainObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member,
  );
}

// ---------------------------------------------------------------------------------------------------------------------

type Hash = ReturnType<typeof sha256.create>;

function feed(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    hash.update(utf8ToBytes(`${value.constructor.name}:${value.byteLength}:`));
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (Array.isArray(value)) {
    hash.update(utf8ToBytes(`[${value.length}:`));
    for (const item of value) feed(hash, item);
  } else if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    hash.update(utf8ToBytes(`{${entries.length}:`));
    for (const [key, member] of entries) {
      feed(hash, key);
      feed(hash, member);
    }
  } else {
    const text = typeof value === "number" && !Number.isFinite(value) ? String(value) : JSON.stringify(value);
    hash.update(utf8ToBytes(`${typeof value}:${text?.length ?? 0}:${text ?? ""}`));
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
