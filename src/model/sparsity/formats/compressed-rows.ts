import {
  filled,
  indexBits,
  nonZeroColumns,
  nonZeros,
  payload,
  pointers,
  valueBits,
  valueReads,
  wordsOf,
  type StorageFormat,
} from "./format.ts";

/** Row pointers, then column and value of each non-zero element. */
export const compressedRows: StorageFormat = {
  name: "compressed rows",
  title: "a pointer per row, column and value of each non-zero element (CSR)",
  encode: (matrix) => {
    const rows = nonZeroColumns(matrix);
    return {
      memories: [
        pointers(rows.map((row) => row.length)),
        { name: "columns", role: "metadata", width: indexBits(matrix.columns), words: rows.flat() },
        payload(matrix, nonZeros(matrix.values)),
      ],
    };
  },
  decode: (stored, shape) =>
    filled(shape, (values) => {
      const offsets = wordsOf(stored, "pointers");
      const columns = wordsOf(stored, "columns");
      const found = wordsOf(stored, "values");
      for (let row = 0; row < shape.rows; row++) {
        for (let k = offsets[row] ?? 0; k < (offsets[row + 1] ?? 0); k++) {
          values[row * shape.columns + (columns[k] ?? 0)] = shape.bits === 1 ? 1 : (found[k] ?? 0);
        }
      }
    }),
  expectedBits: (shape, density) => {
    const found = density * shape.rows * shape.columns;
    return found * (indexBits(shape.columns) + valueBits(shape)) + (shape.rows + 1) * indexBits(found + 1);
  },
  rowReads: (matrix) =>
    nonZeroColumns(matrix).map(({ length }) => ({
      cycles: 2 + length,
      metadataReads: 2 + length,
      payloadReads: valueReads(matrix, length),
    })),
};
