// Storage formats of a weight matrix with their exact bits. Each encodes to the words that it would store and decodes them again,
// so that no formula can count bits that are not there.

import { unsignedBits } from "../../base/index.ts";

/** A matrix of integers of `bits` bits, shape [row, column]. */
export interface IntegerMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly values: ArrayLike<number>;
}

/** One stored field: a value and its width. */
export type Field = readonly [value: number, bits: number];

/** A way to store a matrix. */
export interface StorageFormat {
  readonly name: string;
  readonly encode: (matrix: IntegerMatrix) => readonly Field[];
  readonly decode: (fields: readonly Field[], shape: Omit<IntegerMatrix, "values">) => number[];
}

/** Bits of a matrix in a format. */
export function storageBits(format: StorageFormat, matrix: IntegerMatrix): number {
  return format.encode(matrix).reduce((sum, [, bits]) => sum + bits, 0);
}

/** Bits of an index below `count`; at least 1. */
export const indexBits = (count: number): number => unsignedBits(Math.max(0, count - 1));

const dense: StorageFormat = {
  name: "dense",
  encode: ({ values, bits }) => Array.from(values, (value) => [value, bits]),
  decode: (fields) => fields.map(([value]) => value),
};

/** One bit per element, then the non-zero values. */
const bitmap: StorageFormat = {
  name: "bitmap",
  encode: ({ values, bits }) => [
    ...Array.from(values, (value): Field => [value === 0 ? 0 : 1, 1]),
    ...nonZeros(values).map((i): Field => [values[i] ?? 0, bits]),
  ],
  decode: (fields, { rows, columns }) => {
    let next = rows * columns;
    return Array.from({ length: rows * columns }, (_, i) => (fields[i]?.[0] === 1 ? (fields[next++]?.[0] ?? 0) : 0));
  },
};

/** Row, column, value. */
const coordinates: StorageFormat = {
  name: "coordinates",
  encode: ({ rows, columns, bits, values }) =>
    nonZeros(values).flatMap((i): Field[] => [
      [Math.floor(i / columns), indexBits(rows)],
      [i % columns, indexBits(columns)],
      [values[i] ?? 0, bits],
    ]),
  decode: (fields, { rows, columns }) => {
    const values = new Array<number>(rows * columns).fill(0);
    for (let k = 0; k < fields.length; k += 3) {
      values[(fields[k]?.[0] ?? 0) * columns + (fields[k + 1]?.[0] ?? 0)] = fields[k + 2]?.[0] ?? 0;
    }
    return values;
  },
};

/** Row pointers, then column and value of each non-zero. */
const compressedRows: StorageFormat = {
  name: "compressed rows",
  encode: ({ rows, columns, bits, values }) => {
    const found = nonZeros(values);
    const pointerBits = unsignedBits(found.length);
    const pointers = Array.from({ length: rows + 1 }, (_, row): Field => [
      found.filter((i) => i < row * columns).length,
      pointerBits,
    ]);
    return [
      ...pointers,
      ...found.flatMap((i): Field[] => [
        [i % columns, indexBits(columns)],
        [values[i] ?? 0, bits],
      ]),
    ];
  },
  decode: (fields, { rows, columns }) => {
    const values = new Array<number>(rows * columns).fill(0);
    for (let row = 0; row < rows; row++) {
      for (let k = fields[row]?.[0] ?? 0; k < (fields[row + 1]?.[0] ?? 0); k++) {
        const at = rows + 1 + 2 * k;
        values[row * columns + (fields[at]?.[0] ?? 0)] = fields[at + 1]?.[0] ?? 0;
      }
    }
    return values;
  },
};

/** Compressed rows of the transposed matrix. */
const compressedColumns: StorageFormat = {
  name: "compressed columns",
  encode: (matrix) => compressedRows.encode(transpose(matrix)),
  decode: (fields, shape) => {
    const turned = { rows: shape.columns, columns: shape.rows, bits: shape.bits };
    return [...Array.from(transpose({ ...turned, values: compressedRows.decode(fields, turned) }).values)];
  },
};

const runBits = 4;

/** Zeros before each value in four bits; a longer run inserts entries of value 0. The tail of zeros is not stored. */
const runLength: StorageFormat = {
  name: "run length",
  encode: ({ values, bits }) => {
    const fields: Field[] = [];
    let run = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      if (value === 0 && run < 2 ** runBits - 1) run++;
      else {
        fields.push([run, runBits], [value, bits]);
        run = 0;
      }
    }
    return fields;
  },
  decode: (fields, { rows, columns }) => {
    const values = new Array<number>(rows * columns).fill(0);
    let at = 0;
    for (let k = 0; k < fields.length; k += 2) {
      at += fields[k]?.[0] ?? 0;
      values[at++] = fields[k + 1]?.[0] ?? 0;
    }
    return values;
  },
};

/** Every format, densest first. */
export const storageFormats: readonly StorageFormat[] = [
  dense,
  bitmap,
  coordinates,
  compressedRows,
  compressedColumns,
  runLength,
];

/** Bits of a step's spikes: a bitmap has one per neuron, a list one address per spike and a count. */
export function spikeBits(neuronCount: number, spikes: number): { readonly bitmap: number; readonly list: number } {
  return { bitmap: neuronCount, list: spikes * indexBits(neuronCount) + unsignedBits(neuronCount) };
}

// ---------------------------------------------------------------------------------------------------------------------

function nonZeros(values: ArrayLike<number>): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) found.push(i);
  return found;
}

function transpose({ rows, columns, bits, values }: IntegerMatrix): IntegerMatrix {
  const turned = Array.from(
    { length: rows * columns },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0,
  );
  return { rows: columns, columns: rows, bits, values: turned };
}
