import type { PruningStructure } from "../structure.ts";

/** In every run of m weights of a row the same number stays: 2:4 is m = 4 at sparsity 0.5. */
export const nOfM: PruningStructure = {
  name: "n-of-m",
  title: "the same number of weights out of every m of a row",
  unitsOf: ({ values, columns }, size) => {
    const perRow = Math.ceil(columns / size);
    return {
      unitOf: Uint32Array.from(values, (_, i) => i),
      unitCount: values.length,
      groupOf: Uint32Array.from(values, (_, i) => Math.floor(i / columns) * perRow + Math.floor((i % columns) / size)),
    };
  },
};
