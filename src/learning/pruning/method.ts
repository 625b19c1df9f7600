import type { LayerArrays } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";
import type { PrunablePart } from "./part.ts";

/** What a method may look at beside the weights. */
export interface PruningContext {
  readonly network: Network;
  /** Gradients of the loss on a few batches, one entry per batch; only for methods that ask for them. */
  readonly gradients: readonly (readonly LayerArrays[])[];
  /** What the method gathered from every update so far, by the name of the part; empty before the first. */
  readonly gathered: Readonly<Record<string, Float32Array>>;
  readonly seed: number;
}

/** A way to tell which weights matter. */
export interface PruningMethod {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly needsGradients: boolean;
  /** Prunes an untrained network, once, before it learns. */
  readonly atInitialization: boolean;
  /** Rounds of scoring and pruning in which the share is approached; 1 scores once. */
  readonly rounds: number;
  /**
   * Add to `sums` what one update tells, before it is made. A method that gathers may bring weights back, and they keep their value
   * meanwhile. All arrays have the shape of a part.
   */
  readonly gather?: (sums: Float32Array, weights: Float32Array, gradient: Float32Array) => void;
  /** Importance of every weight, one array per part, the shape of the part: the lowest goes first. */
  readonly score: (parts: readonly PrunablePart[], context: PruningContext) => Float64Array[];
}

/** The gradient of a part in one batch. */
export function gradientOf(part: PrunablePart, gradients: readonly LayerArrays[]): Float32Array {
  return gradients[part.layer]?.[part.key] ?? new Float32Array(part.values.length);
}
