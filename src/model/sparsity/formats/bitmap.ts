import { logicalMask, maskWords } from "./mask.ts";
import { nonZeroColumns, nonZeros, payload, valueReads, type StorageFormat } from "./format.ts";

/** One bit per element, then the non-zero values; where a row's values begin, only counting the bits before tells. */
export const bitmap: StorageFormat = {
  name: "bitmap",
  title: "one bit per element and the non-zero values, read from the start",
  encode: (matrix, lanes) => ({
    memories: [maskWords(matrix, lanes), payload(matrix, nonZeros(matrix.values))],
  }),
  decode: logicalMask,
  expectedBits: ({ rows, columns, bits }, density) => rows * columns * (1 + (bits === 1 ? 0 : density * bits)),
  rowReads: (matrix, lanes) => {
    const perRow = Math.ceil(matrix.columns / lanes);
    return nonZeroColumns(matrix).map((found, row) => {
      const maskReads = (row + 1) * perRow;
      return { cycles: maskReads, metadataReads: maskReads, payloadReads: valueReads(matrix, found.length) };
    });
  },
};
