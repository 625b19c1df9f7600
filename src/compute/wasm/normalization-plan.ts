import type { Normalization } from "../../model/network/index.ts";
import type { Trained } from "./memory-layout.ts";

export interface NormalizationPlan {
  readonly definition: Normalization;
  /** Shape [tile][width]. */
  readonly scale: Trained;
  /** Running statistics: [tile][width]. */
  readonly mean: number;
  readonly variance: number;
  /** Before normalization: [tile][row][width]. */
  readonly currents: number;
  /** Sums over the steps of a sample: [tile][sample][width]. */
  readonly sums: number;
  /** What the rows of this batch are normalized with, and freed of on the way back: [tile][width] each. */
  readonly used: Readonly<Record<"mean" | "inverse" | "factor" | "shift" | "slope", number>>;
}

export function planNormalization(
  definition: Normalization,
  scale: Trained,
  take: Readonly<Record<"row" | "sample" | "tile", () => number>>,
): NormalizationPlan {
  return {
    definition,
    scale,
    mean: take.tile(),
    variance: take.tile(),
    currents: take.row(),
    sums: take.sample(),
    used: { mean: take.tile(), inverse: take.tile(), factor: take.tile(), shift: take.tile(), slope: take.tile() },
  };
}
