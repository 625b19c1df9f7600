import type { RandomStream } from "../../base/index.ts";
import { gridPoint, pointKey, randomPoint, spaceSize, type Point, type Space } from "../space.ts";

/** Spaces up to this size are listed when guessing finds nothing new. */
const listable = 100_000;

/**
 * Add points that `propose` makes and nobody has seen, until there are `wanted`. When proposals keep repeating, what is left of a
 * finite space is drawn from directly, so that every design is found in the end.
 */
export function collectFresh(options: {
  readonly space: Space;
  readonly seen: Set<string>;
  readonly wanted: number;
  readonly tries: number;
  readonly random: RandomStream;
  readonly propose: (attempt: number) => Point;
}): Point[] {
  const { space, seen, wanted, tries, random, propose } = options;
  const points: Point[] = [];
  const take = (point: Point): void => {
    if (points.length >= wanted || seen.has(pointKey(point))) return;
    seen.add(pointKey(point));
    points.push(point);
  };
  for (let attempt = 0; points.length < wanted && attempt < tries; attempt++) take(propose(attempt));
  if (points.length < wanted && spaceSize(space) <= listable) {
    const rest = Array.from({ length: spaceSize(space) }, (_, i) => gridPoint(space, i));
    random.shuffle(rest.filter((point) => !seen.has(pointKey(point)))).forEach(take);
  }
  // Beyond that size a random point is new almost surely.
  for (let attempt = 0; points.length < wanted && attempt < tries; attempt++) take(randomPoint(space, random));
  return points;
}
