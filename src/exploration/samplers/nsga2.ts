// NSGA-II on indices: tournament by front and crowding, uniform crossover, mutation to a neighbour (ordinal) or to any value
// (categorical). K. Deb et al., 2002, doi:10.1109/4235.996017

import { assertDefined, type RandomStream } from "../../base/index.ts";
import { crowding, sortFronts, type Costs } from "../front.ts";
import { pointKey, randomPoint, spaceSize, type Parameter, type Point, type Space } from "../space.ts";
import type { Evaluated, Sampler } from "./sampler.ts";

const populationSize = 8;
const crossoverRate = 0.9;

export const nsga2Sampler: Sampler = {
  name: "nsga2",
  ask: (space, history, random) => {
    const seen = new Set(history.map(({ point }) => pointKey(point)));
    const wanted = Math.min(populationSize, spaceSize(space) - seen.size);
    const parents = history.length === 0 ? [] : rank(history);
    const points: Point[] = [];
    for (let tries = 0; points.length < wanted && tries < 200 * populationSize; tries++) {
      // When variation finds nothing new, fresh points keep the search alive.
      const stale = tries > 50 * populationSize;
      const point = parents.length < 2 || stale ? randomPoint(space, random) : child(space, parents, random);
      if (seen.has(pointKey(point))) continue;
      seen.add(pointKey(point));
      points.push(point);
    }
    return points;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

interface Ranked {
  readonly point: Point;
  readonly front: number;
  readonly crowding: number;
}

/** The best so far as parents: by front, then by crowding. Designs without costs come last. */
function rank(history: readonly Evaluated[]): Ranked[] {
  const known = history.filter((e): e is Evaluated & { readonly costs: Costs } => e.costs !== undefined);
  const ranked: Ranked[] = [];
  sortFronts(known.map(({ costs }) => costs)).forEach((front, level) => {
    const distances = crowding(front.map((i) => assertDefined(known[i], "design").costs));
    front.forEach((i, k) => {
      ranked.push({ point: assertDefined(known[i], "design").point, front: level, crowding: distances[k] ?? 0 });
    });
  });
  return ranked.sort((a, b) => a.front - b.front || b.crowding - a.crowding).slice(0, populationSize);
}

function child(space: Space, parents: readonly Ranked[], random: RandomStream): Point {
  const a = tournament(parents, random);
  const b = tournament(parents, random);
  const crosses = random.uniform() < crossoverRate;
  return space.map((parameter, i) => {
    const inherited = crosses && random.uniform() < 0.5 ? b.point[i] : a.point[i];
    return random.uniform() < 1 / space.length ? mutate(parameter, inherited ?? 0, random) : (inherited ?? 0);
  });
}

function tournament(parents: readonly Ranked[], random: RandomStream): Ranked {
  const a = assertDefined(parents[random.integer(parents.length)], "parent");
  const b = assertDefined(parents[random.integer(parents.length)], "parent");
  return a.front < b.front || (a.front === b.front && a.crowding >= b.crowding) ? a : b;
}

function mutate(parameter: Parameter, index: number, random: RandomStream): number {
  const count = parameter.values.length;
  if (parameter.kind === "categorical" || random.uniform() < 0.3) return random.integer(count);
  const moved = index + (random.uniform() < 0.5 ? -1 : 1);
  return Math.max(0, Math.min(count - 1, moved));
}
