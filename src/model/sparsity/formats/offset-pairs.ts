import { unsignedBits } from "../../../base/index.ts";
import { filled, indexBits, offsetsOf, pointers, wordsOf, type IntegerMatrix, type StorageFormat } from "./format.ts";
import {
  bestOf,
  entryBits,
  expectedEntries,
  runBitChoices,
  runMemories,
  runsIn,
  runsOf,
  unrun,
  type Runs,
} from "./runs.ts";

/** Row pointers above run lengths that begin anew in every row: a row is a pair of offsets. */
export const offsetPairs: StorageFormat = {
  name: "offset pairs",
  title: "a pointer per row above run lengths in the best number of bits (UOP)",
  encode: (matrix) => {
    const runBits = bestRunBits(matrix);
    const rows = rowRuns(matrix, runBits);
    const all = { runs: rows.flatMap(({ runs }) => runs), values: rows.flatMap(({ values }) => values) };
    return {
      memories: [pointers(rows.map(({ runs }) => runs.length)), ...runMemories(all, matrix, runBits)],
      parameter: runBits,
    };
  },
  decode: (stored, shape) =>
    filled(shape, (values) => {
      const offsets = wordsOf(stored, "pointers");
      const { runs, values: kept } = runsIn(stored);
      for (let row = 0; row < shape.rows; row++) {
        const [from, to] = [offsets[row] ?? 0, offsets[row + 1] ?? 0];
        unrun({ runs: runs.slice(from, to), values: kept.slice(from, to) }, values, row * shape.columns);
      }
    }),
  expectedBits: (shape, density) =>
    Math.min(
      ...runBitChoices.map((r) => {
        const entries = shape.rows * shape.columns * expectedEntries(density, r);
        return entries * entryBits(shape, r) + (shape.rows + 1) * indexBits(entries + 1);
      }),
    ),
  rowReads: (matrix) =>
    rowRuns(matrix, bestRunBits(matrix)).map(({ runs }) => ({
      cycles: 2 + runs.length,
      metadataReads: 2 + runs.length,
      payloadReads: runs.length,
    })),
};

// ---------------------------------------------------------------------------------------------------------------------

function rowRuns({ rows, columns, values }: IntegerMatrix, runBits: number): Runs[] {
  return Array.from({ length: rows }, (_, row) =>
    runsOf(
      Array.from({ length: columns }, (__, column) => values[row * columns + column] ?? 0),
      runBits,
    ),
  );
}

function bestRunBits(matrix: IntegerMatrix): number {
  return bestOf(runBitChoices, (r) => {
    const offsets = offsetsOf(rowRuns(matrix, r).map(({ runs }) => runs.length));
    const entries = offsets.at(-1) ?? 0;
    return entries * entryBits(matrix, r) + offsets.length * unsignedBits(entries);
  });
}
