// Pruning in the course of training: a few times per epoch masks are drawn anew, and between those times some methods gather what
// every update tells about a weight.

import type { LayerArrays } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";
import {
  gradualMagnitude,
  prunableParts,
  pruneParts,
  pruningMethods,
  regrowParts,
  scheduledSparsity,
  zeroMasks,
  type Masks,
  type PrunablePart,
  type PruningContext,
  type PruningSpec,
} from "../pruning/index.ts";

export interface PruningOptions {
  /** Share of weights that ends at zero. */
  readonly sparsity?: number | undefined;
  /** Which weights, and when; gradual magnitude pruning of single weights unless given. */
  readonly pruning?: PruningSpec | undefined;
  /** Weights that are zero now stay zero; not together with `sparsity`. */
  readonly keepZeros?: boolean | undefined;
}

/** Where training is: refit k of n, both counted from 0, in this epoch, counted from 1, of so many. */
export interface PruningProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly refit: number;
  readonly refits: number;
}

/** What pruning remembers; plain data for checkpoints. */
export interface PruningState {
  readonly masks: Masks;
  /** Evidence of methods that gather some, by the name of the part. */
  readonly gathered?: Readonly<Record<string, Float32Array>>;
  /** Values that pruned weights had, for methods that may bring them back. */
  readonly held?: Readonly<Record<string, Float32Array>>;
}

/** Whether something is pruned at all. */
export function prunes({ sparsity = 0 }: PruningOptions): boolean {
  return sparsity > 0;
}

/** Updates between two refits, and never more than so many refits per epoch. */
const leastInterval = 20;
const mostRefits = 10;

/** How often masks are drawn anew in an epoch of so many updates. */
export function refitsPerEpoch(options: PruningOptions, updates: number): number {
  return prunes(options) ? Math.max(1, Math.min(mostRefits, Math.floor(updates / leastInterval))) : 1;
}

/** Whether the masks may change at this refit. */
export function changesMasks(options: PruningOptions, progress: PruningProgress): boolean {
  return isPruning(options, progress) || isRegrowing(options, progress);
}

/** Whether this refit looks at gradients of its own. */
export function needsGradients(options: PruningOptions, progress: PruningProgress): boolean {
  const scores = isPruning(options, progress) && pruningMethods[pruningOf(options).method].needsGradients;
  return scores || isRegrowing(options, progress);
}

/** Whether every update of an epoch has something to tell. */
export function gathers(
  options: PruningOptions,
  { epoch, epochs }: Pick<PruningProgress, "epoch" | "epochs">,
): boolean {
  const isGathering = pruningMethods[pruningOf(options).method].gather !== undefined;
  return isGathering && isPruning(options, { epoch, epochs, refit: 0, refits: 1 });
}

/** What one update tells. */
export function gatherEvidence(
  options: PruningOptions,
  state: PruningState,
  network: Network,
  arrays: { readonly masters: readonly LayerArrays[]; readonly gradients: readonly LayerArrays[] },
): PruningState {
  const { gather } = pruningMethods[pruningOf(options).method];
  if (gather === undefined) return state;
  const gathered = prunableParts(network, arrays.masters).map(({ name, layer, key, values }) => {
    const sums = state.gathered?.[name]?.slice() ?? new Float32Array(values.length);
    gather(sums, restored(values, state, name), arrays.gradients[layer]?.[key] ?? new Float32Array(values.length));
    return [name, sums] as const;
  });
  return { ...state, gathered: Object.fromEntries(gathered) };
}

/** What pruning leaves at a refit; masters of pruned weights are set back. */
export function refitMasks(
  options: PruningOptions,
  state: PruningState,
  context: Omit<PruningContext, "gathered"> & {
    /** Weights before training began, one entry per layer. */
    readonly initial: readonly LayerArrays[];
    readonly masters: readonly LayerArrays[];
    readonly progress: PruningProgress;
  },
): PruningState {
  const { network, masters, progress, initial } = context;
  const { masks } = state;
  if (options.keepZeros === true && Object.keys(masks).length === 0) return { masks: zeroMasks(network, initial) };
  const spec = pruningOf(options);
  const parts = prunableParts(network, masters);
  // Gradients reach pruned masters, and nothing calls them back: left alone they would drift away and return as the largest.
  for (const { name, values } of parts) values.set(restored(values, state, name));
  const known = { ...context, gathered: state.gathered ?? {} };
  const share = shareOf(progress);
  const pruned = isPruning(options, progress)
    ? pruneParts(parts, spec, scheduledSparsity(spec.schedule, options.sparsity ?? 0, share), known)
    : masks;
  const next = isRegrowing(options, progress)
    ? regrowParts(parts, pruned, spec, Math.min(1, share / regrowUntil), known).masks
    : pruned;
  if (pruningMethods[spec.method].gather === undefined) return { ...state, masks: next };
  return { ...state, masks: next, held: Object.fromEntries(parts.map(({ name, values }) => [name, values.slice()])) };
}

/** Set to 0 what an optimizer remembers of weights that come back; whether there were any. Mutates the values of `parts`. */
export function clearReturned(parts: readonly PrunablePart[], before: Masks, after: Masks): boolean {
  let isChanged = false;
  for (const { name, values } of parts) {
    before[name]?.forEach((kept, i) => {
      if (kept === 1 || after[name]?.[i] === 0 || values[i] === 0) return;
      values[i] = 0;
      isChanged = true;
    });
  }
  return isChanged;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Share of the epochs during which weights are still exchanged. */
const regrowUntil = 0.75;

/** Share of the epochs that are over at the next refit, and at this one. */
const shareOf = ({ epoch, epochs, refit, refits }: PruningProgress): number =>
  (epoch - 1 + (refit + 1) / refits) / epochs;
const startOf = ({ epoch, epochs, refit, refits }: PruningProgress): number => (epoch - 1 + refit / refits) / epochs;

/** The pruning that is meant: methods for untrained networks prune once, before the first epoch. */
function pruningOf({ pruning = gradualMagnitude }: PruningOptions): PruningSpec {
  return pruningMethods[pruning.method].atInitialization
    ? { ...pruning, schedule: { kind: "one-shot", start: 0, end: 0 } }
    : pruning;
}

function isPruning(options: PruningOptions, progress: PruningProgress): boolean {
  return prunes(options) && startOf(progress) <= pruningOf(options).schedule.end;
}

function isRegrowing(options: PruningOptions, progress: PruningProgress): boolean {
  return prunes(options) && pruningOf(options).regrow > 0 && shareOf(progress) <= regrowUntil;
}

/** Weights with what the pruned ones are set back to: 0, or the value that they had. */
function restored(values: Float32Array, { masks, held }: PruningState, name: string): Float32Array {
  const mask = masks[name];
  const before = held?.[name];
  return mask === undefined ? values : values.map((w, i) => (mask[i] === 0 ? (before?.[i] ?? 0) : w));
}
