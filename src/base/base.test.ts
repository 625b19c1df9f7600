import assert from "node:assert/strict";
import { test } from "node:test";
import {
  canonicalJson,
  exitCodeOf,
  formatQuantity,
  hashValue,
  philox,
  quantity,
  randomStream,
  signedBits,
  sumQuantities,
  throwProblems,
  ToolError,
  unsignedBits,
  UserError,
} from "./index.ts";

test("Philox gives the published vectors", () => {
  const hex = (words: readonly number[]) => words.map((word) => word.toString(16));
  assert.deepEqual(hex(philox(0, 0, 0)), ["ff1dae59", "6cd10df2"]);
  assert.deepEqual(hex(philox(0xffffffff, 0xffffffff, 0xffffffff)), ["2c3f628b", "ab4fd7ad"]);
  assert.deepEqual(hex(philox(0x243f6a88, 0x85a308d3, 0x13198a2e)), ["dd7ce038", "f62a4c12"]);
});

test("streams: the same name gives the same numbers, in any order of asking", () => {
  const a = randomStream(7, "x");
  const drawn = [a.uint32(), a.uint32(), a.uint32()];
  assert.deepEqual([randomStream(7, "x").at(2), randomStream(7, "x").at(0)], [drawn[2], drawn[0]]);
  assert.notEqual(randomStream(7, "y").uint32(), drawn[0]);
  assert.notEqual(a.split("s").uint32(), a.split("t").uint32());
  const sorted = randomStream(1).shuffle([1, 2, 3, 4, 5]).sort();
  assert.deepEqual(sorted, [1, 2, 3, 4, 5]);
});

test("normal numbers have mean 0 and variance 1", () => {
  const random = randomStream(3, "normal");
  const draws = Array.from({ length: 20_000 }, () => random.normal());
  const mean = draws.reduce((s, x) => s + x, 0) / draws.length;
  const variance = draws.reduce((s, x) => s + x * x, 0) / draws.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `${mean} ${variance}`);
});

test("hashes: order of keys does not count, types and values do", () => {
  assert.equal(hashValue({ a: 1, b: [2] }), hashValue({ b: [2], a: 1 }));
  assert.notEqual(hashValue({ a: 1 }), hashValue({ a: "1" }));
  assert.notEqual(hashValue(new Float32Array([1])), hashValue(new Int32Array([1])));
  assert.equal(canonicalJson({ b: 1, a: { d: 1, c: 2 } }), '{"a":{"c":2,"d":1},"b":1}');
});

test("quantities: prefixes, counts, sums only as strong as their weakest part", () => {
  assert.equal(formatQuantity(quantity(1.82e-6, "J", "estimated", "t")), "1.82 µJ");
  assert.equal(formatQuantity(quantity(1188, "cell", "placed", "t")), "1,188 cells");
  assert.equal(formatQuantity(quantity(1, "block", "placed", "t")), "1 block");
  assert.equal(formatQuantity(undefined), "unknown");
  const sum = sumQuantities([quantity(1, "J", "rtl", "a"), quantity(2, "J", "estimated", "b")], "sum");
  assert.deepEqual([sum?.value, sum?.kind], [3, "estimated"]);
  assert.throws(() => sumQuantities([quantity(1, "J", "rtl", "a"), quantity(2, "s", "rtl", "b")], "sum"));
});

test("widths", () => {
  assert.equal(signedBits({ low: -8, high: 7 }), 4);
  assert.equal(signedBits({ low: -9, high: 7 }), 5);
  assert.equal(signedBits({ low: 0, high: 0 }), 1);
  assert.equal(unsignedBits(255), 8);
  assert.equal(unsignedBits(256), 9);
});

test("errors carry exit codes, and problems are all listed", () => {
  assert.equal(exitCodeOf(new UserError("a/b", "m")), 3);
  assert.equal(exitCodeOf(new UserError("a/b", "m", { exit: "busy" })), 8);
  assert.equal(exitCodeOf(new ToolError("tool/missing", "m", { command: "x" })), 5);
  assert.equal(exitCodeOf(new TypeError("m")), 1);
  const problems = [
    { code: "x/one", path: "a", message: "first" },
    { code: "x/two", path: "b", message: "second" },
  ];
  assert.throws(
    () => throwProblems(problems),
    (error: UserError) => error.message === "a: first (and 1 more)" && error.problems.length === 2,
  );
});
