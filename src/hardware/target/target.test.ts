import assert from "node:assert/strict";
import { test } from "node:test";
import { formatQuantity, UserError } from "../../base/index.ts";
import { checkTarget, parseTarget, targetByName, targets } from "./index.ts";

/** The HX8K as JSON brings it, with other values at the given paths; undefined takes a key away. */
function damaged(changes: Readonly<Record<string, unknown>>): unknown {
  const target: unknown = JSON.parse(JSON.stringify(targets.hx8k));
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop()!;
    const holder = keys.reduce<unknown>((held, key) => (held as Record<string, unknown>)[key], target);
    if (value === undefined) delete (holder as Record<string, unknown>)[last];
    else (holder as Record<string, unknown>)[last] = value;
  }
  return target;
}

test("every chip of the catalogue passes the check that user files pass, and has the name it is listed under", () => {
  for (const [name, target] of Object.entries(targets)) {
    assert.deepEqual(checkTarget(JSON.parse(JSON.stringify(target))), []);
    assert.equal(target.name, name);
    assert.deepEqual(parseTarget(JSON.parse(JSON.stringify(target))), target);
  }
});

test("data-sheet figures: current times voltage", () => {
  assert.equal(formatQuantity(targets.hx8k.staticPower), "1.37 mW");
  assert.equal(formatQuantity(targets.up5k.staticPower), "90 µW");
  assert.equal(targets.up5k.limits.blockRams.value * targets.up5k.limits.blockRamBits.value, 120 * 1024);
  assert.equal(targets.hx8k.limits.blockRams.value * targets.hx8k.limits.blockRamBits.value, 128 * 1024);
});

test("each mistake in a user's file has its own message", () => {
  const cases: readonly (readonly [path: string, value: unknown, expected: string])[] = [
    ["titel", "x", 'target/unknown-key target.titel: unknown key "titel"; did you mean "title"?'],
    ["name", undefined, "target/missing-key target.name: it is missing"],
    ["title", 5, "target/wrong-type target.title: expected a text, got 5"],
    ["limits", [], "target/not-an-object target.limits: expected an object, got a list"],
    ["limits.logicCells.value", 0, "target/not-positive target.limits.logicCells.value: expected at least 1, got 0"],
    [
      "limits.multipliers.value",
      -1,
      "target/not-positive target.limits.multipliers.value: expected at least 0, got -1",
    ],
    ["limits.pins.value", 2.5, "target/not-whole target.limits.pins.value: expected a whole number, got 2.5"],
    ["limits.pins.value", "many", 'target/wrong-type target.limits.pins.value: expected a number, got "many"'],
    [
      "limits.pins.source",
      "",
      'target/no-source target.limits.pins.source: expected where the number was read, got ""',
    ],
    ["estimatedClock.unit", "MHz", 'target/wrong-unit target.estimatedClock.unit: expected "Hz", got "MHz"'],
    ["staticPower.value", 0, "target/not-positive target.staticPower.value: expected more than 0 W, got 0"],
    ["flow.device", "hx9k", 'target/unknown-value target.flow.device: "hx9k" is not known; did you mean "hx8k"?'],
    [
      "estimatedClock.band",
      { low: 1, high: 2 },
      "target/band target.estimatedClock.band: expected a band around 60000000, got 1…2",
    ],
  ];
  for (const [path, value, expected] of cases) {
    const found = checkTarget(damaged({ [path]: value }));
    assert.deepEqual(
      found.map((problem) => `${problem.code} ${problem.path}: ${problem.message}`),
      [expected],
    );
  }
  assert.deepEqual(
    checkTarget("hx8k").map(({ message }) => message),
    ['expected an object, got "hx8k"'],
  );
});

test("all problems are returned at once, and unknown static power is simply left out", () => {
  assert.equal(parseTarget(damaged({ staticPower: undefined })).staticPower, undefined);
  const bad = damaged({ "limits.blockRams.value": -4, "flow.speed": 3, title: undefined });
  assert.deepEqual(
    checkTarget(bad)
      .map(({ code }) => code)
      .sort(),
    ["target/missing-key", "target/not-positive", "target/unknown-key"],
  );
  assert.throws(
    () => parseTarget(bad),
    (error: UserError) => error.problems.length === 3,
  );
});

test("an unknown target is answered with the nearest name", () => {
  assert.throws(
    () => targetByName("up5"),
    (error: UserError) =>
      error.code === "target/unknown" && error.message === 'no target is called "up5"; did you mean "up5k"?',
  );
  assert.throws(() => targetByName("constructor"), UserError);
});
