import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, hashBytes, hashText, hashValue } from "./index.ts";

test("SHA-256 as published: the empty text and abc", () => {
  assert.equal(hashText(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(hashText("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(hashBytes(new Uint8Array([97, 98, 99])), hashText("abc"));
});

test("the order of keys never counts, at any depth", () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, turned(member)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(hashValue(turned(value)), hashValue(value));
      assert.equal(canonicalJson(turned(value)), canonicalJson(value));
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("values that print alike or nest differently have different hashes", () => {
  const different: readonly unknown[] = [
    null,
    undefined,
    0,
    "0",
    false,
    "",
    [],
    {},
    [[]],
    [[], []],
    [1, [2]],
    [[1], 2],
    [1, 2],
    { a: 1, b: 2 },
    { a: { b: 2 } },
    ["a", 1, "b", 2],
    Number.NaN,
    "NaN",
    Number.POSITIVE_INFINITY,
    new Uint8Array([1, 0]),
    new Uint16Array([1]),
    [1, 0],
  ];
  assert.equal(new Set(different.map(hashValue)).size, different.length);
});

test("a view counts by its own bytes, not by its buffer; absent members do not count", () => {
  const buffer = Float32Array.from([9, 1, 2, 9]);
  assert.equal(hashValue(buffer.subarray(1, 3)), hashValue(Float32Array.from([1, 2])));
  assert.equal(hashValue({ a: 1, b: undefined }), hashValue({ a: 1 }));
});
