import { kindBadges, unknownReason } from "./figure-text.ts";
import { toCsv, type CsvCell } from "./csv.ts";
import {
  isUnknown,
  type EnergyDerivation,
  type ExplorationSummary,
  type Figure,
  type TrialRow,
} from "./report-data.ts";

/** Every trial with its parameters and objectives, SI units, full precision; unknown cells are empty and say why beside. */
export function frontCsv(exploration: ExplorationSummary, maxText?: number): string {
  const parameters = parameterNames(exploration.trials);
  const names = exploration.objectives.map(({ name }) => name);
  const header = [
    "id",
    "status",
    "violation",
    ...parameters,
    ...names.flatMap((name) => [name, `${name} unit`, `${name} kind`, `${name} low`, `${name} high`, `${name} source`]),
  ];
  const rows = exploration.trials.map((trial) => [
    trial.id,
    trialStatus(trial),
    trial.violation,
    ...parameters.map((name) => ownValue(trial.parameters, name)),
    ...names.flatMap((name) => figureCells(ownValue(trial.objectives, name))),
  ]);
  return toCsv(header, rows, maxText);
}

/** Every line of every derivation, SI units, full precision: enough to add the headline again elsewhere. */
export function derivationCsv(derivations: readonly EnergyDerivation[], maxText?: number): string {
  const header = [
    "profile",
    "subject",
    "layer",
    "event",
    "count",
    "unit cost",
    "unit cost unit",
    "energy",
    "energy unit",
  ];
  const rows = derivations.flatMap((derivation) => [
    ...derivation.lines.map((line): readonly CsvCell[] => [
      derivation.profile,
      derivation.subject,
      line.layer,
      line.event,
      finite(line.count),
      finite(line.unitEnergy.value),
      line.unitEnergy.unit,
      finite(line.energy.value),
      line.energy.unit,
      kindBadges[line.energy.kind],
      line.source,
    ]),
    totalRow(derivation),
  ]);
  return toCsv([...header, "kind", "source"], rows, maxText);
}

/** Names of all parameters of all trials, in order of first appearance. */
export function parameterNames(trials: readonly TrialRow[]): readonly string[] {
  return [...new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)))];
}

/** In a word: chosen, front, dominated or infeasible. */
export function trialStatus(trial: TrialRow): "chosen" | "front" | "dominated" | "infeasible" {
  if (trial.chosen) return "chosen";
  if (!trial.feasible) return "infeasible";
  return trial.onFront ? "front" : "dominated";
}

/** A member of a record by a name from outside: inherited members do not count. */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

// ---------------------------------------------------------------------------------------------------------------------

function figureCells(figure: Figure | undefined): readonly CsvCell[] {
  if (figure === undefined) return ["", "", "", "", "", "unknown: not evaluated"];
  const reason = unknownReason(figure);
  if (isUnknown(figure) || reason !== undefined) return ["", "", "", "", "", `unknown: ${reason}`];
  const { value, unit, kind, band, source } = figure;
  return [value, unit, kindBadges[kind], band?.low, band?.high, source];
}

function totalRow({ profile, subject, total, staticNote }: EnergyDerivation): readonly CsvCell[] {
  const reason = unknownReason(total);
  const known = isUnknown(total) || reason !== undefined ? undefined : total;
  return [
    profile,
    subject,
    "total",
    "",
    "",
    "",
    "",
    known?.value,
    "J",
    known === undefined ? "" : kindBadges[known.kind],
    known === undefined ? `unknown: ${reason}` : staticNote,
  ];
}

function finite(value: number): CsvCell {
  return Number.isFinite(value) ? value : "";
}
