import { logicalMask, maskWords } from "./mask.ts";
import { indexBits, nonZeroColumns, nonZeros, payload, pointers, valueReads, type StorageFormat } from "./format.ts";

/** A bitmap with the place where each row's values begin: a group of P bits opens up to P packed values in one cycle. */
export const bitmapPacked: StorageFormat = {
  name: "bitmap-packed",
  title: "one bit per element, packed non-zero values, a pointer per row",
  encode: (matrix, lanes) => ({
    memories: [
      pointers(nonZeroColumns(matrix).map((row) => row.length)),
      maskWords(matrix, lanes),
      payload(matrix, nonZeros(matrix.values)),
    ],
  }),
  decode: logicalMask,
  expectedBits: ({ rows, columns, bits }, density) => {
    const found = density * rows * columns;
    return (rows + 1) * indexBits(found + 1) + rows * columns + (bits === 1 ? 0 : found * bits);
  },
  rowReads: (matrix, lanes) => {
    const reads = 1 + Math.ceil(matrix.columns / lanes);
    return nonZeroColumns(matrix).map((found) => ({
      cycles: reads,
      metadataReads: reads,
      payloadReads: valueReads(matrix, found.length),
    }));
  },
};
