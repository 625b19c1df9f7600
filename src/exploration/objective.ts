import { suggestName, UserError, type Problem, type Unit } from "../base/index.ts";
import type { Costs } from "./front.ts";

/** What a design is judged by. */
export interface Objective {
  readonly name: string;
  readonly direction: "minimize" | "maximize";
  /** Of its values; for those who print them. */
  readonly unit?: Unit;
}

/** A bound on one objective. */
export interface Bound {
  readonly objective: string;
  readonly relation: "<=" | ">=";
  readonly bound: number;
}

/** Values of all objectives by name. */
export type Objectives = Readonly<Record<string, number>>;

/**
 * Read a constraint: `energy <= 2e-6`, in the unit of the objective.
 * @throws `study/constraint`, `study/unknown-objective`
 */
export function parseBound(text: string, objectives: readonly Objective[]): Bound {
  const match = /^\s*([A-Za-z][\w-]*)\s*(<=|>=)\s*(\S+)\s*$/.exec(text);
  const [, objective, relation, number] = match ?? [];
  const bound = Number(number);
  if (objective === undefined || (relation !== "<=" && relation !== ">=") || !Number.isFinite(bound)) {
    throw new UserError("study/constraint", `constraint "${text}": expected a form like "energy <= 2e-6"`);
  }
  const problems = checkBounds([{ objective, relation, bound }], objectives);
  if (problems[0] !== undefined) throw new UserError(problems[0].code, `constraint "${text}": ${problems[0].message}`);
  return { objective, relation, bound };
}

/** Everything wrong with objectives: `study/no-objective`, `study/duplicate-objective`. */
export function checkObjectives(objectives: readonly Objective[]): Problem[] {
  if (objectives.length === 0) {
    return [{ code: "study/no-objective", path: "objectives", message: "expected at least one objective" }];
  }
  return objectives
    .filter(({ name }, i) => objectives.findIndex((other) => other.name === name) !== i)
    .map(({ name }) => ({ code: "study/duplicate-objective", path: name, message: "two objectives have this name" }));
}

/** Everything wrong with bounds: `study/unknown-objective`, `study/bound`. */
export function checkBounds(bounds: readonly Bound[], objectives: readonly Objective[]): Problem[] {
  const names = objectives.map(({ name }) => name);
  return bounds.flatMap(({ objective, bound }): Problem[] => {
    if (Number.isNaN(bound)) return [{ code: "study/bound", path: objective, message: "expected a number, got NaN" }];
    if (names.includes(objective)) return [];
    const message = `no objective is called "${objective}"; ${suggestName(objective, names)}`;
    return [{ code: "study/unknown-objective", path: objective, message }];
  });
}

/** The objectives as costs: smaller is better in each column. */
export function costsOf(values: Objectives, objectives: readonly Objective[]): Costs {
  return objectives.map(({ name, direction }) => {
    const value = values[name] ?? Number.NaN;
    return direction === "maximize" ? -value : value;
  });
}

/** How far values break the bounds: the sum of the excess as shares of each bound; 0 when they keep all. */
export function violationOf(values: Objectives, bounds: readonly Bound[]): number {
  return bounds.reduce((sum, { objective, relation, bound }) => {
    const value = values[objective] ?? Number.NaN;
    if (relation === "<=" ? value <= bound : value >= bound) return sum;
    return sum + (Math.abs(value - bound) / Math.abs(bound) || Number.POSITIVE_INFINITY);
  }, 0);
}
