import { unitsBy, type PruningStructure } from "../structure.ts";

/** Runs of neighbors in a row: a hardware of P lanes skips whole groups of P only. Blocks of 1 are single weights. */
export const block: PruningStructure = {
  name: "block",
  title: "neighboring neurons of a row, as many as the hardware has lanes; 1 is single weights",
  unitsOf: (part, size) => {
    const perRow = Math.ceil(part.columns / size);
    const rows = part.values.length / part.columns;
    return unitsBy(part, rows * perRow, (row, column) => row * perRow + Math.floor(column / size));
  },
};
