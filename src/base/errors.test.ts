import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assert as assertTrue,
  assertDefined,
  BugError,
  exitCode,
  exitCodeOf,
  throwProblems,
  ToolError,
  UserError,
  type ExitReason,
} from "./index.ts";

test("one exit code per reason, as documented", () => {
  const documented: Readonly<Record<ExitReason, number>> = {
    bug: 1,
    usage: 2,
    "bad-input": 3,
    "not-met": 4,
    "tool-missing": 5,
    unsupported: 6,
    resources: 7,
    busy: 8,
    remote: 9,
    partial: 10,
    interrupted: 130,
    terminated: 143,
  };
  for (const [reason, code] of Object.entries(documented)) {
    assert.equal(exitCode(reason as ExitReason), code);
    assert.equal(exitCodeOf(new UserError("a/b", "m", { exit: reason as ExitReason })), code);
    assert.equal(exitCodeOf(new ToolError("a/b", "m", { command: "x", exit: reason as ExitReason })), code);
  }
  const aborted = new Error("stopped");
  aborted.name = "AbortError";
  assert.deepEqual([exitCodeOf(aborted), exitCodeOf(new BugError("m")), exitCodeOf("text")], [130, 1, 1]);
});

test("a broken assumption is a bug, with its words", () => {
  assert.throws(
    () => assertTrue(false, "rows and columns agree"),
    (error) =>
      error instanceof BugError && error.message === "rows and columns agree" && error.code === "bug/assertion",
  );
  assert.throws(() => assertDefined(undefined, "layer 3"), { name: "BugError", message: "layer 3 is undefined" });
  assert.equal(assertDefined(0, "zero"), 0);
});

test("problems: none is silence, one is itself, the hint and the way out stay", () => {
  throwProblems([]);
  const problem = { code: "x/one", path: "layers[0]", message: "expected 1, got 2", hint: "use 1" };
  assert.throws(
    () => throwProblems([problem], "unsupported"),
    (error: UserError) => {
      assert.equal(error.message, "layers[0]: expected 1, got 2");
      assert.deepEqual(
        [error.code, error.path, error.hint, error.exit],
        ["x/one", "layers[0]", "use 1", "unsupported"],
      );
      assert.deepEqual(error.problems, [problem]);
      return true;
    },
  );
});

test("errors keep what a message needs, and their cause", () => {
  const cause = new Error("inner");
  const user = new UserError("a/b", "m", { path: "p", cause });
  assert.deepEqual([user.cause, user.hint, user.exit, user.problems], [cause, undefined, "bad-input", []]);
  const tool = new ToolError("tool/failed", "m", { command: "yosys", status: 2, output: "last words", cause });
  assert.deepEqual([tool.command, tool.status, tool.output, tool.exit], ["yosys", 2, "last words", "tool-missing"]);
  assert.equal(tool.cause, cause);
});
