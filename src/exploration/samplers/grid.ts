import { gridPoint, gridSize } from "../space.ts";
import type { Sampler } from "./sampler.ts";

const generation = 16;

/** Every design, in order; of a float, its levels. */
export const gridSampler: Sampler = {
  name: "grid",
  ask: (space, history) => {
    const left = Math.max(0, gridSize(space) - history.length);
    return Array.from({ length: Math.min(generation, left) }, (_, i) => gridPoint(space, history.length + i));
  },
};
