import { compressedRows } from "./compressed-rows.ts";
import { nonZeroColumns, valueReads, type IntegerMatrix, type StorageFormat } from "./format.ts";

/** Compressed rows of the transposed matrix: the wrong order for a spike, which needs all weights out of one input. */
export const compressedColumns: StorageFormat = {
  name: "compressed columns",
  title: "a pointer per neuron, input and value of each non-zero element (CSC)",
  encode: (matrix, lanes) => compressedRows.encode(transpose(matrix), lanes),
  decode: (stored, shape, lanes) => {
    const turned = { rows: shape.columns, columns: shape.rows, bits: shape.bits };
    return Array.from(transpose({ ...turned, values: compressedRows.decode(stored, turned, lanes) }).values);
  },
  expectedBits: (shape, density, lanes) =>
    compressedRows.expectedBits({ ...shape, rows: shape.columns, columns: shape.rows }, density, lanes),
  rowReads: (matrix) => {
    const rows = nonZeroColumns(matrix);
    // Every column is walked through, looking for this input.
    const reads = matrix.columns + 1 + rows.flat().length;
    return rows.map(({ length }) => ({
      cycles: reads,
      metadataReads: reads,
      payloadReads: valueReads(matrix, length),
    }));
  },
};

// ---------------------------------------------------------------------------------------------------------------------

function transpose({ rows, columns, bits, values }: IntegerMatrix): IntegerMatrix {
  const turned = Array.from(
    { length: rows * columns },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0,
  );
  return { rows: columns, columns: rows, bits, values: turned };
}
