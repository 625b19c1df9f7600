import { randomStream } from "../../../base/index.ts";
import type { PruningMethod } from "../method.ts";

/** A fixed random order, so that a growing share keeps what it has removed: the baseline that every method must beat. */
export const random: PruningMethod = {
  name: "random",
  title: "any weights, in a fixed random order",
  source: "baseline",
  needsGradients: false,
  atInitialization: false,
  rounds: 1,
  score: (parts, { seed }) =>
    parts.map(({ name, values }) => {
      const stream = randomStream(seed, `prune ${name}`);
      return Float64Array.from(values, () => stream.uniform());
    }),
};
