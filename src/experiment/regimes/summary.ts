import { assertDefined, meanInterval, type MeanInterval } from "../../base/index.ts";
import { nonDominated } from "../../exploration/index.ts";
import type { RegimeChoice } from "./plan.ts";
import type { RegimePoint } from "./point.ts";

/** One line of the table: a choice, in means over seeds. */
export interface RegimeRow extends RegimeChoice {
  readonly seedCount: number;
  readonly epochs: number;
  readonly accuracy: MeanInterval;
  /** Points of accuracy against the float network of the same seed. */
  readonly gain: MeanInterval;
  readonly connectionSparsity: number;
  readonly layers: readonly { readonly layer: string; readonly connectionSparsity: number }[];
  readonly additions: number;
  /** Of the smallest format. */
  readonly bits: number;
  /** Joules per inference, all layers in one format; empty where unknown. */
  readonly energies: readonly { readonly format: string; readonly energy: number }[];
  /** Joules with every layer in its cheapest format, and the formats that most seeds chose. */
  readonly cheapest?: { readonly energy: number; readonly formats: readonly string[] };
  /** No other has a higher accuracy for as little energy. */
  readonly isFront: boolean;
}

/** Means over seeds, in the order of the plan, and the front of accuracy against energy among them. */
export function summarize(points: readonly RegimePoint[]): readonly RegimeRow[] {
  const groups = new Map<string, RegimePoint[]>();
  for (const point of points) {
    const key = `${point.regime} ${point.weightBits} ${point.sparsity}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  const rows = [...groups.values()].map((group) => rowOf(group, points));
  const priced = rows.flatMap((row, place) =>
    row.cheapest === undefined ? [] : [{ place, costs: [1 - row.accuracy.mean, row.cheapest.energy] }],
  );
  const front = new Set(nonDominated(priced.map(({ costs }) => costs)).map((k) => priced[k]?.place));
  return rows.map((row, place) => ({ ...row, isFront: front.has(place) }));
}

// ---------------------------------------------------------------------------------------------------------------------

function rowOf(group: readonly RegimePoint[], points: readonly RegimePoint[]): Omit<RegimeRow, "isFront"> {
  const first = assertDefined(group[0], "point");
  const mean = (of: (point: RegimePoint) => number): number => group.reduce((sum, p) => sum + of(p), 0) / group.length;
  const gains = group.map(({ seed, accuracy }) => {
    const float = points.find((point) => point.seed === seed && point.regime === "float");
    return (accuracy - (float?.accuracy ?? Number.NaN)) * 100;
  });
  return {
    regime: first.regime,
    weightBits: first.weightBits,
    sparsity: first.sparsity,
    seedCount: group.length,
    epochs: first.epochs,
    accuracy: meanInterval(group.map(({ accuracy }) => accuracy)),
    gain: meanInterval(gains),
    connectionSparsity: mean((p) => p.connectionSparsity),
    layers: first.layers.map(({ layer }, l) => ({
      layer,
      connectionSparsity: mean((p) => p.layers[l]?.connectionSparsity ?? Number.NaN),
    })),
    additions: mean((p) => p.additions),
    bits: mean(({ formats }) => Math.min(...formats.map(({ bits }) => bits))),
    energies: first.energies.map(({ format }, f) => ({
      format,
      energy: mean((p) => p.energies[f]?.energy.value ?? Number.NaN),
    })),
    ...(first.cheapest === undefined
      ? {}
      : {
          cheapest: {
            energy: mean((p) => p.cheapest?.energy.value ?? Number.NaN),
            formats: first.layers.map((_, l) => mostFrequent(group.flatMap((p) => p.cheapest?.formats[l] ?? []))),
          },
        }),
  };
}

function mostFrequent(names: readonly string[]): string {
  const count = (name: string): number => names.filter((other) => other === name).length;
  return names.reduce((best, name) => (count(name) > count(best) ? name : best), names[0] ?? "");
}
