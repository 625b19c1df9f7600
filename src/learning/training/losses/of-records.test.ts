import assert from "node:assert/strict";
import { test } from "node:test";
import { computeLoss, computeLossOfRecords, recordsNeeded, type LossSpec, type OutputRecord } from "./index.ts";

const shape = { stepCount: 2, sampleCount: 1, classCount: 2 };
const spikes: OutputRecord = { kind: "spikes", ...shape, values: Float32Array.of(1, 0, 1, 1) };
const potential: OutputRecord = { kind: "potential", ...shape, values: Float32Array.of(0.5, -1, 2, 0.25) };

test("parts read the record they name or understand, and each record gets its own gradient", () => {
  const spec: LossSpec = {
    kind: "mixed",
    parts: [
      { weight: 2, loss: { kind: "cross-entropy" } },
      { weight: 0.5, loss: { kind: "l1-rate", strength: 1 } },
      { weight: 3, of: "spikes", loss: { kind: "mixed", parts: [{ weight: 2, loss: { kind: "ce-rate" } }] } },
    ],
  };
  assert.deepEqual(recordsNeeded(spec, "potential"), ["potential", "spikes"]);
  assert.deepEqual(recordsNeeded(spec, "spikes"), ["spikes"]);
  const { loss, gradients } = computeLossOfRecords(spec, { spikes, potential }, [1], "potential");
  const entropy = computeLoss({ kind: "cross-entropy" }, potential, [1]);
  const penalty = computeLoss({ kind: "l1-rate", strength: 1 }, spikes, []);
  const steps = computeLoss({ kind: "ce-rate" }, spikes, [1]);
  assert.ok(Math.abs(loss - (2 * entropy.loss + 0.5 * penalty.loss + 6 * steps.loss)) < 1e-12);
  assert.deepEqual(
    gradients.potential,
    entropy.gradient.map((g) => 2 * g),
  );
  gradients.spikes!.forEach((g, i) => assert.ok(Math.abs(g - 0.5 - 6 * steps.gradient[i]!) < 1e-6));
});

test("a missing record and a named record of the wrong kind are told", () => {
  assert.throws(() => computeLossOfRecords({ kind: "mse-potential" }, { spikes }, [1], "spikes"), {
    message: 'loss "mse-potential" needs a record of potential, which is missing',
  });
  const spec: LossSpec = { kind: "mixed", parts: [{ weight: 1, of: "potential", loss: { kind: "ce-rate" } }] };
  assert.throws(() => computeLoss(spec, spikes, [1]), {
    code: "training/record-kind",
    message: 'loss "ce-rate": needs a record of potential, got spikes',
  });
});
