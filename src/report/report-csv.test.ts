import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { quantity } from "../base/index.ts";
import { csvDataUri, toCsv } from "./csv.ts";
import { derivationCsv, frontCsv, ownValue, parameterNames } from "./report-csv.ts";
import type { ExplorationSummary, TrialRow } from "./report-data.ts";
import { sampleDerivations, sampleReport } from "./sample-report.test.ts";

test("cells that a spreadsheet would run are neutralized, numbers stay numbers", () => {
  const csv = toCsv(
    ["=1+1", "b"],
    [
      ["+x", -5],
      ["@a", "-b"],
      ["a,b", 'say "x"'],
      ["\t=1", " =2"],
    ],
  );
  assert.deepEqual(readCsv(csv), [
    ["'=1+1", "b"],
    ["'+x", "-5"],
    ["'@a", "'-b"],
    ["a,b", 'say "x"'],
    ["'\t=1", "' =2"],
  ]);
});

test("any text comes back from CSV, and none begins a formula", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 2 }), (row) => {
      const [, back] = readCsv(toCsv(["a", "b"], [row]));
      back!.forEach((cell, i) => {
        assert.ok(cell === row[i] || cell === `'${row[i]}`);
        assert.doesNotMatch(cell, /^\s*[=+\-@]/);
      });
    }),
    { seed: 1 },
  );
});

test("a data link holds the same bytes", () => {
  const csv = toCsv(["µJ"], [["é"]]);
  const encoded = csvDataUri(csv).split("base64,")[1]!;
  assert.equal(Buffer.from(encoded, "base64").toString(), csv);
});

test("the CSV of a derivation adds up to its headline, to the last bit", () => {
  for (const derivation of sampleDerivations()) {
    const rows = readCsv(derivationCsv([derivation])).slice(1);
    const energies = rows.slice(0, -1).map((row) => Number(row[7]));
    const products = rows.slice(0, -1).map((row) => Number(row[4]) * Number(row[5]));
    const total = Number(rows.at(-1)![7]);
    assert.equal(
      energies.reduce((a, b) => a + b, 0),
      total,
    );
    products.forEach((product, i) => assert.ok(Math.abs(product - energies[i]!) <= 1e-12 * product));
    assert.ok("value" in derivation.total && derivation.total.value === total);
  }
});

test("the CSV of the front has every trial with full precision, kind and band", () => {
  const exploration = sampleReport().exploration as ExplorationSummary;
  const [header, ...rows] = readCsv(frontCsv(exploration));
  assert.equal(rows.length, exploration.trials.length);
  const column = header!.indexOf("energy");
  exploration.trials.forEach((trial, i) => {
    const energy = trial.objectives["energy"]!;
    assert.ok("value" in energy);
    assert.equal(Number(rows[i]![column]), energy.value);
    assert.deepEqual(rows[i]!.slice(column + 1, column + 5), [
      "J",
      "EST",
      String(energy.band!.low),
      String(energy.band!.high),
    ]);
  });
});

test("an unknown or missing objective is an empty cell with its reason", () => {
  const trial: TrialRow = {
    id: "1",
    parameters: {},
    objectives: { a: { unknown: "not placed" }, b: quantity(Number.NaN, "J", "estimated", "x") },
    feasible: true,
    onFront: true,
    chosen: false,
  };
  const objectives = ["a", "b", "c"].map((name) => ({ name, direction: "minimize" as const, definition: "" }));
  const [, row] = readCsv(frontCsv({ sampler: "", objectives, constraints: [], trials: [trial], choice: "" }));
  assert.deepEqual(
    [row![3], row![8], row![9], row![14], row![20]],
    ["", "unknown: not placed", "", "unknown: not a finite number (NaN)", "unknown: not evaluated"],
  );
});

test("inherited names are not parameters", () => {
  assert.equal(ownValue<unknown>({}, "__proto__"), undefined);
  assert.equal(ownValue<unknown>({}, "constructor"), undefined);
  const parameters = JSON.parse('{"__proto__": 3}') as TrialRow["parameters"];
  const trial: TrialRow = { id: "1", parameters, objectives: {}, feasible: true, onFront: false, chosen: false };
  assert.deepEqual(parameterNames([trial]), ["__proto__"]);
  assert.equal(ownValue(parameters, "__proto__"), 3);
});

/** A second reader, by RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let i = 0;
  while (i < text.length) {
    let cell = "";
    if (text[i] === '"') {
      for (i++; text[i] !== '"' || text[i + 1] === '"'; i++) {
        cell += text[i];
        if (text[i] === '"') i++;
      }
      i++;
    } else while (i < text.length && text[i] !== "," && text[i] !== "\r") cell += text[i++];
    row.push(cell);
    if (text[i] === ",") i++;
    else {
      assert.equal(text.slice(i, i + 2), "\r\n");
      i += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
