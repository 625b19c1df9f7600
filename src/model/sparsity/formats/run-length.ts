import { filled, type StorageFormat } from "./format.ts";
import { entriesUpTo, entryBits, expectedEntries, runMemories, runsIn, runsOf, unrun } from "./runs.ts";

const runBits = 4;

/** Zeros before each value in four bits, over the whole matrix; only readable from the start. */
export const runLength: StorageFormat = {
  name: "run length",
  title: "zeros before each value in 4 bits, read from the start (RLE)",
  encode: (matrix) => ({ memories: runMemories(runsOf(matrix.values, runBits), matrix, runBits) }),
  decode: (stored, shape) => filled(shape, (values) => unrun(runsIn(stored), values, 0)),
  expectedBits: (shape, density) =>
    shape.rows * shape.columns * expectedEntries(density, runBits) * entryBits(shape, runBits),
  rowReads: (matrix) =>
    entriesUpTo(matrix, runBits).map((reads) => ({ cycles: reads, metadataReads: reads, payloadReads: reads })),
};
