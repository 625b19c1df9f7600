import { unitsBy, type PruningStructure } from "../structure.ts";

/** All weights out of an input, or out of an input channel: a spike there costs nothing any more. */
export const input: PruningStructure = {
  name: "input",
  title: "whole rows: all weights out of an input, or out of an input channel",
  unitsOf: (part) => {
    const channels = part.values.length / part.columns / part.positions;
    return unitsBy(part, channels, (row) => row % channels);
  },
};
