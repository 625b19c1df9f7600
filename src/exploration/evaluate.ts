import { ToolError, UserError } from "../base/index.ts";
import type { Objective, Objectives } from "./objective.ts";
import { valuesOf, type Point, type Space, type Value } from "./space.ts";
import type { Stopper } from "./stopper.ts";
import type { Course, StoredTrial } from "./trial.ts";

/** What an evaluation may use beside the values. */
export interface TrialContext {
  readonly id: number;
  readonly signal: AbortSignal | undefined;
  /** Tell the stopper the cost (smaller is better) at a step. Throws when the trial should end; let it pass. */
  readonly report: (step: number, cost: number) => void;
}

/** Judge a design. What cannot be built throws a UserError or ToolError. */
export type Evaluate<Details> = (
  values: Readonly<Record<string, Value>>,
  context: TrialContext,
) => Promise<{ readonly objectives: Objectives; readonly details: Details }>;

/** A result to be kept; a transient one is not, so that a continued study tries again. */
export type TrialResult<Details> = StoredTrial<Details> & { readonly isTransient?: boolean };

/** Evaluate one design; its failures become its result, anything else is thrown. */
export async function evaluateTrial<Details>(
  study: {
    readonly space: Space;
    readonly objectives: readonly Objective[];
    readonly evaluate: Evaluate<Details>;
    readonly stopper?: Stopper;
    readonly signal?: AbortSignal;
  },
  trial: { readonly point: Point; readonly id: number; readonly courses: readonly Course[] },
): Promise<TrialResult<Details>> {
  const { point, id, courses } = trial;
  const values = valuesOf(study.space, point);
  const course: { step: number; cost: number }[] = [];
  let reason: string | undefined;
  const report = (step: number, cost: number): void => {
    course.push({ step, cost });
    reason ??= study.stopper?.reasonToStop(course, courses);
    if (reason !== undefined) throw new TrialStopped(reason);
  };
  const ended = (outcome: "failed" | "stopped", failure: string): StoredTrial<Details> => ({
    point,
    values,
    outcome,
    objectives: undefined,
    details: undefined,
    failure,
    course,
  });
  try {
    const { objectives, details } = await study.evaluate(values, { id, signal: study.signal, report });
    if (reason !== undefined) return ended("stopped", reason);
    const wrong = study.objectives.find(({ name }) => !Number.isFinite(objectives[name]));
    if (wrong !== undefined) {
      return ended("failed", `objective "${wrong.name}": expected a finite number, got ${objectives[wrong.name]}`);
    }
    return { point, values, outcome: "evaluated", objectives, details, failure: undefined, course };
  } catch (error) {
    if (reason !== undefined) return ended("stopped", reason);
    if (error instanceof UserError) return ended("failed", error.message);
    if (error instanceof ToolError) return { ...ended("failed", error.message), isTransient: true };
    throw error;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** Thrown through an evaluation that a stopper ends. */
class TrialStopped extends Error {
  override readonly name = "TrialStopped";
}
