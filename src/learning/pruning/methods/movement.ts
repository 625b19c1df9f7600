import type { PruningMethod } from "../method.ts";

/**
 * Weights that shrink while learning go, whatever their size. Movement sums −gradient · weight over updates; with the change of
 * each update in place of the gradient and the weight taken half way, the sum telescopes to (w² − w₀²) / 2 for any optimizer.
 */
export const movement: PruningMethod = {
  name: "movement",
  title: "weights that move toward zero first",
  source: "V. Sanh et al., Movement Pruning, NeurIPS 2020, eq. 3, arXiv:2005.07683",
  needsGradients: false,
  atInitialization: false,
  rounds: 1,
  score: (parts, { initial }) =>
    parts.map(({ values, layer, key }) => {
      const before = initial[layer]?.[key];
      return Float64Array.from(values, (w, i) => (w * w - (before?.[i] ?? 0) ** 2) / 2);
    }),
};
