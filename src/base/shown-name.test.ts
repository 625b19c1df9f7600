import assert from "node:assert/strict";
import { test } from "node:test";
import { printable, shownName } from "./index.ts";

test("a name in a message is one printable line", () => {
  assert.equal(shownName("conv1"), '"conv1"');
  assert.equal(shownName('a"b\nc'), '"a\\"b\\nc"');
  assert.equal(shownName("\u001B[2J\u009B31m\u202Egnp"), '"\\u001b[2J\\u009b31m\\u202egnp"');
  assert.equal(shownName("x".repeat(10_000)), `"${"x".repeat(49)}…" (10000 characters)`);
});

test("text keeps its lines and nothing that moves a cursor", () => {
  assert.equal(printable("a\tb\nc"), "a\tb\nc");
  assert.equal(printable("\u001B]0;title\u0007\r\u0085\u2028"), "\\u001b]0;title\\u0007\\u000d\\u0085\\u2028");
});
