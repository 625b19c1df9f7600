import { unitsBy, type PruningStructure } from "../structure.ts";

/** All weights into a neuron, or into an output channel (a filter): what is left of it can be removed from the network. */
export const neuron: PruningStructure = {
  name: "neuron",
  title: "whole neurons, or output channels of a convolution; never the classes",
  unitsOf: (part) =>
    part.isOutput || part.key === "recurrentWeights" ? undefined : unitsBy(part, part.columns, (_, column) => column),
};
