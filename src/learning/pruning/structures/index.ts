import type { PruningStructure } from "../structure.ts";
import { block } from "./block.ts";
import { input } from "./input.ts";
import { kernel } from "./kernel.ts";
import { nOfM } from "./n-of-m.ts";
import { neuron } from "./neuron.ts";

export type PruningStructureName = "block" | "n-of-m" | "neuron" | "input" | "kernel";

/** Every structure, by the name that configurations use. */
export const pruningStructures: Readonly<Record<PruningStructureName, PruningStructure>> = {
  block,
  "n-of-m": nOfM,
  neuron,
  input,
  kernel,
};
