import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../base/index.ts";
import { demoConfig, parseConfig, requireHardware } from "./index.ts";
import { spaceOf } from "./stages/explore.ts";

test("what hardware cannot run is refused with the reason; training alone is not", () => {
  const config = parseConfig({ encoding: { kind: "direct" } }, "c");
  assert.throws(
    () => requireHardware(config),
    (error: UserError) =>
      error.exit === "unsupported" && error.problems.length === 1 && /spikes only/.test(error.message),
  );
});

test("recurrent networks are documents for hardware", () => {
  requireHardware(parseConfig({ network: { recurrent: true } }, "c"));
});

test("documents: every problem at once, in the user's words", () => {
  assert.throws(
    () =>
      parseConfig(
        { dta: 1, data: { set: "mnist" }, explore: { designs: 0, stepCount: [0] }, choose: "speed" },
        "c.json",
      ),
    (error: UserError) => {
      assert.deepEqual(
        error.problems.map(({ path, message }) => `${path}: ${message}`),
        [
          "explore.designs: Too small: expected number to be >=1",
          "explore.stepCount.0: Too small: expected number to be >=1",
          'choose: Invalid option: expected one of "knee"|"accuracy"|"energy"|"latency"|"area"',
          'dta: unknown key; did you mean "data"?',
        ],
      );
      return true;
    },
  );
  assert.throws(
    () => parseConfig({ data: { set: "mnist" } }, "c.json"),
    (error: UserError) => error.code === "config/invalid" && error.problems[0]?.code === "config/no-folder",
  );
});

test("how a network learns: by name or with options, and every mistake with its place", () => {
  const { training } = parseConfig(
    {
      training: {
        loss: { kind: "mixed", parts: [{ weight: 1, loss: "cross-entropy" }] },
        optimizer: "sgd",
        schedule: { kind: "step", every: 5, warmUp: 1 },
        clip: { kind: "norm", limit: 1 },
        learn: ["decay", "threshold"],
        truncation: 4,
      },
    },
    "c",
  );
  assert.deepEqual(training.loss, { kind: "mixed", parts: [{ weight: 1, loss: { kind: "cross-entropy" } }] });
  assert.deepEqual([training.optimizer, training.learn], [{ kind: "sgd" }, ["decay", "threshold"]]);
  // What a model file holds is read again.
  assert.deepEqual(parseConfig({ training }, "c").training, training);
  const problemsOf = (given: object): string[] => {
    try {
      parseConfig({ training: given }, "c");
    } catch (error) {
      return error instanceof UserError ? error.problems.map(({ path, message }) => `${path}: ${message}`) : [];
    }
    return [];
  };
  assert.deepEqual(
    [
      { optimizer: "sgdd" },
      { optimizer: { kind: "sgd", momentm: 0.9 } },
      { optimizer: { kind: "sgd", nesterov: true } },
      { schedule: { kind: "multi-step", at: [3, 2] } },
      { learn: ["decy"] },
      { truncation: 0 },
    ].map((given) => problemsOf(given).join("; ")),
    [
      'training.optimizer.kind: nothing is called "sgdd"; did you mean "sgd"?',
      'training.optimizer: sgd has no option "momentm"; did you mean "momentum"?',
      "training.optimizer.nesterov: needs a momentum above 0 and no dampening",
      "training.schedule.at: expected rising epochs from 0, got 3, 2",
      'training.learn: lif has no parameter "decy"; did you mean "decay"?',
      "training.truncation: Too small: expected number to be >=1",
    ],
  );
});

test("the demo spans at least 24 designs, and compressed rows never meet the dense family", () => {
  const config = parseConfig(demoConfig, "demo");
  assert.ok(config.explore.designs >= 24);
  const architecture = spaceOf(config).find(({ name }) => name === "architecture");
  assert.ok(architecture?.kind === "categorical");
  assert.deepEqual(architecture.values, ["layer-pipeline/dense", "layer-pipeline/blocks", "dense/dense"]);
});
