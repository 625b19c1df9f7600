// A short run of the mutation test: most faults are noticed, and the exit status follows the figures.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

test("twelve mutants: more are detected than survive", () => {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  const file = join(folder, "mutants.json");
  const run = spawnSync(process.execPath, ["scripts/test-mutants.ts", "--limit", "12", "--json", file]);
  const { share, mutants } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly share: number;
    readonly mutants: readonly { readonly result: string }[];
  };
  rmSync(folder, { recursive: true });
  const count = (result: string): number => mutants.filter((mutant) => mutant.result === result).length;
  assert.equal(mutants.length, 12);
  assert.ok(count("detected") > count("survived"));
  assert.equal(run.status, share >= 0.98 ? 0 : 4);
});
