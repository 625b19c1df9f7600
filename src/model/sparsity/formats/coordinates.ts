import {
  indexBits,
  nonZeros,
  payload,
  restored,
  scannedReads,
  valueBits,
  wordsOf,
  type StorageFormat,
} from "./format.ts";

/** Row, column and value of each non-zero element; a row is found by reading up to its end. */
export const coordinates: StorageFormat = {
  name: "coordinates",
  title: "row, column and value of each non-zero element (COO)",
  encode: (matrix) => {
    const found = nonZeros(matrix.values);
    const { rows, columns } = matrix;
    return {
      memories: [
        { name: "rows", role: "metadata", width: indexBits(rows), words: found.map((i) => Math.floor(i / columns)) },
        { name: "columns", role: "metadata", width: indexBits(columns), words: found.map((i) => i % columns) },
        payload(matrix, found),
      ],
    };
  },
  decode: (stored, shape) => {
    const columns = wordsOf(stored, "columns");
    const positions = wordsOf(stored, "rows").map((row, k) => row * shape.columns + (columns[k] ?? 0));
    return restored(stored, shape, positions);
  },
  expectedBits: (shape, density) =>
    density * shape.rows * shape.columns * (indexBits(shape.rows) + indexBits(shape.columns) + valueBits(shape)),
  rowReads: (matrix) => scannedReads(matrix, { lead: 0, words: 2 }),
};
