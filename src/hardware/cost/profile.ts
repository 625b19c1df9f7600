import { quantity, type Quantity } from "../../base/index.ts";
import { floatProfile } from "./profiles/float-45nm.ts";
import { integerProfile } from "./profiles/integer-45nm.ts";
import { loihiProfile } from "./profiles/loihi.ts";

/** What a profile can price. */
export type CostKey =
  | "add"
  | "multiply"
  | "memory-bit"
  | "synaptic-operation"
  | "multiply-accumulate"
  | "membrane-update";

/** The published energy of one kind of event. */
export interface OperationCost {
  readonly key: CostKey;
  /**
   * Energy in joules by size, linear in between; beyond the last point the last slope goes on. One point is a constant. Size is
   * the bits of a sum (add), the product of both widths (multiply), or the bits of the whole memory (memory-bit).
   */
  readonly points: readonly { readonly size: number; readonly energy: number }[];
  /** What is included: this event alone, or its share of everything else too. */
  readonly scope: "marginal" | "all-in";
  /** How strong the evidence is. */
  readonly grade: "silicon" | "post-layout" | "pre-silicon" | "model" | "vendor";
  /** The smallest published value in joules, when the source gives a range. */
  readonly low?: number;
  readonly source: string;
}

/** Energy per basic event under one set of published constants. Plain data: counts are physics, this is opinion. */
export interface CostProfile {
  readonly name: string;
  readonly title: string;
  readonly nodeNanometers: number;
  readonly volts: number;
  /** What the constants are and how strong their evidence is. */
  readonly evidence: string;
  readonly source: string;
  /** An event whose key is missing has no price here and makes no line. */
  readonly operations: readonly OperationCost[];
}

/** All profiles; the first is the one of the headline. No figure is printed without the name of its profile. */
export const profiles: readonly CostProfile[] = [integerProfile, floatProfile, loihiProfile];

/** The price of one event, in joules; undefined when the profile does not know it. */
export function unitEnergy(profile: CostProfile, key: CostKey, size = 0): Quantity | undefined {
  const operation = profile.operations.find((o) => o.key === key);
  if (operation === undefined) return undefined;
  const value = interpolate(operation.points, size);
  const band = operation.low === undefined ? undefined : { low: operation.low, high: value };
  return quantity(value, "J", "estimated", operation.source, band);
}

// ---------------------------------------------------------------------------------------------------------------------

function interpolate(points: OperationCost["points"], size: number): number {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (a === undefined || b === undefined) break;
    if (size <= b.size || i === points.length - 1) {
      return a.energy + ((size - a.size) * (b.energy - a.energy)) / (b.size - a.size);
    }
  }
  return points[0]?.energy ?? 0;
}
