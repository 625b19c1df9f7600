import { pointKey, randomPoint, spaceSize } from "../space.ts";
import { collectFresh } from "./fresh.ts";
import type { Sampler } from "./sampler.ts";

const generation = 16;

/** Designs drawn evenly, none twice. */
export const randomSampler: Sampler = {
  name: "random",
  ask: (space, history, random) => {
    const seen = new Set(history.map(({ point }) => pointKey(point)));
    const wanted = Math.min(generation, spaceSize(space) - seen.size);
    return collectFresh({
      space,
      seen,
      wanted,
      tries: 1000 * generation,
      random,
      propose: () => randomPoint(space, random),
    });
  },
};
