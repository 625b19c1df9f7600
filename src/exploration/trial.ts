import type { Objectives } from "./objective.ts";
import type { Point, Value } from "./space.ts";

/** What a trial reported on its way: the cost (smaller is better) at each step. */
export type Course = readonly { readonly step: number; readonly cost: number }[];

/** One design and what became of it. */
export interface Trial<Details> {
  readonly id: number;
  readonly point: Point;
  readonly values: Readonly<Record<string, Value>>;
  /** Evaluated; failed: it could not be; stopped: a stopper ended it as poor. */
  readonly outcome: "evaluated" | "failed" | "stopped";
  /** Undefined unless the design was evaluated; `failure` says why. */
  readonly objectives: Objectives | undefined;
  readonly details: Details | undefined;
  readonly failure: string | undefined;
  /** Evaluated, and within every bound. */
  readonly feasible: boolean;
  readonly course: Course;
}

/** What a store keeps of a trial: all that does not depend on bounds and order. Details must survive JSON. */
export type StoredTrial<Details> = Pick<
  Trial<Details>,
  "point" | "values" | "outcome" | "objectives" | "details" | "failure" | "course"
>;
