import { unsignedBits } from "../../../base/index.ts";
import {
  indexBits,
  nonZeroColumns,
  nonZeros,
  payload,
  restored,
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
  decode: (stored, shape) => {
    const columns = wordsOf(stored, "columns");
    let k = 0;
    const positions = wordsOf(stored, "counts").flatMap((count, row) =>
      Array.from({ length: count }, () => row * shape.columns + (columns[k++] ?? 0)),
    );
    return restored(stored, shape, positions);
  },
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
