import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { initialPlateau, observePlateau, type PlateauState } from "./plateau.ts";
import { rateAt, scheduleProblems, type ScheduleSpec } from "./schedules.ts";

type Plateau = Extract<ScheduleSpec, { kind: "plateau" }>;

test("rates equal PyTorch's, epoch by epoch", () => {
  const { schedules } = JSON.parse(readFileSync("tests/vectors/torch-training.json", "utf8")) as {
    schedules: { cases: { spec: ScheduleSpec; rates: number[]; observed?: number[] }[] };
  };
  assert.equal(schedules.cases.length, 11);
  for (const { spec, rates, observed } of schedules.cases) {
    let plateauState: PlateauState | undefined;
    rates.forEach((wanted, i) => {
      const got = rateAt(spec, 1, { epoch: i + 1, step: 0, stepsPerEpoch: 10, epochs: 20, plateauState });
      assert.ok(Math.abs(got - wanted) < 1e-10, `${JSON.stringify(spec)} epoch ${i + 1}: ${got} ≠ ${wanted}`);
      if (observed !== undefined) {
        // Through text, as a checkpoint would.
        const stored = JSON.parse(JSON.stringify(plateauState ?? initialPlateau)) as PlateauState;
        plateauState = observePlateau(spec as Plateau, { ...stored, best: stored.best ?? undefined }, observed[i]!);
      }
    });
  }
});

test("warm-up rises evenly to the full rate, then the schedule starts", () => {
  const spec: ScheduleSpec = { kind: "cosine", warmUp: 1.5 };
  const rates = Array.from({ length: 16 }, (_, i) =>
    rateAt(spec, 0.1, { epoch: 1 + Math.floor(i / 4), step: i % 4, stepsPerEpoch: 4, epochs: 4 }),
  );
  const rising = [1, 2, 3, 4, 5, 6].map((k) => (0.1 * k) / 6);
  const falling = Array.from({ length: 10 }, (_, k) => 0.05 * (1 + Math.cos((Math.PI * k) / 10)));
  [...rising, ...falling].forEach((wanted, i) => assert.ok(Math.abs(rates[i]! - wanted) < 1e-12, `step ${i}`));
});

test("stairs fall at the right step after a broken warm-up", () => {
  const at = (spec: ScheduleSpec, epoch: number, step: number): number =>
    rateAt(spec, 1, { epoch, step, stepsPerEpoch: 10, epochs: 9 });
  // 0.3 epochs of warm-up, so that the third epoch of the schedule begins at 2.3: 1e-16 short of 2 when subtracted.
  for (const spec of [
    { kind: "step", every: 1, factor: 0.5, warmUp: 0.3 },
    { kind: "exponential", factor: 0.5, warmUp: 0.3 },
    { kind: "multi-step", at: [1, 2], factor: 0.5, warmUp: 0.3 },
  ] as const) {
    assert.deepEqual([at(spec, 3, 2), at(spec, 3, 3)], [0.5, 0.25], spec.kind);
  }
});

test("every schedule stays above 0 and at most at the full rate", () => {
  const specs: ScheduleSpec[] = [
    { kind: "constant" },
    { kind: "cosine" },
    { kind: "cosine", period: 0.7, stretch: 1.5, floor: 0.01 },
    { kind: "step", every: 2 },
    { kind: "multi-step", at: [0.5, 3] },
    { kind: "exponential", factor: 0.8 },
    { kind: "plateau" },
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...specs),
      fc.double({ min: 0, max: 12, noNaN: true }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 7 }),
      fc.nat(),
      (spec, warmUp, epochs, stepsPerEpoch, at) => {
        const step = at % (epochs * stepsPerEpoch);
        const position = {
          epoch: 1 + Math.floor(step / stepsPerEpoch),
          step: step % stepsPerEpoch,
          stepsPerEpoch,
          epochs,
        };
        const rate = rateAt({ ...spec, warmUp }, 2, position);
        assert.ok(rate > 0 && rate <= 2, `${rate}`);
      },
    ),
    { seed: 5 },
  );
});

test("reduce on plateau: a loss that is not a number is no progress", () => {
  const spec: Plateau = { kind: "plateau", patience: 0 };
  const state = observePlateau(spec, initialPlateau, Number.NaN);
  assert.deepEqual(state, { share: 0.1, best: undefined, epochsWithoutProgress: 0, cooldownLeft: 0 });
});

test("wrong options are refused in plain words", () => {
  const problems = (spec: ScheduleSpec): string[] =>
    scheduleProblems(spec).map(({ path, message }) => `${path}: ${message}`);
  assert.deepEqual(problems({ kind: "step", every: 0, warmUp: -1 }), [
    'schedule "step".warmUp: expected a number from 0 to 1000000, got -1',
    'schedule "step".every: expected a number from 0.001 to 1000000, got 0',
  ]);
  assert.deepEqual(problems({ kind: "multi-step", at: [3, 2] }), [
    'schedule "multi-step".at: expected rising epochs from 0, got 3, 2',
  ]);
  assert.deepEqual(problems({ kind: "plateau", patience: 1.5 }), [
    'schedule "plateau".patience: expected a whole number from 0 to 1000000, got 1.5',
  ]);
});
