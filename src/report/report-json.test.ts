import assert from "node:assert/strict";
import { test } from "node:test";
import { quantity } from "../base/index.ts";
import { reportJson, reportSchema } from "./report-json.ts";
import { sampleReport } from "./sample-report.test.ts";

interface Parsed {
  readonly schema: string;
  readonly report: Record<string, never> & {
    readonly summary: readonly { readonly quantity: unknown }[];
    readonly config: Record<string, unknown>;
  };
  readonly nonFinite: readonly unknown[];
}

const parse = (json: string): Parsed => JSON.parse(json) as Parsed;

test("the JSON names its schema and gives quantities with unit, badge, band and source", () => {
  const { schema, report, nonFinite } = parse(reportJson(sampleReport()));
  assert.equal(schema, "lacuna.report/1.0");
  assert.equal(reportSchema, schema);
  assert.deepEqual(nonFinite, []);
  assert.deepEqual(report.summary[0]!.quantity, { value: 0.9583, unit: "1", kind: "SIM", src: "golden model" });
  const energy = report.summary[1]!.quantity as Record<string, number>;
  assert.ok(energy["lo"]! < energy["value"]! && energy["value"]! < energy["hi"]!);
});

test("what is not finite is null with its path and reason; unknown keeps its reason", () => {
  const { report, nonFinite } = parse(
    reportJson(
      sampleReport({
        summary: [
          { name: "a", quantity: quantity(Number.POSITIVE_INFINITY, "J", "estimated", "x") },
          { name: "b", quantity: { unknown: "not placed" } },
        ],
        config: { "a/b": [1, Number.NaN], big: 2 ** 60 },
      }),
    ),
  );
  assert.deepEqual(report.summary[0]!.quantity, {
    value: null,
    unit: "J",
    kind: "EST",
    reason: "not a finite number (Infinity)",
    src: "x",
  });
  assert.deepEqual(report.summary[1]!.quantity, { value: null, reason: "not placed" });
  assert.deepEqual(nonFinite, [
    { path: "/summary/0/quantity/value", reason: "not a finite number (Infinity)" },
    { path: "/config/a~1b/1", reason: "not a finite number (NaN)" },
  ]);
  assert.deepEqual(report.config, { "a/b": [1, null], big: "1152921504606846976" });
});

test("a key named __proto__ stays a key", () => {
  const config: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
  const json = reportJson(sampleReport({ config }));
  assert.match(json, /"__proto__": \{/);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});
