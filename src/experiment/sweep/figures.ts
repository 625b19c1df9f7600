// A sweep as a table and as pictures.

import { assertDefined } from "../../base/index.ts";
import { shareInterval } from "../../model/sparsity/index.ts";
import { gridMap, svgFile, toCsv, type CsvCell } from "../../report/index.ts";
import type { PointResult } from "./point.ts";
import type { SweepResult } from "./sweep.ts";

interface Measure {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly of: (point: PointResult) => number | undefined;
  readonly text: (value: number) => string;
}

const short = (value: number): string =>
  value >= 1e6
    ? `${(value / 1e6).toPrecision(3)}M`
    : value >= 1e4
      ? `${(value / 1e3).toPrecision(3)}k`
      : String(Number(value.toPrecision(3)));

/** Mean over the hidden layers, in percent; of the only layer where there is no other. */
function hiddenMean(shares: readonly number[]): number {
  const hidden = shares.length > 1 ? shares.slice(0, -1) : shares;
  return (100 * hidden.reduce((sum, share) => sum + share, 0)) / Math.max(1, hidden.length);
}

/** What is drawn. */
export const sweepMeasures: readonly Measure[] = [
  {
    name: "accuracy",
    title: "Accuracy",
    unit: "% of validation samples, golden model",
    of: (p) => p.accuracy * 100,
    text: (value) => value.toFixed(1),
  },
  {
    name: "spikes",
    title: "Spikes of all neurons",
    unit: "per inference, simulated",
    of: (p) => p.spikes,
    text: short,
  },
  {
    name: "operations",
    title: "Effective synaptic operations",
    unit: "per inference, simulated",
    of: (p) => p.effectiveOperations,
    text: short,
  },
  {
    name: "silence",
    title: "Silent neuron-steps of all layers but the last",
    unit: "%, simulated",
    of: ({ activationSparsity }) => hiddenMean(activationSparsity),
    text: (value) => value.toFixed(1),
  },
  {
    name: "zeros",
    title: "Zero weights of all layers but the last",
    unit: "%, exact",
    of: ({ connectionSparsity }) => hiddenMean(connectionSparsity),
    text: (value) => value.toFixed(1),
  },
  {
    name: "fixed-cycles",
    title: "Cycles, lanes of the document",
    unit: "per inference, predicted by the closed form that equals RTL",
    of: (p) => p.fixed?.cycles,
    text: short,
  },
  {
    name: "cycles",
    title: "Cycles, balanced lanes",
    unit: "per inference, predicted by the closed form that equals RTL",
    of: (p) => p.balanced?.cycles,
    text: short,
  },
  {
    name: "energy",
    title: "Energy, balanced lanes",
    unit: "nJ per inference, estimated, 45 nm integer",
    of: (p) => (p.balanced === undefined ? undefined : p.balanced.energy * 1e9),
    text: short,
  },
];

/** One row per point, every number with all digits. */
export function sweepCsv({ sweep, study }: SweepResult): string {
  const layers = study.trials.find(({ details }) => details !== undefined)?.details?.layerSpikes.length ?? 0;
  const perLayer = Array.from({ length: layers }, (_, l) => l + 1);
  const header = [
    ...sweep.axes.map(({ name }) => name),
    "on front",
    "accuracy",
    "accuracy low",
    "accuracy high",
    "spikes",
    "input spikes",
    "effective operations",
    "dense operations",
    ...perLayer.flatMap((l) => [`spikes ${l}`, `activation sparsity ${l}`, `connection sparsity ${l}`]),
    "lanes",
    "cycles",
    "energy (J)",
    "balanced lanes",
    "balanced cycles",
    "balanced energy (J)",
    "samples",
    "warm",
    "failure",
  ];
  const rows = study.trials.map((trial): CsvCell[] => {
    const choices = sweep.axes.map(({ name }) => trial.values[name]);
    const { details } = trial;
    if (details === undefined)
      return [...choices, ...header.slice(choices.length, -1).map(() => undefined), trial.failure];
    const { fixed, balanced } = details;
    const { low, high } = shareInterval(details.accuracy, details.sampleCount);
    return [
      ...choices,
      study.front.includes(trial.id),
      details.accuracy,
      low,
      high,
      details.spikes,
      details.inputSpikes,
      details.effectiveOperations,
      details.denseOperations,
      ...perLayer.flatMap((_, l) => [
        details.layerSpikes[l],
        details.activationSparsity[l],
        details.connectionSparsity[l],
      ]),
      fixed?.lanes.join(" "),
      fixed?.cycles,
      fixed?.energy,
      balanced?.lanes.join(" "),
      balanced?.cycles,
      balanced?.energy,
      details.sampleCount,
      details.isWarm,
      undefined,
    ];
  });
  return toCsv(header, rows);
}

/** An SVG file per measure: the first choice downward, the second to the right. */
export function sweepFigures({ sweep, study }: SweepResult): Readonly<Record<string, string>> {
  const down = assertDefined(sweep.axes[0], "axis");
  const across = sweep.axes[1];
  const files = sweepMeasures.map(({ name, title, unit, of, text }) => {
    const cells = down.values.map((first) =>
      (across?.values ?? [undefined]).map((second) => {
        const trial = study.trials.find(
          ({ values }) => values[down.name] === first && (across === undefined || values[across.name] === second),
        );
        return trial?.details === undefined ? undefined : of(trial.details);
      }),
    );
    const picture = gridMap({
      id: `sweep-${name}`,
      title: `${title}, ${unit}`,
      caption: `${sweep.title}; the strongest cell is the largest number.`,
      row: { title: down.title, names: down.values.map(String) },
      column: { title: across?.title ?? "", names: across?.values.map(String) ?? [""] },
      cells,
      text,
    });
    return [`${name}.svg`, svgFile(picture)] as const;
  });
  return Object.fromEntries(files);
}
