import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplorationSummary } from "../report-data.ts";
import { sampleReport } from "../sample-report.test.ts";
import { cardData, drawnTrials, dominates } from "./front-points.ts";

const exploration = sampleReport().exploration as ExplorationSummary;

test("a dominated design names one that is nowhere worse and somewhere better", () => {
  const { drawn, omittedCount } = drawnTrials(exploration);
  assert.equal(omittedCount, 0);
  const card = cardData(exploration, drawn, "verified");
  let namedCount = 0;
  drawn.forEach((point, i) => {
    const name = /^dominated by #(.+)$/.exec(card.trials[i]!.status)?.[1];
    if (name === undefined) return;
    namedCount++;
    const better = drawn.find(({ trial }) => trial.id === name)!;
    const gains = exploration.objectives.map(({ direction }, o) =>
      direction === "maximize" ? better.values[o]! - point.values[o]! : point.values[o]! - better.values[o]!,
    );
    assert.ok(gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0));
  });
  assert.equal(namedCount, drawn.filter(({ status }) => status === "dominated").length);
});

test("unknown values neither win nor lose", () => {
  const { drawn } = drawnTrials(exploration);
  const [first] = drawn;
  const unknown = { ...first!, values: first!.values.map(() => undefined) };
  assert.equal(dominates(first!, unknown, exploration.objectives), false);
  assert.equal(dominates(unknown, first!, exploration.objectives), false);
  assert.equal(dominates(first!, first!, exploration.objectives), false);
});

test("the chosen design is drawn last, above all others, with its verification", () => {
  const { drawn } = drawnTrials(exploration);
  const card = cardData(exploration, drawn, "verified: all samples");
  assert.equal(card.chosen, drawn.length - 1);
  assert.equal(card.trials.at(-1)!.status, "chosen · verified: all samples");
});
