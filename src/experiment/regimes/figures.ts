// The regimes as a table and as pictures.

import { quantity, type Quantity } from "../../base/index.ts";
import { frontFigure, gridMap, svgFile, toCsv, type TrialRow } from "../../report/index.ts";
import type { RegimesResult } from "./regimes.ts";
import type { RegimeRow } from "./summary.ts";

/** One row per point and seed, every number with all digits. */
export function regimesCsv({ points }: RegimesResult): string {
  const names = (of: (point: (typeof points)[number]) => readonly { readonly format: string }[]): readonly string[] => [
    ...new Set(points.flatMap((point) => of(point).map(({ format }) => format))),
  ];
  const [formats, priced] = [names((point) => point.formats), names((point) => point.energies)];
  const layers = points[0]?.layers.map(({ layer }) => layer) ?? [];
  const header = [
    ...["regime", "seed", "weight bits", "sparsity asked", "epochs", "accuracy", "zero weights"],
    ...layers.map((layer) => `zeros ${layer}`),
    ...["spikes", "additions"],
    ...formats.map((format) => `bits ${format}`),
    ...priced.map((format) => `energy ${format} (J)`),
    ...["energy cheapest (J)", "cheapest formats"],
  ];
  const rows = points.map((p) => [
    ...[p.regime, p.seed, p.weightBits, p.sparsity, p.epochs, p.accuracy, p.connectionSparsity],
    ...p.layers.map(({ connectionSparsity }) => connectionSparsity),
    ...[p.spikes, p.additions],
    ...formats.map((name) => p.formats.find(({ format }) => format === name)?.bits),
    ...priced.map((name) => p.energies.find(({ format }) => format === name)?.energy.value),
    ...[p.cheapest?.energy.value, p.cheapest?.formats.join(" / ")],
  ]);
  return toCsv(header, rows);
}

/** Accuracy against energy with its front, and the zeros that quantization alone induces, by bits and layer. */
export function regimesFigures({ rows }: RegimesResult): Readonly<Record<string, string>> {
  return { "regimes-energy.svg": energyFigure(rows), "regimes-induced.svg": inducedFigure(rows) };
}

// ---------------------------------------------------------------------------------------------------------------------

function energyFigure(rows: readonly RegimeRow[]): string {
  const trials = rows.flatMap((row, place): TrialRow[] => {
    const { cheapest, regime, weightBits, sparsity, accuracy, isFront } = row;
    if (cheapest === undefined || weightBits === undefined) return [];
    return [
      {
        id: String(place),
        parameters: { regime, weightBits, sparsity },
        objectives: {
          accuracy: quantity(accuracy.mean, "1", "simulated", "golden model, test split") satisfies Quantity,
          energy: quantity(cheapest.energy, "J", "estimated", "memory hierarchy, every layer in its cheapest format"),
        },
        feasible: true,
        onFront: isFront,
        chosen: false,
      },
    ];
  });
  const picture = frontFigure({
    sampler: "plan",
    objectives: [
      { name: "accuracy", direction: "maximize", format: "percent", definition: "mean over seeds" },
      { name: "energy", direction: "minimize", definition: "mean over seeds, per inference" },
    ],
    constraints: [],
    trials,
    choice: "",
  });
  return svgFile(picture);
}

function inducedFigure(rows: readonly RegimeRow[]): string {
  const quantized = rows.filter(({ regime }) => regime === "quantize");
  const layers = quantized[0]?.layers.map(({ layer }) => layer) ?? [];
  const picture = gridMap({
    id: "regimes-induced",
    title: "Zeros by quantization alone, % of weights, simulated",
    caption: "The strongest cell is the largest share.",
    row: { title: "layer", names: ["all", ...layers] },
    column: { title: "bits", names: quantized.map(({ weightBits }) => String(weightBits)) },
    cells: [
      quantized.map(({ connectionSparsity }) => connectionSparsity * 100),
      ...layers.map((_, l) => quantized.map((row) => (row.layers[l]?.connectionSparsity ?? Number.NaN) * 100)),
    ],
    text: (value) => value.toFixed(1),
  });
  return svgFile(picture);
}
