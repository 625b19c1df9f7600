import { assertDefined, type Problem, type RandomStream } from "../base/index.ts";

/** What a parameter may take. */
export type Value = string | number | boolean;

/** One choice. A point holds one coordinate per parameter: the index of the value taken, for a float the value itself. */
export type Parameter = ListParameter | IntegerParameter | FloatParameter;

/** Neighbours in an ordinal list are alike; in a categorical one they are not. */
export interface ListParameter {
  readonly name: string;
  readonly kind: "ordinal" | "categorical";
  readonly values: readonly Value[];
}

/** low, low + step, … up to high; the step is 1 unless given. */
export interface IntegerParameter {
  readonly name: string;
  readonly kind: "integer";
  readonly low: number;
  readonly high: number;
  readonly step?: number;
}

/** Any number from low to high, drawn evenly on the scale; a grid takes `levels` of them (5 unless given). */
export interface FloatParameter {
  readonly name: string;
  readonly kind: "float";
  readonly low: number;
  readonly high: number;
  readonly scale: "linear" | "log";
  readonly levels?: number;
}

/** All designs that may be tried. */
export type Space = readonly Parameter[];

/** A design: one coordinate per parameter. */
export type Point = readonly number[];

const defaultLevels = 5;

/** Values that a parameter can take; infinite for a float with room. */
export function choiceCount(parameter: Parameter): number {
  switch (parameter.kind) {
    case "ordinal":
    case "categorical":
      return parameter.values.length;
    case "integer":
      return Math.floor((parameter.high - parameter.low) / (parameter.step ?? 1)) + 1;
    case "float":
      return parameter.low === parameter.high ? 1 : Number.POSITIVE_INFINITY;
    default:
      return parameter satisfies never;
  }
}

/** The number of different designs; infinite with a float. */
export function spaceSize(space: Space): number {
  return space.reduce((product, parameter) => product * choiceCount(parameter), 1);
}

/** The number of designs on the grid, where a float takes its levels. */
export function gridSize(space: Space): number {
  return space.reduce((product, parameter) => product * gridCount(parameter), 1);
}

/** The values of a point by name. */
export function valuesOf(space: Space, point: Point): Readonly<Record<string, Value>> {
  return Object.fromEntries(space.map((parameter, i) => [parameter.name, valueOf(parameter, point[i] ?? 0)]));
}

/** Point number `index` of the full grid, the last parameter changing fastest. */
export function gridPoint(space: Space, index: number): Point {
  const point: number[] = [];
  let rest = index;
  for (const parameter of space.toReversed()) {
    const count = gridCount(parameter);
    const position = rest % count;
    point.push(parameter.kind === "float" ? fromShare(parameter, count === 1 ? 0 : position / (count - 1)) : position);
    rest = Math.floor(rest / count);
  }
  return point.reverse();
}

/** A point drawn evenly. */
export function randomPoint(space: Space, random: RandomStream): Point {
  return space.map((parameter) =>
    parameter.kind === "float" ? fromShare(parameter, random.uniform()) : random.integer(choiceCount(parameter)),
  );
}

/** Whether a point is one of the space. */
export function isInSpace(space: Space, point: Point): boolean {
  return (
    point.length === space.length &&
    space.every((parameter, i) => {
      const coordinate = assertDefined(point[i], "coordinate");
      return parameter.kind === "float"
        ? coordinate >= parameter.low && coordinate <= parameter.high
        : Number.isInteger(coordinate) && coordinate >= 0 && coordinate < choiceCount(parameter);
    })
  );
}

/** A coordinate as a share 0…1 of its range, on the parameter's scale. */
export function toShare(parameter: Parameter, coordinate: number): number {
  if (parameter.kind !== "float") {
    const last = choiceCount(parameter) - 1;
    return last === 0 ? 0 : coordinate / last;
  }
  const { low, high, scale } = parameter;
  if (low === high) return 0;
  return scale === "log" ? Math.log(coordinate / low) / Math.log(high / low) : (coordinate - low) / (high - low);
}

