import { assertDefined, suggestName, UserError } from "../base/index.ts";
import { knee } from "./front.ts";
import { costsOf, type Objective } from "./objective.ts";
import type { Study } from "./study.ts";
import type { Trial } from "./trial.ts";

/**
 * One design of the front, with the reason: `knee` (nearest to the best of everything), `knee-plane` (farthest below the plane of
 * the extremes), or the name of an objective to be best in.
 * @throws `study/no-design` when nothing is feasible, `study/unknown-choice`
 */
export function chooseTrial<Details>(
  study: Study<Details>,
  objectives: readonly Objective[],
  rule: string,
): { readonly trial: Trial<Details>; readonly reason: string } {
  const candidates = study.front.map((id) => assertDefined(study.trials[id], "trial"));
  const costs = candidates.map((trial) => costsOf(assertDefined(trial.objectives, "objectives"), objectives));
  if (candidates.length === 0) throw noDesign(study);
  const column = objectives.findIndex(({ name }) => name === rule);
  if (column >= 0) {
    const best = costs.reduce((a, b, i) => ((b[column] ?? 0) < (costs[a]?.[column] ?? 0) ? i : a), 0);
    return { trial: assertDefined(candidates[best], "trial"), reason: `best ${rule} of the front` };
  }
  if (rule !== "knee" && rule !== "knee-plane") {
    const known = ["knee", "knee-plane", ...objectives.map(({ name }) => name)];
    throw new UserError("study/unknown-choice", `cannot choose by "${rule}"; ${suggestName(rule, known)}`);
  }
  const { index, reason } = assertDefined(knee(costs, rule === "knee" ? "ideal" : "plane"), "knee");
  return { trial: assertDefined(candidates[index], "trial"), reason: `knee: ${reason}` };
}

// ---------------------------------------------------------------------------------------------------------------------

function noDesign<Details>({ trials }: Study<Details>): UserError {
  const failed = trials.find(({ failure }) => failure !== undefined);
  return new UserError(
    "study/no-design",
    `none of ${trials.length} designs is feasible${failed === undefined ? "" : `; the first failed with: ${failed.failure}`}`,
    { exit: "not-met", hint: "loosen a constraint, or allow fewer lanes, fewer bits or another target" },
  );
}
