// Pruning as a document names it; names and defaults are those of the pruning itself.

import { z } from "zod";
import {
  gradualMagnitude,
  pruningCurves,
  pruningMethods,
  pruningStructures,
  type PruningCurve,
  type PruningMethodName,
  type PruningSpec,
  type PruningStructureName,
} from "../learning/index.ts";

export interface PruningChoice {
  readonly method: PruningMethodName;
  readonly structure: PruningStructureName;
  /** Whether layers compete for what is left. */
  readonly scope: "layer" | "global";
  /** How sparsity grows between `start` and `end`, shares of the epochs. */
  readonly curve: PruningCurve;
  readonly start: number;
  readonly end: number;
  /** Share of the kept weights that is exchanged for pruned ones per epoch at first. */
  readonly regrow: number;
}

const share = z.number().min(0).max(1);
const { method, structure, scope, schedule, regrow } = gradualMagnitude;

export const pruningSchema: z.ZodType<PruningChoice> = z.strictObject({
  method: z.enum(namesOf(pruningMethods)).default(method),
  structure: z.enum(namesOf(pruningStructures)).default(structure),
  scope: z.enum(["layer", "global"]).default(scope),
  curve: z.enum(pruningCurves).default(schedule.kind),
  start: share.default(schedule.start),
  end: share.default(schedule.end),
  regrow: share.default(regrow),
});

/** The pruning of a document as the trainer takes it. */
export function pruningOf(tuning: { readonly pruneBlock: number; readonly pruning: PruningChoice }): PruningSpec {
  const { curve, start, end, ...rest } = tuning.pruning;
  return { ...rest, blockSize: tuning.pruneBlock, schedule: { kind: curve, start, end } };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The names of a list, as a schema wants them. */
function namesOf<Name extends string>(list: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(list) as Name[];
}