/** The coordinate at a share 0…1 of the range. Shares outside are taken as the nearest end. */
export function fromShare(parameter: Parameter, share: number): number {
  const inside = Math.min(1, Math.max(0, share));
  if (parameter.kind !== "float") return Math.round(inside * (choiceCount(parameter) - 1));
  const { low, high, scale } = parameter;
  const value = scale === "log" ? low * (high / low) ** inside : low + inside * (high - low);
  return Math.min(high, Math.max(low, value));
}

/** A text that is equal for equal points only. */
export function pointKey(point: Point): string {
  return point.join(",");
}

/**
 * Everything wrong with a space: `space/empty`, `space/duplicate-name`, `space/no-values`, `space/duplicate-value`,
 * `space/not-finite`, `space/bounds`, `space/log-bounds`, `space/not-whole`, `space/step`, `space/levels`.
 */
export function checkSpace(space: Space): Problem[] {
  const problems: Problem[] = [];
  if (space.length === 0) problems.push({ code: "space/empty", path: "space", message: "there is nothing to choose" });
  const names = new Set<string>();
  for (const parameter of space) {
    const { name, kind } = parameter;
    if (names.has(name))
      problems.push({ code: "space/duplicate-name", path: name, message: "two parameters have this name" });
    names.add(name);
    problems.push(...(kind === "integer" || kind === "float" ? checkRange(parameter) : checkList(parameter)));
  }
  return problems;
}

// ---------------------------------------------------------------------------------------------------------------------

function gridCount(parameter: Parameter): number {
  const count = choiceCount(parameter);
  return parameter.kind === "float" && count > 1 ? (parameter.levels ?? defaultLevels) : count;
}

function valueOf(parameter: Parameter, coordinate: number): Value {
  switch (parameter.kind) {
    case "ordinal":
    case "categorical":
      return assertDefined(parameter.values[coordinate], `value of ${parameter.name}`);
    case "integer":
      return parameter.low + coordinate * (parameter.step ?? 1);
    case "float":
      return coordinate;
    default:
      return parameter satisfies never;
  }
}

function checkList({ name, values }: ListParameter): Problem[] {
  if (values.length === 0) return [{ code: "space/no-values", path: name, message: "expected at least one value" }];
  const repeated = values.find((value, i) => values.indexOf(value) !== i);
  if (repeated === undefined) return [];
  return [{ code: "space/duplicate-value", path: name, message: `${String(repeated)} is given twice` }];
}

function checkRange(parameter: IntegerParameter | FloatParameter): Problem[] {
  const { name, low, high } = parameter;
  const problem = (code: string, message: string): Problem => ({ code, path: name, message });
  if (!Number.isFinite(low) || !Number.isFinite(high))
    return [problem("space/not-finite", `expected finite bounds, got ${low}…${high}`)];
  const problems: Problem[] = [];
  if (low > high) problems.push(problem("space/bounds", `expected low ≤ high, got ${low}…${high}`));
  if (parameter.kind === "integer") {
    const step = parameter.step ?? 1;
    if (!Number.isInteger(low) || !Number.isInteger(high))
      problems.push(problem("space/not-whole", `expected whole bounds, got ${low}…${high}`));
    if (!Number.isInteger(step) || step < 1)
      problems.push(problem("space/step", `expected a whole step of at least 1, got ${step}`));
    return problems;
  }
  const levels = parameter.levels ?? defaultLevels;
  if (parameter.scale === "log" && low <= 0)
    problems.push(problem("space/log-bounds", `a logarithmic scale needs bounds above 0, got ${low}…${high}`));
  if (!Number.isInteger(levels) || levels < 2)
    problems.push(problem("space/levels", `expected at least 2 levels, got ${levels}`));
  return problems;
}
