import type { PruningMethod } from "../method.ts";

/**
 * Weights that learning pulls toward zero go, whatever their size: −gradient · weight, summed over updates. The gradient of a pruned
 * weight goes on counting, so that one that is missed comes back.
 */
export const movement: PruningMethod = {
  name: "movement",
  title: "weights that move toward zero first",
  source: "V. Sanh et al., Movement Pruning, NeurIPS 2020, eq. 3, arXiv:2005.07683",
  needsGradients: false,
  atInitialization: false,
  rounds: 1,
  gather: (sums, weights, gradient) => {
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) - (weights[i] ?? 0) * (gradient[i] ?? 0);
  },
  score: (parts, { gathered }) =>
    parts.map(({ name, values }) => Float64Array.from(gathered[name] ?? new Float32Array(values.length))),
};
