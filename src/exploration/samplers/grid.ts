import { gridPoint, spaceSize } from "../space.ts";
import type { Sampler } from "./sampler.ts";

const generation = 16;

/** Every design, in order. */
export const gridSampler: Sampler = {
  name: "grid",
  ask: (space, history) => {
    const left = Math.max(0, spaceSize(space) - history.length);
    return Array.from({ length: Math.min(generation, left) }, (_, i) => gridPoint(space, history.length + i));
  },
};
