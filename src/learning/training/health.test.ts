import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkHealth, gradientHealth, healthThresholds, type EpochHealth, type LayerHealth } from "./health.ts";

const good: LayerHealth = { name: "fc1", spikeCounts: [10, 20, 30, 40], gradientNorm: 0.5, weightCount: 100 };
const epoch = (...layers: LayerHealth[]): EpochHealth => ({ loss: 1, chanceCount: 100, layers });
const brief = (health: EpochHealth): string[] =>
  checkHealth(health).map(({ code, severity, message }) => `${severity} ${code} ${message}`);

test("a healthy epoch has no findings", () => {
  assert.deepEqual(checkHealth(epoch(good, { ...good, name: "fc2" })), []);
});

test("dead, saturated and silent layers are named with their shares", () => {
  assert.deepEqual(brief(epoch({ ...good, spikeCounts: [0, 0, 5, 9] })), [
    'warning health/dead-neurons layer "fc1": 2 of 4 neurons (50 %) never fired in this epoch',
  ]);
  // A quarter may be dead.
  assert.deepEqual(brief(epoch({ ...good, spikeCounts: [0, 2, 5, 9] })), []);
  assert.deepEqual(brief(epoch({ ...good, spikeCounts: [96, 95, 5, 9] })), [
    'warning health/saturated-neurons layer "fc1": 1 of 4 neurons (25 %) fired in more than 95 % of the steps',
  ]);
  assert.deepEqual(brief(epoch({ ...good, spikeCounts: [0, 0, 0, 0] })), [
    'error health/silent-layer layer "fc1": none of its 4 neurons fired in this epoch; nothing behind it can learn',
  ]);
  // A layer whose potentials are read need not fire.
  assert.deepEqual(brief(epoch({ ...good, spikeCounts: [0, 0, 0, 0], isReadout: true })), []);
});

test("vanishing and exploding gradients are judged per weight and by norm", () => {
  assert.deepEqual(brief(epoch({ ...good, gradientNorm: 2000 })), [
    'warning health/exploding-gradient layer "fc1": gradient norm 2.0e+3 exceeds 1.0e+3',
  ]);
  const large: LayerHealth = { ...good, name: "fc2", gradientNorm: 0.5, weightCount: 100 };
  assert.deepEqual(brief(epoch({ ...good, gradientNorm: 1e-5 }, large)), [
    'warning health/vanishing-gradient layer "fc1": its gradient is 0.000020 of the largest of all layers, per weight',
  ]);
  assert.deepEqual(brief(epoch({ ...good, gradientNorm: 0 }, large)), [
    'error health/vanishing-gradient layer "fc1": the gradient is zero',
  ]);
  // A hundred times smaller norm over ten thousand times fewer weights is the same per weight.
  assert.deepEqual(
    brief(epoch({ ...good, gradientNorm: 1e-4, weightCount: 1 }, { ...large, gradientNorm: 1e-2, weightCount: 1e4 })),
    [],
  );
  assert.deepEqual(brief(epoch({ name: "frozen", spikeCounts: [4] })), []);
});

test("a loss or gradient that is no number comes first", () => {
  const health = {
    ...epoch({ ...good, spikeCounts: [0, 0, 1, 1] }, { ...good, name: "fc2", gradientNorm: Number.NaN }),
    loss: Number.POSITIVE_INFINITY,
  };
  assert.deepEqual(brief(health), [
    "error health/not-finite the loss is Infinity",
    'error health/not-finite layer "fc2": the norm of the gradient is NaN',
    'warning health/dead-neurons layer "fc1": 2 of 4 neurons (50 %) never fired in this epoch',
  ]);
  assert.ok(checkHealth(health).every(({ remedy }) => remedy.length > 10));
});

test("thresholds can be set; more dead neurons never mean fewer findings", () => {
  const health = epoch({ ...good, spikeCounts: [0, 2, 5, 9] });
  assert.equal(checkHealth(health, { ...healthThresholds, deadShare: 0.1 }).length, 1);
  const counts = fc.array(fc.nat({ max: 90 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(counts, fc.nat({ max: 19 }), (spikeCounts, victim) => {
      const fewer = spikeCounts.with(victim % spikeCounts.length, 0);
      const found = (counts: readonly number[]): number => checkHealth(epoch({ ...good, spikeCounts: counts })).length;
      assert.ok(found(fewer) >= found(spikeCounts));
    }),
    { seed: 4 },
  );
});

test("gradientHealth sums over the arrays of a layer", () => {
  assert.deepEqual(gradientHealth([Float32Array.of(3), Float32Array.of(0, 4)]), { gradientNorm: 5, weightCount: 3 });
});
