import type { RandomStream } from "../../base/index.ts";
import type { SpikeTrain } from "../tensor/index.ts";
import type { EventBinning } from "./events.ts";
import type { Complete, FieldsOf } from "./field.ts";

/** Where one sample of values comes from, and where its spikes go. */
export interface CodingTask {
  /** How the features lie, such as [height, width]. */
  readonly shape: readonly number[];
  /** Written: row (step, sample). */
  readonly spikes: SpikeTrain;
  readonly sample: number;
  /** The sample's own stream, whoever else is in the batch. */
  readonly random: RandomStream;
}

/** What an encoding is. At least one of `encodeSample`, `isDirect` and `binning` is given: what it takes in. */
export interface Coding<E extends { readonly kind: string }> {
  readonly kind: E["kind"];
  /** One sentence for tables. */
  readonly summary: string;
  readonly fields: FieldsOf<E>;
  /** Inputs that a sample of this shape becomes; one per feature unless given. */
  readonly inputCount?: (encoding: Complete<E>, shape: readonly number[]) => number;
  /** Write the spikes of one sample. @param values 0…1, shape [feature]. */
  readonly encodeSample?: (encoding: Complete<E>, values: Float32Array, task: CodingTask) => void;
  /** Values enter as currents, the same in every step. */
  readonly isDirect?: true;
  /** How event recordings are cut into steps. */
  readonly binning?: (encoding: Complete<E>) => EventBinning;
}

/** Round half to even, as the frameworks do. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** Feature numbers from the largest value to the smallest, the lower number first on a tie. */
export function rankFeatures(values: Float32Array, isKept: (value: number) => boolean): number[] {
  return Array.from(values.keys())
    .filter((i) => isKept(values[i] ?? 0))
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
}
