import {
  filled,
  indexBits,
  nonZeroColumns,
  nonZeros,
  payload,
  valueBits,
  valueReads,
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
  decode: (stored, shape) =>
    filled(shape, (values) => {
      const columns = wordsOf(stored, "columns");
      const found = wordsOf(stored, "values");
      wordsOf(stored, "rows").forEach((row, k) => {
        values[row * shape.columns + (columns[k] ?? 0)] = shape.bits === 1 ? 1 : (found[k] ?? 0);
      });
    }),
  expectedBits: (shape, density) =>
    density * shape.rows * shape.columns * (indexBits(shape.rows) + indexBits(shape.columns) + valueBits(shape)),
  rowReads: (matrix) => {
    let before = 0;
    const rows = nonZeroColumns(matrix);
    const all = rows.flat().length;
    return rows.map(({ length }) => {
      before += length;
      // The first entry of a later row says that this one is over.
      const reads = Math.min(all, before + 1);
      return { cycles: reads, metadataReads: 2 * reads, payloadReads: valueReads(matrix, length) };
    });
  },
};
