import assert from "node:assert/strict";
import { test } from "node:test";
import { quantity } from "../../base/index.ts";
import { parseConfig } from "../parse-config.ts";
import { phasesOf, regimePlan, regimesCsv, regimesFigures, summarize, type RegimePoint } from "./index.ts";

const document = { explore: { weightBits: [2, 8], sparsity: [0, 0.5, 0.9] } } as const;

test("four regimes, all with the same number of epochs", () => {
  const plan = regimePlan(parseConfig(document, "test"));
  assert.deepEqual(
    plan.map(({ regime, weightBits, sparsity }) => `${regime} ${weightBits} ${sparsity}`),
    [
      ...["quantize 2 0", "quantize 8 0", "prune 8 0.5", "prune 8 0.9"],
      ...["joint 2 0.5", "joint 2 0.9", "cumulative 2 0.5", "cumulative 2 0.9"],
    ],
  );
  for (const epochs of [2, 5, 10]) {
    for (const choice of plan) {
      const phases = phasesOf(choice, epochs);
      assert.equal(
        phases.reduce((sum, phase) => sum + phase.epochs, 0),
        epochs,
        choice.regime,
      );
      assert.equal(phases.at(-1)!.weightBits, choice.weightBits);
    }
  }
  const [first, second] = phasesOf(plan.at(-1)!, 10);
  assert.deepEqual(
    [first!.weightBits, first!.sparsity, second!.sparsity, second!.keepZeros],
    [undefined, 0.9, 0, true],
  );
});

function point(change: Partial<RegimePoint> & { readonly joules?: number }): RegimePoint {
  const { joules, ...rest } = change;
  const energy = quantity((joules ?? 1) * 1e-6, "J", "estimated", "test");
  return {
    regime: "quantize",
    weightBits: 2,
    sparsity: 0,
    seed: 0,
    epochs: 10,
    accuracy: 0.9,
    connectionSparsity: 0.4,
    layers: [{ layer: "hidden", connectionSparsity: 0.4 }],
    spikes: 5,
    additions: 100,
    formats: [{ format: "dense", bits: 64 }],
    energies: [
      { format: "dense", energy },
      { format: "bitmap", energy },
    ],
    cheapest: { energy, formats: ["dense"] },
    ...rest,
  };
}

const { cheapest: _unknown, ...unpriced } = point({ regime: "float", weightBits: undefined, epochs: 0, energies: [] });
const points: readonly RegimePoint[] = [
  { ...unpriced, accuracy: 0.8 },
  point({ accuracy: 0.9, joules: 2 }),
  point({ regime: "joint", sparsity: 0.5, accuracy: 0.7, joules: 1 }),
  point({ regime: "cumulative", sparsity: 0.5, accuracy: 0.6, joules: 1.5 }),
  { ...unpriced, seed: 1, accuracy: 0.7 },
  point({ seed: 1, accuracy: 0.9, joules: 4 }),
  point({ seed: 1, regime: "joint", sparsity: 0.5, accuracy: 0.9, joules: 1 }),
  point({ seed: 1, regime: "cumulative", sparsity: 0.5, accuracy: 0.6, joules: 1.5 }),
];

test("means over seeds, differences to the float network of the same seed, the front of accuracy and energy", () => {
  const rows = summarize(points);
  assert.deepEqual(
    rows.map(({ regime, seedCount, isFront }) => [regime, seedCount, isFront]),
    [
      ["float", 2, false],
      ["quantize", 2, true],
      ["joint", 2, true],
      ["cumulative", 2, false],
    ],
  );
  const [float, quantized] = rows;
  assert.equal(float!.cheapest, undefined);
  assert.ok(Math.abs(quantized!.gain.mean - 15) < 1e-9 && quantized!.gain.half! > 0);
  assert.ok(Math.abs(quantized!.cheapest!.energy - 3e-6) < 1e-18);
});

test("a table with every energy, and two pictures", () => {
  const result = { points, rows: summarize(points) };
  const [header, float, quantized] = regimesCsv(result).split("\n");
  assert.match(header!, /zeros hidden,.*bits dense,energy dense \(J\),energy bitmap \(J\),energy cheapest \(J\)/);
  assert.match(float!, /^float,0,,0,0,0\.8,.*,64,,,,/);
  assert.match(quantized!, /,0\.000002,0\.000002,0\.000002,dense/);
  const figures = regimesFigures(result);
  assert.deepEqual(Object.keys(figures), ["regimes-energy.svg", "regimes-induced.svg"]);
  assert.equal(figures["regimes-energy.svg"]!.match(/class="point front"/g)!.length, 2);
  assert.match(figures["regimes-induced.svg"]!, /40\.0/);
});
