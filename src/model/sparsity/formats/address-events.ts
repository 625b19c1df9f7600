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

/** How many, then the address of each non-zero element in the whole matrix; for spikes the classic list of events. */
export const addressEvents: StorageFormat = {
  name: "address events",
  title: "a count and the address of each non-zero element (AER)",
  encode: (matrix) => {
    const found = nonZeros(matrix.values);
    const size = matrix.rows * matrix.columns;
    return {
      memories: [
        { name: "count", role: "metadata", width: unsignedBits(size), words: [found.length] },
        { name: "addresses", role: "metadata", width: indexBits(size), words: found },
        payload(matrix, found),
      ],
    };
  },
  decode: (stored, shape) =>
    filled(shape, (values) => {
      const found = wordsOf(stored, "values");
      wordsOf(stored, "addresses").forEach((at, k) => (values[at] = shape.bits === 1 ? 1 : (found[k] ?? 0)));
    }),
  expectedBits: (shape, density) => {
    const size = shape.rows * shape.columns;
    return unsignedBits(size) + density * size * (indexBits(size) + valueBits(shape));
  },
  rowReads: (matrix) => {
    let before = 0;
    const rows = nonZeroColumns(matrix);
    const all = rows.flat().length;
    return rows.map(({ length }) => {
      before += length;
      const reads = 1 + Math.min(all, before + 1);
      return { cycles: reads, metadataReads: reads, payloadReads: valueReads(matrix, length) };
    });
  },
};
