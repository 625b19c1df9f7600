import { pointKey, randomPoint, spaceSize, type Point } from "../space.ts";
import type { Sampler } from "./sampler.ts";

const generation = 16;

/** Designs drawn evenly, none twice. */
export const randomSampler: Sampler = {
  name: "random",
  ask: (space, history, random) => {
    const seen = new Set(history.map(({ point }) => pointKey(point)));
    const wanted = Math.min(generation, spaceSize(space) - seen.size);
    const points: Point[] = [];
    for (let tries = 0; points.length < wanted && tries < 1000 * generation; tries++) {
      const point = randomPoint(space, random);
      if (seen.has(pointKey(point))) continue;
      seen.add(pointKey(point));
      points.push(point);
    }
    return points;
  },
};
