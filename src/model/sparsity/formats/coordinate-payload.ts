import { unsignedBits } from "../../../base/index.ts";
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

/**
 * Column and value of each non-zero element, row after row, and how many each row has. The counts are what accelerator models leave
 * to the level above; without them nobody could tell where a row ends.
 */
export const coordinatePayload: StorageFormat = {
  name: "coordinate payload",
  title: "a count per row, column and value of each non-zero element (CP)",
  encode: (matrix) => {
    const rows = nonZeroColumns(matrix);
    const counts = rows.map((row) => row.length);
    return {
      memories: [
        { name: "counts", role: "metadata", width: unsignedBits(matrix.columns), words: counts },
        { name: "columns", role: "metadata", width: indexBits(matrix.columns), words: rows.flat() },
        payload(matrix, nonZeros(matrix.values)),
      ],
    };
  },
  decode: (stored, shape) =>
    filled(shape, (values) => {
      const columns = wordsOf(stored, "columns");
      const found = wordsOf(stored, "values");
      let k = 0;
      wordsOf(stored, "counts").forEach((count, row) => {
        for (const end = k + count; k < end; k++) {
          values[row * shape.columns + (columns[k] ?? 0)] = shape.bits === 1 ? 1 : (found[k] ?? 0);
        }
      });
    }),
  expectedBits: (shape, density) =>
    shape.rows * unsignedBits(shape.columns) +
    density * shape.rows * shape.columns * (indexBits(shape.columns) + valueBits(shape)),
  rowReads: (matrix) =>
    nonZeroColumns(matrix).map(({ length }, row) => {
      // The counts of all rows before say where this one begins.
      const reads = row + 1 + length;
      return { cycles: reads, metadataReads: reads, payloadReads: valueReads(matrix, length) };
    }),
};
