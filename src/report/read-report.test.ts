import assert from "node:assert/strict";
import { test } from "node:test";
import { quantity } from "../base/index.ts";
import { renderReport } from "./page.ts";
import { readReportJson } from "./read-report.ts";
import { reportJson } from "./report-json.ts";
import { sampleReport } from "./sample-report.test.ts";

test("JSON and back gives the same page, byte for byte", () => {
  const data = sampleReport();
  const back = readReportJson(reportJson(data), "report.json")!;
  assert.equal(renderReport(back), renderReport(data));
});

test("unknown parts and numbers that were not finite come back as such", () => {
  const data = sampleReport({
    cycles: { unknown: "not simulated" },
    summary: [
      { name: "a", quantity: { unknown: "not placed" } },
      { name: "b", quantity: quantity(Number.POSITIVE_INFINITY, "J", "estimated", "x") },
    ],
  });
  const back = readReportJson(reportJson(data), "report.json")!;
  assert.deepEqual(back.cycles, { unknown: "not simulated" });
  assert.deepEqual(back.summary[0], { name: "a", quantity: { unknown: "not placed" } });
  assert.match(renderReport(back), /unknown<span class="reason"> – not a finite number/);
});

test("what is no report is told apart from a broken one", () => {
  assert.equal(readReportJson('{"a": 1}', "x.json"), undefined);
  assert.equal(readReportJson("null", "x.json"), undefined);
  assert.throws(() => readReportJson("<html>", "x.json"), {
    code: "report/not-json",
    message: 'x.json: not JSON; expected a report.json, got "<html>"',
  });
  assert.throws(() => readReportJson('{"schema": "lacuna.report/2.0", "report": {}}', "x.json"), {
    code: "report/unknown-version",
    message: "x.json: expected schema lacuna.report/1.x, got lacuna.report/2.0. Use a newer lacuna",
  });
});

test("every problem of a broken report is listed with its place", () => {
  const file = JSON.parse(reportJson(sampleReport())) as { report: Record<string, Record<string, unknown>> };
  file.report["cycles"]!["total"] = { value: 3, unit: "bananas", kind: "EST", src: "x" };
  file.report["verification"]!["passed"] = "yes";
  file.report["raster"]!["stepCount"] = 1e12;
  assert.throws(
    () => readReportJson(JSON.stringify(file), "x.json"),
    (error: { code: string; problems: { path: string }[] }) => {
      assert.equal(error.code, "report/malformed");
      assert.deepEqual(error.problems.map(({ path }) => path).sort(), [
        "x.json at report.cycles.total.unit",
        "x.json at report.raster.stepCount",
        "x.json at report.verification.passed",
      ]);
      return true;
    },
  );
});

test("members of a later minor version are left out", () => {
  const file = JSON.parse(reportJson(sampleReport())) as { schema: string; report: Record<string, unknown> };
  file.schema = "lacuna.report/1.7";
  file.report["novelty"] = { x: 1 };
  const back = readReportJson(JSON.stringify(file), "x.json")!;
  assert.equal(renderReport(back), renderReport(sampleReport()));
});
