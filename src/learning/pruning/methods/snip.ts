import { gradientOf, type PruningMethod } from "../method.ts";

/** Connection sensitivity of an untrained network: |Σ over batches of gradient · weight|. */
export const snip: PruningMethod = {
  name: "snip",
  title: "least sensitive connections first, before training",
  source: "N. Lee et al., SNIP, ICLR 2019, eq. 5, arXiv:1810.02340",
  needsGradients: true,
  atInitialization: true,
  rounds: 1,
  score: (parts, { gradients }) =>
    parts.map((part) => {
      const slopes = gradients.map((batch) => gradientOf(part, batch));
      return Float64Array.from(part.values, (w, i) =>
        Math.abs(w * slopes.reduce((sum, slope) => sum + (slope[i] ?? 0), 0)),
      );
    }),
};
