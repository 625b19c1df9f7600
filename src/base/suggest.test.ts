import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName, suggestName } from "./suggest.ts";

test("a near miss is suggested, a stranger gets the list", () => {
  assert.equal(nearestName("epoch", ["epochs", "batchSize"]), "epochs");
  assert.equal(suggestName("lerningRate", ["epochs", "learningRate"]), 'did you mean "learningRate"?');
  assert.equal(suggestName("zzzzzz", ["up5k", "hx8k"]), "known: up5k, hx8k");
});
