// NSGA-II: tournament by front and crowding; lists cross uniformly and mutate to a neighbour (ordinal) or to any value
// (categorical), numbers cross by simulated binary crossover and mutate polynomially. All finished designs compete for the
// places of the parents; those that break a constraint come after all others, the smallest violation first.
// K. Deb et al., 2002, doi:10.1109/4235.996017

import { assertDefined, type RandomStream } from "../../base/index.ts";
import { crowding, sortFronts, type Costs } from "../front.ts";
import {
  choiceCount,
  fromShare,
  pointKey,
  randomPoint,
  spaceSize,
  toShare,
  type ListParameter,
  type Parameter,
  type Point,
  type Space,
} from "../space.ts";
import { collectFresh } from "./fresh.ts";
import type { Evaluated, Sampler } from "./sampler.ts";

const crossoverRate = 0.9;
/** How near children of numbers stay to their parents: the distribution indices of crossover and mutation. */
const crossoverIndex = 15;
const mutationIndex = 20;

/** NSGA-II with a number of parents, and as many children per generation. */
export function nsga2(options: { readonly populationSize: number }): Sampler {
  const { populationSize } = options;
  return {
    name: "nsga2",
    ask: (space, history, random) => {
      const seen = new Set(history.map(({ point }) => pointKey(point)));
      const wanted = Math.min(populationSize, spaceSize(space) - seen.size);
      const parents = history.length === 0 ? [] : rank(history).slice(0, populationSize);
      return collectFresh({
        space,
        seen,
        wanted,
        tries: 200 * populationSize,
        random,
        // When variation finds nothing new, fresh points keep the search alive.
        propose: (attempt) =>
          parents.length < 2 || attempt > 50 * populationSize
            ? randomPoint(space, random)
            : child(space, parents, random),
      });
    },
  };
}

/** NSGA-II for the few hundred designs of a usual study. */
export const nsga2Sampler: Sampler = nsga2({ populationSize: 8 });

// ---------------------------------------------------------------------------------------------------------------------

interface Ranked {
  readonly point: Point;
  readonly front: number;
  readonly crowding: number;
}

/** All that may become parents, the best first: by front, then by crowding, then by violation. */
function rank(history: readonly Evaluated[]): Ranked[] {
  const known = history.filter((e): e is Evaluated & { readonly costs: Costs } => e.costs !== undefined);
  const fronts = sortFronts(known.map(({ costs }) => costs));
  const ranked: Ranked[] = [];
  fronts.forEach((front, level) => {
    const distances = crowding(front.map((i) => assertDefined(known[i], "design").costs));
    front.forEach((i, k) => {
      ranked.push({ point: assertDefined(known[i], "design").point, front: level, crowding: distances[k] ?? 0 });
    });
  });
  const broken = history
    .filter(({ costs, violation }) => costs === undefined && violation !== undefined)
    .sort((a, b) => (a.violation ?? 0) - (b.violation ?? 0))
    .map(({ point }, i): Ranked => ({ point, front: fronts.length + i, crowding: 0 }));
  return [...ranked.sort((a, b) => a.front - b.front || b.crowding - a.crowding), ...broken];
}

function child(space: Space, parents: readonly Ranked[], random: RandomStream): Point {
  const a = tournament(parents, random);
  const b = tournament(parents, random);
  const crosses = random.uniform() < crossoverRate;
  return space.map((parameter, i) => {
    const mine = a.point[i] ?? 0;
    const other = b.point[i] ?? 0;
    const inherited = crosses ? cross(parameter, { mine, other }, random) : mine;
    return random.uniform() < 1 / space.length ? mutate(parameter, inherited, random) : inherited;
  });
}

function tournament(parents: readonly Ranked[], random: RandomStream): Ranked {
  const a = assertDefined(parents[random.integer(parents.length)], "parent");
  const b = assertDefined(parents[random.integer(parents.length)], "parent");
  return a.front < b.front || (a.front === b.front && a.crowding >= b.crowding) ? a : b;
}

function cross(
  parameter: Parameter,
  { mine, other }: { readonly mine: number; readonly other: number },
  random: RandomStream,
): number {
  const takesOther = random.uniform() < 0.5;
  if (parameter.kind === "ordinal" || parameter.kind === "categorical") return takesOther ? other : mine;
  // Simulated binary crossover: the children lie around both parents as far apart as these, on average.
  const [x, y] = [toShare(parameter, mine), toShare(parameter, other)];
  const u = random.uniform();
  const power = 1 / (crossoverIndex + 1);
  const spread = u < 0.5 ? (2 * u) ** power : (1 / (2 * (1 - u))) ** power;
  const sign = takesOther ? -1 : 1;
  return fromShare(parameter, ((1 + sign * spread) * x + (1 - sign * spread) * y) / 2);
}

function mutate(parameter: Parameter, coordinate: number, random: RandomStream): number {
  switch (parameter.kind) {
    case "ordinal":
    case "categorical":
      return mutateList(parameter, coordinate, random);
    case "integer":
    case "float": {
      // Polynomial mutation; an integer that would stay moves by one.
      const u = random.uniform();
      const power = 1 / (mutationIndex + 1);
      const shift = u < 0.5 ? (2 * u) ** power - 1 : 1 - (2 * (1 - u)) ** power;
      const moved = fromShare(parameter, toShare(parameter, coordinate) + shift);
      if (parameter.kind === "float" || moved !== coordinate) return moved;
      return Math.max(0, Math.min(choiceCount(parameter) - 1, coordinate + (u < 0.5 ? -1 : 1)));
    }
    default:
      return parameter satisfies never;
  }
}

function mutateList(parameter: ListParameter, index: number, random: RandomStream): number {
  const count = parameter.values.length;
  if (parameter.kind === "categorical" || random.uniform() < 0.3) return random.integer(count);
  const moved = index + (random.uniform() < 0.5 ? -1 : 1);
  return Math.max(0, Math.min(count - 1, moved));
}
