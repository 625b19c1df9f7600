export type { PruningContext, PruningMethod } from "./method.ts";
export { pruningMethods, type PruningMethodName } from "./methods/index.ts";
export { maskedShare, partName, prunableParts, zeroMasks, type Masks, type PrunablePart } from "./part.ts";
export { gradualMagnitude, pruneParts, type PruningSpec } from "./prune.ts";
export { regrowParts } from "./regrow.ts";
export { pruningCurves, scheduledSparsity, type PruningCurve, type PruningSchedule } from "./schedule.ts";
export { pruningStructures, type PruningStructureName } from "./structures/index.ts";
