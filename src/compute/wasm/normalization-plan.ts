import type { Normalization } from "../../model/network/index.ts";
import type { Trained } from "./memory-layout.ts";

export interface NormalizationPlan {
  readonly definition: Normalization;
  /** Shape [tile][width]. */
  readonly scale: Trained;
  /** Running statistics: [tile][width]. */
  readonly mean: number;
  readonly variance: number;
  /** Before normalization, as neurons lie: [tile][row][width]. */
  readonly currents: number;
  /** Sums over the steps of a sample, as channels lie: [tile][sample][width], or [sample][place of a pixel]. */
  readonly sums: number;
  /** Of dLoss/dCurrent after normalization, alike. */
  readonly shiftSums: number;
  /** What the rows of this batch are normalized with, and freed of on the way back, as channels lie. */
  readonly used: Readonly<Record<"mean" | "inverse" | "factor" | "shift" | "slope", number>>;
}

/** Takes memory for an array of a layer: as its rows lie, and as its channels do, for each sample or once. */
export interface NormalizationMemory {
  readonly row: () => number;
  readonly sample: () => number;
  readonly channels: () => number;
  /** Where the adjoint leaves its sums already, if anywhere. */
  readonly shiftSums: number | undefined;
}

export function planNormalization(
  definition: Normalization,
  scale: Trained,
  take: NormalizationMemory,
): NormalizationPlan {
  return {
    definition,
    scale,
    mean: take.channels(),
    variance: take.channels(),
    currents: take.row(),
    sums: take.sample(),
    shiftSums: take.shiftSums ?? take.sample(),
    used: {
      mean: take.channels(),
      inverse: take.channels(),
      factor: take.channels(),
      shift: take.channels(),
      slope: take.channels(),
    },
  };
}
