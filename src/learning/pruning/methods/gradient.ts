import { gradientOf, type PruningMethod } from "../method.ts";

/** What removing a weight does to the loss, to first order: the mean over batches of (gradient · weight)². */
export const gradient: PruningMethod = {
  name: "gradient",
  title: "least effect on the loss first",
  source: "P. Molchanov et al., Importance Estimation for Neural Network Pruning, CVPR 2019, eq. 8, arXiv:1906.10771",
  needsGradients: true,
  atInitialization: false,
  rounds: 1,
  score: (parts, { gradients }) =>
    parts.map((part) => {
      const scores = new Float64Array(part.values.length);
      for (const batch of gradients) {
        const slope = gradientOf(part, batch);
        part.values.forEach((w, i) => (scores[i] = (scores[i] ?? 0) + (w * (slope[i] ?? 0)) ** 2));
      }
      return scores;
    }),
};
