import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { checkFolder, resultLines } from "../scripts/check-vectors/check-folder.ts";
import { compareExactly, compareValues, ulpDistance } from "../scripts/check-vectors/compare.ts";

const vectors = path.join(process.env["LACUNA_SHARED"] ?? "../shared", "vectors");

test(
  "every reference vector is checked and equal",
  { skip: !existsSync(vectors) && "no ../shared/vectors" },
  async () => {
    const results = await checkFolder(vectors);
    assert.ok(results.length >= 61);
    const failed = results.filter(({ passed }) => !passed);
    assert.deepEqual(failed.flatMap(resultLines), []);
  },
);

test("what no checker knows counts as a difference and says why", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "lacuna-vectors-"));
  try {
    writeFileSync(path.join(folder, "new.json"), JSON.stringify({ model: "Oracle", params: {} }));
    const [result] = await checkFolder(folder);
    assert.deepEqual(resultLines(result!), ["DIFF new.json", '       not checked: no checker for model "Oracle"']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("comparisons count what differs, in units of the bound", () => {
  assert.equal(compareExactly("spikes", [0, 1, 1], [0, 1, 0]).differing, 1);
  assert.equal(compareExactly("spikes", [0, 1], [0, 1, 0]).differing, 1);
  assert.equal(ulpDistance(1, Math.fround(1 + 2 ** -23)), 1);
  assert.equal(ulpDistance(-0, 0), 0);
  const ulp = { unit: "ulp", bound: 1 } as const;
  assert.deepEqual(compareValues("v", [1, 2], [1, Math.fround(2 + 2 ** -20)], ulp), {
    what: "v",
    values: 2,
    differing: 1,
    worst: 4,
    ...ulp,
  });
  assert.equal(compareValues("v", [Number.NaN], [Number.NaN], ulp).differing, 0);
  assert.equal(compareValues("v", [Number.NaN], [1], ulp).differing, 1);
  assert.equal(compareValues("v", [], [1], ulp).differing, 1);
});
