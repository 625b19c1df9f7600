// Which trials are drawn, and what is said about each: shared by the charts of the front and by the card that hovering opens.

import { isDrawable } from "./axis.ts";
import { figureText } from "../figure-text.ts";
import { visibleText, shortName } from "../markup.ts";
import { ownValue, parameterNames, trialStatus } from "../report-csv.ts";
import { isUnknown, type ExplorationSummary, type ObjectiveDefinition, type TrialRow } from "../report-data.ts";

/** A trial that is drawn. */
export interface DrawnTrial {
  readonly trial: TrialRow;
  readonly status: ReturnType<typeof trialStatus>;
  /** Value per objective in the order of the definitions; undefined where unknown. */
  readonly values: readonly (number | undefined)[];
}

/** Trials on and off the front beyond these are thinned, so that a page stays small. */
const maxFront = 600;
const maxOthers = 400;

/** The trials to draw, those that matter most last, and how many were left out. */
export function drawnTrials(exploration: ExplorationSummary): {
  readonly drawn: readonly DrawnTrial[];
  readonly omittedCount: number;
} {
  const all = exploration.trials.map((trial) => ({
    trial,
    status: trialStatus(trial),
    values: exploration.objectives.map(({ name }) => knownValue(trial, name)),
  }));
  const of = (status: string): readonly DrawnTrial[] => all.filter((t) => t.status === status);
  const others = thinned([...of("infeasible"), ...of("dominated")], maxOthers);
  const drawn = [...others, ...thinned(of("front"), maxFront), ...of("chosen")];
  return { drawn, omittedCount: all.length - drawn.length };
}

/** The value of an objective; undefined when it is unknown or cannot be drawn. */
export function knownValue(trial: TrialRow, objective: string): number | undefined {
  const figure = ownValue(trial.objectives, objective);
  if (figure === undefined || isUnknown(figure) || !isDrawable(figure.value)) return undefined;
  return figure.value;
}

/** What the card shows, as plain strings; the page's script sets them as text, never as markup. */
export interface CardData {
  readonly objectives: readonly string[];
  readonly directions: readonly string[];
  readonly parameters: readonly string[];
  /** Whether each trial is on the front. */
  readonly front: readonly boolean[];
  /** Index of the chosen design among the trials; -1 when there is none. */
  readonly chosen: number;
  readonly trials: readonly {
    readonly id: string;
    readonly status: string;
    readonly objectives: readonly string[];
    /** Values of the objectives; null, as JSON has it, where unknown. */
    readonly values: readonly (number | null)[];
    readonly parameters: readonly string[];
  }[];
}

/** Texts for the card of every drawn trial. */
export function cardData(exploration: ExplorationSummary, drawn: readonly DrawnTrial[], verified: string): CardData {
  const parameters = parameterNames(drawn.map(({ trial }) => trial));
  const front = drawn.filter(({ status }) => status === "front" || status === "chosen");
  return {
    objectives: exploration.objectives.map(({ name }) => visibleText(shortName(name))),
    directions: exploration.objectives.map(({ direction }) => direction),
    parameters: parameters.map((name) => visibleText(shortName(name))),
    front: drawn.map(({ status }) => status === "front" || status === "chosen"),
    chosen: drawn.findIndex(({ status }) => status === "chosen"),
    trials: drawn.map((point) => ({
      id: visibleText(shortName(point.trial.id)),
      status: visibleText(shortName(statusText(point, front, exploration.objectives, verified), 160)),
      objectives: exploration.objectives.map(({ name, format }) => {
        const figure = ownValue(point.trial.objectives, name);
        return visibleText(shortName(figureText(figure ?? { unknown: "not evaluated" }, format), 120));
      }),
      values: point.values.map((value) => value ?? null),
      parameters: parameters.map((name) =>
        visibleText(shortName(String(ownValue(point.trial.parameters, name) ?? "–"))),
      ),
    })),
  };
}

/** Whether `a` is at least as good as `b` everywhere and better somewhere; unknown values never win. */
export function dominates(a: DrawnTrial, b: DrawnTrial, objectives: readonly ObjectiveDefinition[]): boolean {
  let better = false;
  for (const [i, { direction }] of objectives.entries()) {
    const [x, y] = [a.values[i], b.values[i]];
    if (x === undefined || y === undefined) return false;
    const gain = direction === "maximize" ? x - y : y - x;
    if (gain < 0) return false;
    if (gain > 0) better = true;
  }
  return better;
}

// ---------------------------------------------------------------------------------------------------------------------

function thinned<T>(items: readonly T[], limit: number): readonly T[] {
  const stride = Math.max(1, Math.ceil(items.length / limit));
  return items.filter((_, i) => i % stride === 0);
}

function statusText(
  point: DrawnTrial,
  front: readonly DrawnTrial[],
  objectives: readonly ObjectiveDefinition[],
  verified: string,
): string {
  switch (point.status) {
    case "chosen":
      return `chosen · ${verified}`;
    case "front":
      return "on the front";
    case "infeasible":
      return `infeasible${point.trial.violation === undefined ? "" : `: ${point.trial.violation}`}`;
    case "dominated": {
      const by = front.find((other) => dominates(other, point, objectives));
      return by === undefined ? "dominated" : `dominated by #${by.trial.id}`;
    }
    default:
      return point.status satisfies never;
  }
}
