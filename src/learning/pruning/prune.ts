// Which weights stay: a method scores them, a structure ties them together, a scope says who competes with whom.

import { assertDefined } from "../../base/index.ts";
import type { PruningContext } from "./method.ts";
import { pruningMethods, type PruningMethodName } from "./methods/index.ts";
import type { Masks, PrunablePart } from "./part.ts";
import type { PruningSchedule } from "./schedule.ts";
import type { Units } from "./structure.ts";
import { pruningStructures, type PruningStructureName } from "./structures/index.ts";

export interface PruningSpec {
  readonly method: PruningMethodName;
  readonly structure: PruningStructureName;
  /** Weights of a block, or m of n:m; other structures know their size. */
  readonly blockSize: number;
  /** `layer`: every array loses the same share; `global`: all compete. */
  readonly scope: "layer" | "global";
  readonly schedule: PruningSchedule;
  /** Share of the kept weights that is exchanged for pruned ones in every epoch at first, falling to 0; 0 never. */
  readonly regrow: number;
}

/** Pruning as most do it: single small weights, layer by layer, over the first half of training. */
export const gradualMagnitude: PruningSpec = {
  method: "magnitude",
  structure: "block",
  blockSize: 1,
  scope: "layer",
  schedule: { kind: "cubic", start: 0, end: 0.5 },
  regrow: 0,
};

/** A part with its units and their scores. */
export interface ScoredPart {
  readonly part: PrunablePart;
  readonly units: Units;
  /** Mean score of a unit's weights. Shape [unit]. */
  readonly scores: Float64Array;
  /** Weights of a unit. Shape [unit]. */
  readonly sizes: Uint32Array;
}

/** Masks that remove a share of the weights; parts without units of this structure get none. */
export function pruneParts(
  parts: readonly PrunablePart[],
  spec: Pick<PruningSpec, "method" | "structure" | "blockSize" | "scope">,
  share: number,
  context: PruningContext,
): Masks {
  const method = pruningMethods[spec.method];
  let masks: Masks = {};
  for (let round = 1; round <= method.rounds; round++) {
    const masked = parts.map((part) => maskPart(part, masks[part.name]));
    const scores = method.score(masked, context);
    const scored = scoreUnits(masked, scores, spec);
    const wanted = 1 - (1 - share) ** (round / method.rounds);
    const pools = spec.scope === "global" ? [scored] : scored.map((one) => [one]);
    masks = Object.fromEntries(pools.flatMap((pool) => prunePool(pool, wanted)));
  }
  return masks;
}

/** Units of all parts that have some, with their mean scores. */
export function scoreUnits(
  parts: readonly PrunablePart[],
  scores: readonly Float64Array[],
  { structure, blockSize }: Pick<PruningSpec, "structure" | "blockSize">,
): ScoredPart[] {
  return parts.flatMap((part, p) => {
    const units = pruningStructures[structure].unitsOf(part, blockSize);
    if (units === undefined) return [];
    const sums = new Float64Array(units.unitCount);
    const sizes = new Uint32Array(units.unitCount);
    units.unitOf.forEach((unit, i) => {
      sums[unit] = (sums[unit] ?? 0) + (scores[p]?.[i] ?? 0);
      sizes[unit] = (sizes[unit] ?? 0) + 1;
    });
    return [{ part, units, sizes, scores: sums.map((sum, unit) => sum / Math.max(1, sizes[unit] ?? 1)) }];
  });
}

/** Unit numbers from the lowest score to the highest; equal ones keep their order. */
export function ascending(scores: ArrayLike<number>): Uint32Array {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i);
  return order.sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
}

/** The mask of a part from what becomes of its units. */
export function maskOf(units: Units, isPruned: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(units.unitOf, (unit) => 1 - (isPruned[unit] ?? 0));
}

// ---------------------------------------------------------------------------------------------------------------------

function maskPart(part: PrunablePart, mask: Uint8Array | undefined): PrunablePart {
  return mask === undefined ? part : { ...part, values: part.values.map((w, i) => w * (mask[i] ?? 1)) };
}

/** Remove the lowest units of a pool until a share of its weights is gone. */
function prunePool(pool: readonly ScoredPart[], share: number): [string, Uint8Array][] {
  return pool.some(({ units }) => units.groupOf !== undefined)
    ? pool.map((scored) => [scored.part.name, maskOf(scored.units, pruneGroups(scored, share))])
    : pruneTogether(pool, share);
}

function pruneTogether(pool: readonly ScoredPart[], share: number): [string, Uint8Array][] {
  const starts: number[] = [];
  let unitCount = 0;
  for (const { units } of pool) {
    starts.push(unitCount);
    unitCount += units.unitCount;
  }
  const scores = new Float64Array(unitCount);
  const sizes = new Uint32Array(unitCount);
  pool.forEach((scored, p) => {
    scores.set(scored.scores, starts[p] ?? 0);
    sizes.set(scored.sizes, starts[p] ?? 0);
  });
  const wanted = share * sizes.reduce((sum, size) => sum + size, 0);
  const isPruned = new Uint8Array(unitCount);
  let removed = 0;
  for (const unit of ascending(scores)) {
    const size = assertDefined(sizes[unit], "size");
    if (removed + size / 2 > wanted) break;
    isPruned[unit] = 1;
    removed += size;
  }
  return pool.map(({ part, units }, p) => {
    const start = starts[p] ?? 0;
    return [part.name, maskOf(units, isPruned.subarray(start, start + units.unitCount))];
  });
}

/** The same number of units out of each group. */
function pruneGroups({ units, scores }: ScoredPart, share: number): Uint8Array {
  const isPruned = new Uint8Array(units.unitCount);
  const groups = new Map<number, number[]>();
  for (const unit of ascending(scores)) {
    const group = units.groupOf?.[unit] ?? 0;
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [unit]);
    else members.push(unit);
  }
  for (const members of groups.values()) {
    for (const unit of members.slice(0, Math.round(share * members.length))) isPruned[unit] = 1;
  }
  return isPruned;
}
