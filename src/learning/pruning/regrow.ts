// Dynamic sparse training: the smallest of the kept weights make room for pruned ones where the gradient asks for them.

import { gradientOf, type PruningContext } from "./method.ts";
import { ascending, maskOf, scoreUnits, type PruningSpec } from "./prune.ts";
import type { Masks, PrunablePart } from "./part.ts";

export interface Regrowth {
  readonly masks: Masks;
  /** Units that were exchanged, all parts together. */
  readonly exchanged: number;
}

/**
 * Exchange units: as many of the smallest kept ones go as pruned ones with the largest gradient come. Sparsity stays the same.
 *
 * @param progress  Share of the epochs that are over: the exchange falls with a cosine.
 * @source U. Evci et al., Rigging the Lottery, ICML 2020, section 3, arXiv:1911.11134
 */
export function regrowParts(
  parts: readonly PrunablePart[],
  masks: Masks,
  spec: Pick<PruningSpec, "structure" | "blockSize" | "regrow">,
  progress: number,
  context: PruningContext,
): Regrowth {
  const share = (spec.regrow / 2) * (1 + Math.cos(Math.PI * Math.min(1, progress)));
  const sizes = parts.map(({ values }) => Float64Array.from(values, (w) => w * w));
  const pulls = parts.map((part) => {
    const slopes = context.gradients.map((batch) => gradientOf(part, batch));
    return Float64Array.from(part.values, (_, i) => slopes.reduce((sum, slope) => sum + (slope[i] ?? 0), 0) ** 2);
  });
  const bySize = scoreUnits(parts, sizes, spec);
  const byPull = scoreUnits(parts, pulls, spec);
  let exchanged = 0;
  const next: Record<string, Uint8Array> = { ...masks };
  bySize.forEach(({ part, units, scores }, p) => {
    const mask = masks[part.name];
    if (mask === undefined || units.groupOf !== undefined) return;
    const isKept = new Uint8Array(units.unitCount);
    units.unitOf.forEach((unit, i) => (isKept[unit] = mask[i] ?? 1));
    const kept = ascending(scores).filter((unit) => isKept[unit] === 1);
    const pruned = ascending(byPull[p]?.scores ?? [])
      .filter((unit) => isKept[unit] === 0)
      .reverse();
    const count = Math.min(Math.floor(share * kept.length), pruned.length);
    const isPruned = isKept.map((one) => 1 - one);
    for (let k = 0; k < count; k++) {
      isPruned[kept[k] ?? 0] = 1;
      isPruned[pruned[k] ?? 0] = 0;
    }
    exchanged += count;
    next[part.name] = maskOf(units, isPruned);
  });
  return { masks: next, exchanged };
}
