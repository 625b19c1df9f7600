import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { referencePages } from "../scripts/reference-docs.ts";

for (const [file, page] of Object.entries(referencePages)) {
  test(`${file} is current`, () => {
    assert.equal(readFileSync(file, "utf8"), page(), "run npm run docs:reference");
  });
}
