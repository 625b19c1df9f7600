import {
  filled,
  nonZeroColumns,
  nonZeros,
  payload,
  valueBits,
  valueReads,
  wordsOf,
  type IntegerMatrix,
  type StorageFormat,
} from "./format.ts";
import { bestOf } from "./runs.ts";

/** Elements of a group that may be chosen. */
const groupSizes = [2, 4, 8, 16, 32, 64] as const;

/** One bit per group of elements, a bit per element of the groups that hold anything, and the non-zero values. */
export const twoLevelBitmap: StorageFormat = {
  name: "two-level bitmap",
  title: "one bit per group, one per element of the groups that hold anything, the non-zero values",
  encode: (matrix) => {
    const size = bestGroup(matrix);
    const groups = groupsOf(matrix, size);
    const used = groups.filter((group) => group.some((value) => value !== 0));
    return {
      memories: [
        { name: "groups", role: "metadata", width: 1, words: groups.map((g) => (g.some((v) => v !== 0) ? 1 : 0)) },
        { name: "mask", role: "metadata", width: 1, words: used.flat().map((value) => (value === 0 ? 0 : 1)) },
        payload(matrix, nonZeros(matrix.values)),
      ],
      parameter: size,
    };
  },
  decode: (stored, shape) =>
    filled(shape, (values) => {
      const size = stored.parameter ?? 1;
      const mask = wordsOf(stored, "mask");
      const kept = wordsOf(stored, "values");
      let bit = 0;
      let next = 0;
      wordsOf(stored, "groups").forEach((isUsed, group) => {
        if (isUsed === 0) return;
        for (let i = group * size; i < Math.min(values.length, (group + 1) * size); i++) {
          if (mask[bit++] === 1) values[i] = shape.bits === 1 ? 1 : (kept[next++] ?? 0);
        }
      });
    }),
  expectedBits: (shape, density) => {
    const size = shape.rows * shape.columns;
    const bitsOf = (group: number): number =>
      Math.ceil(size / group) + size * (1 - (1 - density) ** group) + density * size * valueBits(shape);
    return Math.min(...groupSizes.map(bitsOf));
  },
  rowReads: (matrix, lanes) => {
    const size = bestGroup(matrix);
    const isUsed = groupsOf(matrix, size).map((group) => group.some((value) => value !== 0));
    return nonZeroColumns(matrix).map(({ length }, row) => {
      const groups = isUsed.slice(0, Math.ceil(((row + 1) * matrix.columns) / size));
      const reads = Math.ceil(groups.length / lanes) + Math.ceil((groups.filter(Boolean).length * size) / lanes);
      return { cycles: reads, metadataReads: reads, payloadReads: valueReads(matrix, length) };
    });
  },
};

// ---------------------------------------------------------------------------------------------------------------------

/** Runs of `size` elements of the whole matrix; the last may be shorter. */
function groupsOf({ values }: IntegerMatrix, size: number): number[][] {
  const all = Array.from(values);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, g) => all.slice(g * size, (g + 1) * size));
}

function bestGroup(matrix: IntegerMatrix): number {
  return bestOf(groupSizes, (size) => {
    const groups = groupsOf(matrix, size);
    return groups.length + groups.filter((g) => g.some((v) => v !== 0)).reduce((sum, g) => sum + g.length, 0);
  });
}
