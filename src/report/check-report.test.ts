import assert from "node:assert/strict";
import { test } from "node:test";
import { quantity } from "../base/index.ts";
import { checkReport, sumLines } from "./check-report.ts";
import { renderReport } from "./page.ts";
import type { EnergySummary, ExplorationSummary } from "./report-data.ts";
import { sampleDerivations, sampleReport } from "./sample-report.test.ts";

const energyWith = (derivations: EnergySummary["derivations"]): EnergySummary => ({
  derivations,
  baselineNote: "none.",
  notModeled: [],
});

test("a consistent report has no problems", () => {
  assert.deepEqual(checkReport(sampleReport()), []);
});

test("a total that is off by one bit is found and shown", () => {
  const [first, ...rest] = sampleDerivations();
  const sum = sumLines(first!.lines);
  const wrong = quantity(sum * (1 + 2 * Number.EPSILON), "J", "estimated", "x");
  const data = sampleReport({ energy: energyWith([{ ...first!, total: wrong }, ...rest]) });
  assert.deepEqual(
    checkReport(data).map(({ code }) => code),
    ["report/sum-differs", "report/headline-differs"],
  );
  assert.equal(checkReport(data)[0]!.message, `the lines do not add up; expected ${wrong.value} J, got ${sum} J`);
  assert.match(renderReport(data), /This report contradicts itself/);
  assert.doesNotMatch(renderReport(sampleReport()), /contradicts itself/);
});

test("a line that is not count × unit energy is found", () => {
  const [first] = sampleDerivations();
  const lines = first!.lines.map((line, i) => Object.assign({}, line, { count: line.count + (i === 0 ? 1 : 0) }));
  const problems = checkReport(sampleReport({ energy: energyWith([{ ...first!, lines }]) }));
  assert.deepEqual(
    problems.map(({ code, path }) => [code, path]),
    [["report/line-differs", 'energy of the chosen design, profile "FPGA model, invented", hidden, synapse read']],
  );
});

test("exactly one design must be chosen", () => {
  const exploration = sampleReport().exploration as ExplorationSummary;
  const trials = exploration.trials.filter((trial) => !trial.chosen);
  const problems = checkReport(sampleReport({ exploration: { ...exploration, trials } }));
  assert.deepEqual(problems, [
    { code: "report/choice-missing", path: "exploration", message: "exactly one design is chosen; expected 1, got 0" },
  ]);
});
