import { assertDefined, type Problem, type RandomStream } from "../base/index.ts";

/** One choice: an ordered or unordered list of values. A point holds the index of the value taken. */
export interface Parameter {
  readonly name: string;
  /** Neighbours in an ordinal parameter are alike; in a categorical one they are not. */
  readonly kind: "ordinal" | "categorical";
  readonly values: readonly (string | number | boolean)[];
}

/** All designs that may be tried. */
export type Space = readonly Parameter[];

/** A design: for each parameter the index of its value. */
export type Point = readonly number[];

/** The number of different designs. */
export function spaceSize(space: Space): number {
  return space.reduce((product, { values }) => product * values.length, 1);
}

/** The values of a point by name. */
export function valuesOf(space: Space, point: Point): Readonly<Record<string, string | number | boolean>> {
  return Object.fromEntries(
    space.map(({ name, values }, i) => [name, assertDefined(values[point[i] ?? 0], `value of ${name}`)]),
  );
}

/** Point number `index` of the full grid, the last parameter changing fastest. */
export function gridPoint(space: Space, index: number): Point {
  const point: number[] = [];
  let rest = index;
  for (const { values } of space.toReversed()) {
    point.push(rest % values.length);
    rest = Math.floor(rest / values.length);
  }
  return point.reverse();
}

/** A point drawn evenly. */
export function randomPoint(space: Space, random: RandomStream): Point {
  return space.map(({ values }) => random.integer(values.length));
}

/** A text that is equal for equal points only. */
export function pointKey(point: Point): string {
  return point.join(",");
}

/** Everything wrong with a space: no values, values or names given twice. */
export function checkSpace(space: Space): Problem[] {
  const problems: Problem[] = [];
  if (space.length === 0) problems.push({ code: "space/empty", path: "space", message: "there is nothing to choose" });
  const names = new Set<string>();
  for (const { name, values } of space) {
    if (names.has(name))
      problems.push({ code: "space/duplicate-name", path: name, message: "two parameters have this name" });
    names.add(name);
    if (values.length === 0)
      problems.push({ code: "space/no-values", path: name, message: "expected at least one value" });
    const repeated = values.find((value, i) => values.indexOf(value) !== i);
    if (repeated !== undefined) {
      problems.push({ code: "space/duplicate-value", path: name, message: `${String(repeated)} is given twice` });
    }
  }
  return problems;
}
