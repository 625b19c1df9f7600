import type { Problem } from "../base/index.ts";
import { isUnknown, type EnergyDerivation, type EnergyLine, type ReportData } from "./report-data.ts";

/**
 * Contradictions inside a report, all of them: `report/sum-differs` when a derivation does not add up to its total,
 * `report/line-differs` when a line is not count × unit energy, `report/headline-differs` when the first energy of the
 * strip at the top is not the total of the first derivation, `report/choice-missing` unless exactly one trial is chosen.
 * The page prints them at its top.
 */
export function checkReport(data: ReportData): readonly Problem[] {
  return [...checkEnergy(data), ...checkChoice(data)];
}

/** Joules of all lines, added from first to last: what a total must equal exactly. */
export function sumLines(lines: readonly EnergyLine[]): number {
  return lines.reduce((sum, { energy }) => sum + energy.value, 0);
}

// ---------------------------------------------------------------------------------------------------------------------

function checkEnergy({ energy, summary }: ReportData): readonly Problem[] {
  if (isUnknown(energy)) return [];
  const problems = energy.derivations.flatMap(checkDerivation);
  const headline = summary.find(({ quantity: q }) => !isUnknown(q) && q.unit === "J")?.quantity;
  const chosen = energy.derivations.find(({ subject }) => subject === "chosen design")?.total;
  if (headline === undefined || chosen === undefined || isUnknown(headline) || isUnknown(chosen)) return problems;
  if (headline.value === chosen.value) return problems;
  const message = `the headline is not the derived total; expected ${chosen.value} J, got ${headline.value} J`;
  return [...problems, { code: "report/headline-differs", path: "summary: energy", message }];
}

function checkDerivation({ profile, subject, lines, total }: EnergyDerivation): readonly Problem[] {
  const path = `energy of the ${subject}, profile "${profile}"`;
  const problems = lines.flatMap((line) => checkLine(path, line));
  const sum = sumLines(lines);
  if (isUnknown(total) || sum === total.value) return problems;
  const message = `the lines do not add up; expected ${total.value} J, got ${sum} J`;
  return [...problems, { code: "report/sum-differs", path, message }];
}

/** A product may round once more or less on the way; beyond 1e-12 relative it is another number. */
function checkLine(path: string, { layer, event, count, unitEnergy, energy }: EnergyLine): readonly Problem[] {
  const product = count * unitEnergy.value;
  if (Math.abs(product - energy.value) <= 1e-12 * Math.abs(product)) return [];
  const message = `energy is not count × unit energy; expected ${product} J, got ${energy.value} J`;
  return [{ code: "report/line-differs", path: `${path}, ${layer}, ${event}`, message }];
}

function checkChoice({ exploration }: ReportData): readonly Problem[] {
  if (isUnknown(exploration)) return [];
  const chosen = exploration.trials.filter((trial) => trial.chosen).length;
  if (chosen === 1) return [];
  return [
    {
      code: "report/choice-missing",
      path: "exploration",
      message: `exactly one design is chosen; expected 1, got ${chosen}`,
    },
  ];
}
