import { filled, wordsOf, type IntegerMatrix, type StorageFormat } from "./format.ts";

/** One bit for each group of P neighbors, then the groups that are not all zero, whole: what P lanes take at once. */
export const blockMasks: StorageFormat = {
  name: "block masks",
  title: "one bit per group of P neighbors, and the groups that hold anything",
  encode: (matrix, lanes) => {
    const groups = groupsOf(matrix, lanes);
    return {
      memories: [
        { name: "mask", role: "metadata", width: 1, words: groups.map((g) => (g.some((v) => v !== 0) ? 1 : 0)) },
        {
          name: "values",
          role: "payload",
          width: matrix.bits,
          words: groups.filter((group) => group.some((value) => value !== 0)).flat(),
          pack: { count: lanes, rowLength: lanes },
        },
      ],
    };
  },
  decode: (stored, shape, lanes) =>
    filled(shape, (values) => {
      const perRow = Math.ceil(shape.columns / lanes);
      const kept = wordsOf(stored, "values");
      let next = 0;
      wordsOf(stored, "mask").forEach((bit, group) => {
        if (bit === 0) return;
        const [row, start] = [Math.floor(group / perRow), (group % perRow) * lanes];
        for (let lane = 0; lane < lanes; lane++, next++) {
          if (start + lane < shape.columns) values[row * shape.columns + start + lane] = kept[next] ?? 0;
        }
      });
    }),
  expectedBits: ({ rows, columns, bits }, density, lanes) => {
    const groups = rows * Math.ceil(columns / lanes);
    return groups * (1 + (1 - (1 - density) ** lanes) * lanes * bits);
  },
  rowReads: (matrix, lanes) => {
    const perRow = Math.ceil(matrix.columns / lanes);
    const groups = groupsOf(matrix, lanes);
    return Array.from({ length: matrix.rows }, (_, row) => {
      const own = groups.slice(row * perRow, (row + 1) * perRow);
      const kept = own.filter((group) => group.some((value) => value !== 0)).length;
      // The bits of all rows before say where the groups of this one begin.
      const maskReads = Math.ceil(((row + 1) * perRow) / lanes);
      return { cycles: maskReads + kept, metadataReads: maskReads, payloadReads: kept };
    });
  },
};

// ---------------------------------------------------------------------------------------------------------------------

/** Groups of P neighbors of every row; the last one is filled up with zeros. */
function groupsOf({ rows, columns, values }: IntegerMatrix, lanes: number): number[][] {
  const perRow = Math.ceil(columns / lanes);
  return Array.from({ length: rows * perRow }, (_, group) => {
    const row = Math.floor(group / perRow);
    const start = (group % perRow) * lanes;
    return Array.from({ length: lanes }, (__, lane) =>
      start + lane < columns ? (values[row * columns + start + lane] ?? 0) : 0,
    );
  });
}
