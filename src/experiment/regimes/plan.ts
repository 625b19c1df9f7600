// Four ways to compress one trained network: quantize only, prune only (at 8 bits), both at once, and prune, then quantize. All spend
// the same number of epochs, as in C. Schaefer et al., 2023, arXiv:2302.04174, where the last one begins to quantize halfway.

import type { Config } from "../config.ts";

export type RegimeName = "float" | "quantize" | "prune" | "joint" | "cumulative";

/** What a point asks for; zero sparsity is quantization only. */
export interface RegimeChoice {
  readonly regime: RegimeName;
  readonly weightBits: number | undefined;
  readonly sparsity: number;
}

/** One fine-tuning after another. */
export interface RegimePhase {
  readonly epochs: number;
  readonly weightBits: number | undefined;
  readonly sparsity: number;
  /** What an earlier phase pruned stays pruned. */
  readonly keepZeros: boolean;
}

/** Bits of networks that are only pruned. */
const prunedBits = 8;

/** The points of the four regimes over the bits and sparsities that a document explores. */
export function regimePlan(config: Config): readonly RegimeChoice[] {
  const { weightBits, sparsity } = config.explore;
  const shares = sparsity.filter((share) => share > 0);
  const low = weightBits.filter((bits) => bits !== prunedBits);
  const pairs = low.flatMap((bits) => shares.map((share) => ({ weightBits: bits, sparsity: share })));
  return [
    ...weightBits.map((bits) => ({ regime: "quantize", weightBits: bits, sparsity: 0 }) as const),
    ...shares.map((share) => ({ regime: "prune", weightBits: prunedBits, sparsity: share }) as const),
    ...pairs.map((pair) => ({ regime: "joint", ...pair }) as const),
    ...pairs.map((pair) => ({ regime: "cumulative", ...pair }) as const),
  ];
}

/** How a point spends its epochs: `cumulative` half of them for each of its two steps, at least one. */
export function phasesOf({ regime, weightBits, sparsity }: RegimeChoice, epochs: number): readonly RegimePhase[] {
  if (regime === "float") return [];
  if (regime !== "cumulative") return [{ epochs, weightBits, sparsity, keepZeros: false }];
  const first = Math.max(1, Math.floor(epochs / 2));
  return [
    { epochs: first, weightBits: undefined, sparsity, keepZeros: false },
    { epochs: Math.max(1, epochs - first), weightBits, sparsity: 0, keepZeros: true },
  ];
}
