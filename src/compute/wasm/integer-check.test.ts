import assert from "node:assert/strict";
import { test } from "node:test";
import { runIntegerCheck } from "./integer-check.ts";

test("the check of integer vectors reaches both ends of its clamp, and neurons above and below their threshold", async () => {
  const results = await runIntegerCheck("plain");
  assert.deepEqual(results, await runIntegerCheck("joined"));
  const next = results.slice(96, 128);
  assert.ok(next.includes(-30_000) && next.some((value) => value >= 9500), String(next));
  const bits = results.at(-1)!;
  assert.ok(bits !== 0 && bits !== -1);
  assert.deepEqual(
    next.map((value, i) => value > 500 && ((bits >>> i) & 1) === 0).filter(Boolean),
    [],
    "whoever stays above the threshold has fired",
  );
});
