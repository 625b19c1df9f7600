// Dynamic sparsity by learning: penalties on the spikes of hidden layers, added to the loss.
// Bounds and L1 as in the regularizers of F. Zenke, T. Vogels, Neural Computation 2021, doi:10.1162/neco_a_01367; synaptic
// operations weighted by fan-out as in M. Sorbaro et al., Frontiers in Neuroscience 2020, doi:10.3389/fnins.2020.00662.

import { l1 } from "./l1.ts";
import { lowerBound } from "./lower-bound.ts";
import type { ActivityRegularizer, LayerCounts } from "./regularizer.ts";
import { synapticOperations } from "./synaptic-operations.ts";
import { targetRate } from "./target-rate.ts";
import { upperBound } from "./upper-bound.ts";

export type { ActivityRegularizer, LayerCounts } from "./regularizer.ts";

export type ActivityKind = "l1" | "upper-bound" | "lower-bound" | "synaptic-operations" | "target-rate";

/** A penalty as plain data: its kind, and numbers that differ from their defaults. */
export type ActivitySpec = { readonly kind: ActivityKind } & Readonly<Record<string, unknown>>;

/** Every penalty, by the name that configurations use. */
export const activityRegularizers: Readonly<Record<ActivityKind, ActivityRegularizer>> = {
  l1,
  "upper-bound": upperBound,
  "lower-bound": lowerBound,
  "synaptic-operations": synapticOperations,
  "target-rate": targetRate,
};

/** The sum of all penalties of a layer, and their gradient for every spike. Shape [sample, neuron]. */
export function activityPenalty(
  specs: readonly ActivitySpec[],
  layer: LayerCounts,
): { readonly penalty: number; readonly gradient: Float32Array } {
  const gradient = new Float32Array(layer.counts.length);
  const penalty = specs.reduce((sum, spec) => {
    const { options, apply } = activityRegularizers[spec.kind];
    const numbers = Object.entries(options).map(([name, { byDefault }]) => [name, Number(spec[name] ?? byDefault)]);
    return sum + apply(layer, Object.fromEntries(numbers) as Record<string, number>, gradient);
  }, 0);
  return { penalty, gradient };
}
