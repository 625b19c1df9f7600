// From bits to lists of 16-bit numbers, without a branch for each bit: eight bits name the line of a table that lists them, all
// eight places are written, and the list grows by as many as were set.

import { apply, i32, load, sum, times, type KernelBuilder, type Local, type Value } from "./language.ts";

/** For each value of a byte its set bits, lowest first, on eight places of 16 bits; the rest are 0. */
export function bitListTable(): Uint16Array<ArrayBuffer> {
  const table = new Uint16Array(256 * 8);
  for (let byte = 0; byte < 256; byte++) {
    let place = byte * 8;
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) table[place++] = bit;
  }
  return table;
}

/** Bytes that `bitListTable` takes. */
export const bitListBytes = 4096;

/** Bytes behind a list that may be written over. */
export const bitListSlack = 16;

/**
 * Appends `first` + the number of each set bit of `word`, lowest first. Moves `next` on.
 * @param next      Where the list ends, a byte offset from `index`.
 * @param bitCount  Bits of the word; above them all are 0.
 */
export function appendBits(
  k: KernelBuilder,
  word: Local,
  first: Value,
  next: Local,
  place: { readonly table: number; readonly index: number },
  bitCount = 32,
): void {
  const base = k.keep(apply("h.splat", first));
  for (let byte = 0; 8 * byte < bitCount; byte++) {
    const shifted = byte === 0 ? word : apply("i32.shr_u", word, i32(8 * byte));
    const bits = k.keep(byte === 3 ? shifted : apply("i32.and", shifted, i32(255)));
    const start = byte === 0 ? base : apply("h.add", base, apply("h.splat", i32(8 * byte)));
    k.store(next, place.index, apply("h.add", start, load("v128", times(bits, 16), place.table)));
    k.set(next, sum(next, times(apply("i32.popcnt", bits), 2)));
  }
}
