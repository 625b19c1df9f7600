import { filled, type MatrixShape, type StorageFormat } from "./format.ts";
import {
  bestOf,
  entriesUpTo,
  entryBits,
  expectedEntries,
  runBitChoices,
  runMemories,
  runsIn,
  runsOf,
  unrun,
} from "./runs.ts";

/** Run lengths with as many bits as suit the matrix. */
export const relativeIndex: StorageFormat = {
  name: "relative index",
  title: "zeros before each value in the best number of bits, read from the start",
  encode: (matrix) => {
    const runBits = bestRunBits(matrix.values, matrix);
    return { memories: runMemories(runsOf(matrix.values, runBits), matrix, runBits), parameter: runBits };
  },
  decode: (stored, shape) => filled(shape, (values) => unrun(runsIn(stored), values, 0)),
  expectedBits: (shape, density) =>
    Math.min(
      ...runBitChoices.map((r) => shape.rows * shape.columns * expectedEntries(density, r) * entryBits(shape, r)),
    ),
  rowReads: (matrix) =>
    entriesUpTo(matrix, bestRunBits(matrix.values, matrix)).map((reads) => ({
      cycles: reads,
      metadataReads: reads,
      payloadReads: reads,
    })),
};

// ---------------------------------------------------------------------------------------------------------------------

function bestRunBits(values: ArrayLike<number>, shape: MatrixShape): number {
  return bestOf(runBitChoices, (r) => runsOf(values, r).runs.length * entryBits(shape, r));
}
