// Masks of one bit per element, shared by the formats that have them.

import { wordsOf, type IntegerMatrix, type MatrixShape, type StoredMatrix, type StoredMemory } from "./format.ts";

/** One bit per element, P of a row side by side. */
export function maskWords({ values, columns }: IntegerMatrix, lanes: number): StoredMemory {
  return {
    name: "mask",
    role: "metadata",
    width: 1,
    words: Array.from(values, (value) => (value === 0 ? 0 : 1)),
    pack: { count: lanes, rowLength: columns },
  };
}

/** Values put back where the mask has ones. */
export function logicalMask(stored: StoredMatrix, { bits }: MatrixShape): number[] {
  const values = wordsOf(stored, "values");
  let next = 0;
  return wordsOf(stored, "mask").map((bit) => (bit === 0 ? 0 : bits === 1 ? 1 : (values[next++] ?? 0)));
}
