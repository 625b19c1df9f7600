import assert from "node:assert/strict";
import { test } from "node:test";
import { activityPenalty, activityRegularizers, type ActivityKind, type LayerCounts } from "./index.ts";

const layer: LayerCounts = {
  counts: Float32Array.of(0, 3, 1, 2, 0, 1),
  sampleCount: 2,
  neuronCount: 3,
  stepCount: 4,
  fanOut: [2, 0, 5],
};

const penaltyOf = (spec: { readonly kind: ActivityKind }, counts = layer.counts): number =>
  activityPenalty([spec], { ...layer, counts }).penalty;

for (const kind of Object.keys(activityRegularizers) as ActivityKind[]) {
  test(`${kind}: the gradient is that of the penalty, by differences`, () => {
    const spec = { kind, weight: 0.7, most: 1.5, least: 1.2, rate: 0.4 };
    const { gradient } = activityPenalty([spec], layer);
    gradient.forEach((slope, i) => {
      const moved = (by: number): number =>
        penaltyOf(
          spec,
          layer.counts.map((count, k) => (k === i ? count + by : count)),
        );
      const difference = (moved(1 / 64) - moved(-1 / 64)) * 32;
      assert.ok(Math.abs(slope - difference) < 1e-4 * Math.max(1, Math.abs(slope)), `${i}: ${slope}, ${difference}`);
    });
  });
}

test("penalties of a hand-made layer", () => {
  assert.equal(penaltyOf({ kind: "l1", weight: 2 } as never), (2 * 7) / 2);
  assert.equal(penaltyOf({ kind: "upper-bound", weight: 1, most: 1 } as never), (4 + 1) / 2);
  assert.equal(penaltyOf({ kind: "lower-bound", weight: 1, least: 1.25 } as never), 0.25 ** 2 * 2);
  assert.equal(penaltyOf({ kind: "synaptic-operations", weight: 1 } as never), (2 * 2 + 5 + 5) / 2);
  assert.equal(penaltyOf({ kind: "target-rate", weight: 1, rate: 7 / 24 } as never), 0);
  const both = activityPenalty(
    [
      { kind: "l1", weight: 2 },
      { kind: "upper-bound", weight: 1, most: 1 },
    ],
    layer,
  );
  assert.equal(both.penalty, 7 + 2.5);
  assert.equal(both.gradient[1], 1 + 2);
});
