import { unitsBy, type PruningStructure } from "../structure.ts";

/** The K × K weights from one input channel to one output channel; single weights in dense layers. */
export const kernel: PruningStructure = {
  name: "kernel",
  title: "whole kernels of a convolution; single weights in dense layers",
  unitsOf: (part) => {
    const channels = part.values.length / part.columns / part.positions;
    return unitsBy(part, channels * part.columns, (row, column) => (row % channels) * part.columns + column);
  },
};
