import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { losses } from "./losses/index.ts";
import type { NumberOption } from "./number-option.ts";
import { optimizers } from "./optimizers.ts";
import { schedules } from "./schedules.ts";

const guide = readFileSync("docs/guide/training.md", "utf8");

/** The row of the table that explains this kind. */
function rowOf(kind: string): string {
  const row = guide.split("\n").find((line) => line.startsWith(`| \`${kind}\` |`));
  assert.ok(row !== undefined, `docs/guide/training.md has no row for ${kind}`);
  return row;
}

test("the guide names every loss with what it reads and every numeric option with its default", () => {
  for (const [kind, { accepts, options }] of Object.entries(losses)) {
    const row = rowOf(kind);
    assert.ok(row.includes(accepts.length === 2 ? "| both |" : `| ${accepts[0]} |`), kind);
    // "the same" points to the row before.
    if (!row.includes("the same")) assertNamed(row, options);
  }
});

test("the guide names every optimizer and schedule with its numeric options", () => {
  for (const [kind, options] of Object.entries(optimizers)) {
    if (kind !== "adamw") assertNamed(rowOf(kind), options);
  }
  assert.ok(rowOf("adamw").includes(`\`weightDecay\` (${optimizers.adamw["weightDecay"]!.byDefault})`));
  for (const [kind, { warmUp, ...options }] of Object.entries(schedules)) {
    for (const name of Object.keys(options)) assert.ok(rowOf(kind).includes(`\`${name}\``), `${kind}.${name}`);
    assert.equal(warmUp?.byDefault, 0);
  }
});

// ---------------------------------------------------------------------------------------------------------------------

function assertNamed(row: string, options: Readonly<Record<string, NumberOption>>): void {
  for (const [name, { byDefault }] of Object.entries(options)) {
    // JavaScript would print 1e-5 as 0.00001.
    const value = byDefault > 0 && byDefault < 1e-3 ? byDefault.toExponential() : String(byDefault);
    assert.match(row, new RegExp(`\`${name}\`[^(,]*\\(${value}[),]`), name);
  }
}
