// A storage format puts a matrix into memories, word by word, and reads it back from those words alone. What it costs is counted
// in the words that are there, so that no formula can forget a bit.

import { unsignedBits } from "../../../base/index.ts";

/** A matrix of integers of `bits` bits, shape [row, column]; rows are inputs, columns neurons. One bit means spikes: 0 or 1. */
export interface IntegerMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly values: ArrayLike<number>;
}

/** A matrix without its values: what a decoder knows beside the memories. */
export type MatrixShape = Omit<IntegerMatrix, "values">;

/** A memory as its words, each of `width` bits; two's complement where values are negative. */
export interface StoredMemory {
  readonly name: string;
  /** Values, or what says where they belong. */
  readonly role: "payload" | "metadata";
  readonly width: number;
  readonly words: readonly number[];
  /** Words side by side in one word of the RAM; a row of `rowLength` words begins a new one. */
  readonly pack?: { readonly count: number; readonly rowLength: number };
}

/** A matrix in a format. */
export interface StoredMatrix {
  readonly memories: readonly StoredMemory[];
  /** A constant of the decoder that was chosen for this matrix, such as the bits of a run. */
  readonly parameter?: number;
}

/** What fetching one row costs when a spike arrives: every word that is read, and the cycles until the last weight is there. */
export interface RowRead {
  readonly cycles: number;
  readonly metadataReads: number;
  readonly payloadReads: number;
}

/** A way to store a matrix. */
export interface StorageFormat {
  readonly name: string;
  readonly title: string;
  /** @param lanes  Neighbors of a row that hardware handles at once. */
  readonly encode: (matrix: IntegerMatrix, lanes: number) => StoredMatrix;
  readonly decode: (stored: StoredMatrix, shape: MatrixShape, lanes: number) => number[];
  /** Mean bits when every element is non-zero with probability `density`, independently. */
  readonly expectedBits: (shape: MatrixShape, density: number, lanes: number) => number;
  /** Fetching each row; memories are read in parallel, one word of each per cycle. Shape [row]. */
  readonly rowReads: (matrix: IntegerMatrix, lanes: number) => RowRead[];
}

/** Bits that carry meaning. */
export function logicalBits({ memories }: StoredMatrix): number {
  return memories.reduce((sum, { width, words }) => sum + width * words.length, 0);
}

/** Depth and width of a memory as RAM holds it. */
export function ramShape({ width, words, pack }: StoredMemory): { readonly depth: number; readonly width: number } {
  if (pack === undefined) return { depth: words.length, width };
  const rows = pack.rowLength === 0 ? 0 : words.length / pack.rowLength;
  return { depth: rows * Math.ceil(pack.rowLength / pack.count), width: pack.count * width };
}

/** Bits of an index below `count`; at least 1. */
export const indexBits = (count: number): number => unsignedBits(Math.max(0, count - 1));

/** Bits of a stored value where its position is stored too: a spike needs none, because there is only one value. */
export const valueBits = ({ bits }: MatrixShape): number => (bits === 1 ? 0 : bits);

/** The columns of the non-zero elements of every row, ascending. */
export function nonZeroColumns({ rows, columns, values }: IntegerMatrix): number[][] {
  return Array.from({ length: rows }, (_, row) => {
    const found: number[] = [];
    for (let column = 0; column < columns; column++) if (values[row * columns + column] !== 0) found.push(column);
    return found;
  });
}

/** Positions of the non-zero elements in the whole matrix, ascending. */
export function nonZeros(values: ArrayLike<number>): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) found.push(i);
  return found;
}

/** Reads of so many values; a spike has none to read. */
export const valueReads = (shape: MatrixShape, count: number): number => (shape.bits === 1 ? 0 : count);

/** The memory with the values at `positions`; none for spikes. */
export function payload(matrix: IntegerMatrix, positions: readonly number[]): StoredMemory {
  const words = positions.map((i) => matrix.values[i] ?? 0);
  return { name: "values", role: "payload", width: valueBits(matrix), words };
}

/** The words of a memory by its name. */
export function wordsOf({ memories }: StoredMatrix, name: string): readonly number[] {
  return memories.find((memory) => memory.name === name)?.words ?? [];
}

/** Numbers before each row and at the end: what row pointers hold. */
export function offsetsOf(lengths: readonly number[]): number[] {
  const offsets = [0];
  for (const length of lengths) offsets.push((offsets.at(-1) ?? 0) + length);
  return offsets;
}

/** The matrix whose stored values belong at these positions of the whole; a stored spike is a 1. */
export function restored(stored: StoredMatrix, shape: MatrixShape, positions: readonly number[]): number[] {
  const found = wordsOf(stored, "values");
  return filled(shape, (values) => {
    positions.forEach((at, k) => (values[at] = shape.bits === 1 ? 1 : (found[k] ?? 0)));
  });
}

/**
 * What fetching each row costs when entries are only in order: all entries before, its own, and the first of a later row, which says
 * that this one is over.
 * @param costs  Cycles before the first entry, and metadata words of every entry and before them.
 */
export function scannedReads(
  matrix: IntegerMatrix,
  { lead, words }: { readonly lead: number; readonly words: number },
): RowRead[] {
  const rows = nonZeroColumns(matrix);
  const all = rows.flat().length;
  let before = 0;
  return rows.map(({ length }) => {
    before += length;
    const entries = Math.min(all, before + 1);
    return {
      cycles: lead + entries,
      metadataReads: lead + words * entries,
      payloadReads: valueReads(matrix, length),
    };
  });
}

/** A matrix of zeros with some values put in. */
export function filled({ rows, columns }: MatrixShape, put: (values: number[]) => void): number[] {
  const values = new Array<number>(rows * columns).fill(0);
  put(values);
  return values;
}

/** Row pointers, each wide enough for the last. */
export function pointers(lengths: readonly number[]): StoredMemory {
  const words = offsetsOf(lengths);
  return { name: "pointers", role: "metadata", width: unsignedBits(words.at(-1) ?? 0), words };
}
