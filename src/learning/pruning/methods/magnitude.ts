import type { PruningMethod } from "../method.ts";

/** Small weights go: their squares, so that groups of weights are ranked by energy. */
export const magnitude: PruningMethod = {
  name: "magnitude",
  title: "smallest weights first",
  source: "S. Han et al., Learning both Weights and Connections, NeurIPS 2015, arXiv:1506.02626",
  needsGradients: false,
  atInitialization: false,
  rounds: 1,
  score: (parts) => parts.map(({ values }) => Float64Array.from(values, (w) => w * w)),
};
