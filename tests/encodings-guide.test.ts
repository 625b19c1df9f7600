import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { currentGuide, guideFile } from "../scripts/encoding-reference.ts";

test("the guide to encodings shows what the encodings do now", () => {
  const guide = readFileSync(guideFile, "utf8");
  assert.equal(guide, currentGuide(guide), "run node scripts/encoding-reference.ts");
});
