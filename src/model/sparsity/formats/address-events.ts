import { unsignedBits } from "../../../base/index.ts";
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
  decode: (stored, shape) => restored(stored, shape, wordsOf(stored, "addresses")),
  expectedBits: (shape, density) => {
    const size = shape.rows * shape.columns;
    return unsignedBits(size) + density * size * (indexBits(size) + valueBits(shape));
  },
  rowReads: (matrix) => scannedReads(matrix, { lead: 1, words: 1 }),
};
