import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../base/index.ts";
import { paretoTestSet } from "./pareto-test-set.ts";
import {
  checkSpace,
  chooseTrial,
  dominates,
  gridPoint,
  hypervolume,
  knee,
  nonDominated,
  runStudy,
  sortFronts,
  spaceSize,
  valuesOf,
  type Objective,
  type Space,
} from "./index.ts";

test("the 75 published designs have exactly these 6 on the front", () => {
  assert.equal(paretoTestSet.length, 75);
  const front = nonDominated(paretoTestSet.map(({ accuracy, energy }) => [-accuracy, energy]));
  assert.deepEqual(front.map((i) => Object.values(paretoTestSet[i]!).join(" ")).sort(), [
    "cumulative 2 0.85 96.53 8.666",
    "cumulative 2 0.925 91.32 8.46",
    "cumulative 4 0.8 97.92 11.056",
    "joint 2 0.75 97.22 9.134",
    "joint 2 0.975 57.29 8.109",
    "quantization only 2 0 97.57 9.593",
  ]);
});

test("fronts equal brute force on random points with ties", () => {
  const random = randomStream(5, "points");
  for (let trial = 0; trial < 50; trial++) {
    const points = Array.from({ length: 60 }, () => [random.integer(8), random.integer(8), random.integer(8)]);
    const brute = points.flatMap((p, i) => (points.some((q) => dominates(q, p)) ? [] : [i]));
    assert.deepEqual(nonDominated(points), brute);
    const fronts = sortFronts(points);
    assert.equal(fronts.flat().length, 60);
    assert.deepEqual(fronts[0], brute);
  }
});

test("hypervolume: by hand in two dimensions, by counting cells in three", () => {
  assert.equal(
    hypervolume(
      [
        [1, 3],
        [2, 1],
      ],
      [4, 4],
    ),
    3 * 1 + 2 * 2 + 0 + 2 * 1 - 2 + 0,
  );
  const random = randomStream(6, "volume");
  for (let trial = 0; trial < 20; trial++) {
    const points = Array.from({ length: 10 }, () => [random.integer(6), random.integer(6), random.integer(6)]);
    let cells = 0;
    for (let x = 0; x < 6; x++)
      for (let y = 0; y < 6; y++)
        for (let z = 0; z < 6; z++) {
          if (points.some(([a = 0, b = 0, c = 0]) => a <= x && b <= y && c <= z)) cells++;
        }
    assert.equal(hypervolume(points, [6, 6, 6]), cells);
  }
});

test("the knee of a bent front is its bend", () => {
  assert.equal(
    knee([
      [0, 10],
      [1, 1],
      [10, 0],
    ])?.index,
    1,
  );
  assert.equal(knee([]), undefined);
});

const space: Space = [
  { name: "a", kind: "ordinal", values: [0, 1, 2, 3, 4, 5, 6, 7] },
  { name: "b", kind: "ordinal", values: [0, 1, 2, 3, 4, 5, 6, 7] },
  { name: "c", kind: "categorical", values: ["x", "y", "z"] },
];
const objectives: readonly Objective[] = [
  { name: "cost", direction: "minimize" },
  { name: "gain", direction: "maximize" },
];

async function evaluate(values: Readonly<Record<string, string | number | boolean>>) {
  const [a, b] = [Number(values["a"]), Number(values["b"])];
  const extra = values["c"] === "y" ? 0 : 2;
  return { objectives: { cost: (a - 5) ** 2 + b + extra, gain: -((b - 6) ** 2) + a / 8 - extra }, details: undefined };
}

const study = (sampler: "grid" | "random" | "nsga2", trialCount: number, seed: number) =>
  runStudy({ space, objectives, bounds: [], sampler, trialCount, seed, evaluate });

test("grid covers everything once; studies repeat for a seed", async () => {
  const full = await study("grid", 1000, 0);
  assert.equal(full.trials.length, spaceSize(space));
  assert.equal(new Set(full.trials.map(({ point }) => point.join())).size, 192);
  assert.deepEqual(valuesOf(space, gridPoint(space, 191)), { a: 7, b: 7, c: "z" });
  for (const sampler of ["random", "nsga2"] as const) {
    const [one, two, other] = [await study(sampler, 40, 1), await study(sampler, 40, 1), await study(sampler, 40, 2)];
    assert.deepEqual(one, two);
    assert.notDeepEqual(
      one.trials.map(({ point }) => point),
      other.trials.map(({ point }) => point),
    );
    assert.equal(new Set(one.trials.map(({ point }) => point.join())).size, 40, "no design twice");
  }
});

test("NSGA-II finds nearly the whole front with a third of the designs, and beats chance", async () => {
  const costs = (s: Awaited<ReturnType<typeof study>>) =>
    s.front.map((id) => [s.trials[id]!.objectives!["cost"]!, -s.trials[id]!.objectives!["gain"]!]);
  const reference = [100, 100];
  const best = hypervolume(costs(await study("grid", 1000, 0)), reference);
  let nsga2 = 0;
  let random = 0;
  for (let seed = 0; seed < 5; seed++) {
    const share = hypervolume(costs(await study("nsga2", 64, seed)), reference) / best;
    assert.ok(share >= 0.99, `seed ${seed}: ${share}`);
    nsga2 += share;
    random += hypervolume(costs(await study("random", 64, seed)), reference) / best;
  }
  assert.ok(nsga2 >= random);
});

test("failures and bounds: kept, counted, never on the front", async () => {
  const found = await runStudy({
    space,
    objectives,
    bounds: [{ objective: "cost", relation: "<=", bound: 10 }],
    sampler: "grid",
    trialCount: 1000,
    seed: 0,
    evaluate: async (values) => {
      if (values["c"] === "z") throw new UserError("fit/x", "z does not fit");
      return evaluate(values);
    },
  });
  assert.ok(found.trials.filter(({ failure }) => failure === "z does not fit").length === 64);
  assert.ok(found.front.every((id) => found.trials[id]!.objectives!["cost"]! <= 10));
  assert.match(chooseTrial(found, objectives, "knee").reason, /^knee: nearest/);
  assert.equal(chooseTrial(found, objectives, "cost").trial.objectives!["cost"], 0);
});

test("nothing feasible is said, with the first reason", async () => {
  const found = await runStudy({
    space,
    objectives,
    bounds: [],
    sampler: "random",
    trialCount: 5,
    seed: 0,
    evaluate: async () => {
      throw new UserError("fit/x", "too big");
    },
  });
  assert.throws(
    () => chooseTrial(found, objectives, "knee"),
    (error: UserError) => error.message === "none of 5 designs is feasible; the first failed with: too big",
  );
});

test("a space with mistakes lists all of them", () => {
  const problems = checkSpace([
    { name: "a", kind: "ordinal", values: [] },
    { name: "a", kind: "ordinal", values: [1, 1] },
  ]);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["space/no-values", "space/duplicate-name", "space/duplicate-value"],
  );
});
