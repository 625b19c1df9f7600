import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { onGrid, spikeTrain } from "../../model/tensor/index.ts";
import {
  assignBits,
  calibrateNetwork,
  defaultScheme,
  fitScheme,
  initialRange,
  measureSensitivity,
  quantizeInRange,
  quantizeNetwork,
  rangeGradient,
  roundingErrors,
  roundingRules,
  shiftBiases,
  stepRange,
  type CalibrationRun,
  type RoundingRule,
  type Sensitivity,
} from "./index.ts";

const random = randomStream(4, "quantization");
const normal = Float32Array.from({ length: 4000 }, (_, i) => random.normal() * (i % 4 === 0 ? 4 : 1));

function errorOf(scheme: Partial<typeof defaultScheme>, values = normal): number {
  const grid = onGrid(fitScheme(values, 4, { ...defaultScheme, ...scheme }), values, 4);
  return values.reduce((sum, v, i) => sum + (v - (grid[i] ?? 0)) ** 2, 0) / values.length;
}

test("more bits, channels and free scales never fit worse; powers of two are powers of two", () => {
  const errors = [2, 3, 4, 6, 8].map((bits) => errorOf({ bits }));
  errors.slice(1).forEach((error, i) => assert.ok(error < errors[i]!, `${i}`));
  assert.ok(errorOf({ bits: 4, per: "channel" }) < errorOf({ bits: 4 }));
  assert.ok(errorOf({ bits: 4 }) <= errorOf({ bits: 4, range: "extremes" }));
  const { scale } = fitScheme(normal, 4, { ...defaultScheme, bits: 4, scale: "powerOfTwo" });
  assert.ok(Number.isInteger(Math.log2(scale)), String(scale));
  for (const s of fitScheme(normal, 4, { ...defaultScheme, per: "channel", scale: "powerOfTwo" }).channelScales!) {
    assert.ok(Number.isInteger(Math.log2(s)), String(s));
  }
});

test("asymmetric grids span both ends and pay where values lean to one side", () => {
  const leaning = Float32Array.from({ length: 400 }, (_, i) => i / 100 - 1);
  const found = fitScheme(leaning, 4, { ...defaultScheme, bits: 3, symmetry: "asymmetric" });
  // -1…2.99 in 7 steps of 0.57: the stored -4 is -1, so 0 is stored as -2.
  assert.equal(found.zeroPoint, -2);
  assert.ok(errorOf({ bits: 3, symmetry: "asymmetric" }, leaning) < errorOf({ bits: 3, range: "extremes" }, leaning));
  const channels = fitScheme(normal, 4, { ...defaultScheme, bits: 4, symmetry: "asymmetric", per: "channel" });
  assert.equal(channels.channelScales!.length, 4);
  assert.equal(
    onGrid(channels, new Float32Array(4), 4).every((x) => x === 0),
    true,
  );
});

test("rounding to the nearest level has no bias, rounding down has half a step; ties tell the rules apart", () => {
  const values = Float32Array.from({ length: 3000 }, () => random.uniform() * 2 - 1);
  const quantizer = { bits: 8, scale: 1 / 16 };
  const { away, even, up, floor } = roundingErrors(quantizer, values, 1);
  assert.ok(Math.abs(away.bias) < 2e-3, `${away.bias}`);
  // The mean magnitude is one half.
  assert.ok(Math.abs(floor.bias + 1 / 16) < 4e-3, `${floor.bias}`);
  assert.ok(floor.rootMeanSquare > 1.9 * away.rootMeanSquare);
  assert.ok(Math.abs(even.bias - up.bias) < 1e-3);
  const round = (rule: RoundingRule, ...all: readonly number[]): readonly number[] =>
    all.map((value) => roundingRules[rule](value) + 0);
  assert.deepEqual(round("away", -2.5, -1.5, -0.5, 0.5, 1.5, 2.4), [-3, -2, -1, 1, 2, 2]);
  assert.deepEqual(round("even", -2.5, -1.5, -0.5, 0.5, 1.5, 2.6), [-2, -2, 0, 0, 2, 3]);
  assert.deepEqual(round("up", -2.5, -1.5, -0.5, 0.5, 1.5, 2.4), [-2, -1, 0, 1, 2, 2]);
  assert.deepEqual(round("floor", -2.5, 0.5, 2.9), [-3, 0, 2]);
  const ties = Float32Array.of(0.5, 1.5, 2.5, 3.5);
  const { away: pushed, even: fair } = roundingErrors({ bits: 8, scale: 1 }, ties, 1);
  assert.deepEqual([pushed.bias, fair.bias], [0.25, 0]);
});

test("dropping bits: down loses almost half a unit, ties upward gain half of the smallest fraction, the others nothing", () => {
  for (const bits of [1, 2, 3, 8]) {
    const { away, even, up, floor } = shiftBiases(bits);
    assert.ok(Math.abs(away) < 1e-12 && Math.abs(even) < 1e-12);
    assert.ok(Math.abs(up - 2 ** -(bits + 1)) < 1e-12, `${up}`);
    assert.ok(Math.abs(floor + (1 - 2 ** -bits) / 2) < 1e-12, `${floor}`);
  }
});

test("the learned quantizer: its levels, its start, its gradient by differences", () => {
  const range = { bits: 3, input: 1.5, output: 2 };
  assert.deepEqual(
    [...quantizeInRange(range, Float32Array.of(-9, -0.2, 0.2, 0.3, 0.8, 9))],
    [-2, 0, 0, 2 / 3, 4 / 3, 2].map(Math.fround),
  );
  assert.equal(quantizeInRange({ ...range, bits: 2 }, normal).filter((v) => ![-2, 0, 2].includes(v)).length, 0);
  const flat = Float32Array.of(1, -1, 1, -1);
  assert.deepEqual(initialRange(flat, 4), { bits: 4, input: 3, output: 3 });
  const weights = Float32Array.of(-3, -1.2, -0.3, 0.1, 0.7, 1.4, 2);
  const g = Float32Array.of(1, -2, 0.5, 3, -1, 2, 1);
  // Without rounding the quantizer is output · clip(weight / input).
  const smooth = (w: Float32Array, input: number): number =>
    w.reduce((sum, x, i) => sum + (g[i] ?? 0) * range.output * Math.max(-1, Math.min(1, x / input)), 0);
  const found = rangeGradient(range, weights, g, 0);
  const h = 1e-3;
  near(found.input, (smooth(weights, range.input + h) - smooth(weights, range.input - h)) / (2 * h));
  weights.forEach((_, k) => {
    const moved = (by: number): number =>
      smooth(
        weights.map((x, i) => (i === k ? x + by : x)),
        range.input,
      );
    near(found.weights[k]!, (moved(h) - moved(-h)) / (2 * h));
  });
  const shown = (output: number): number =>
    quantizeInRange({ ...range, output }, weights).reduce((sum, q, i) => sum + q * (g[i] ?? 0), 0);
  near(found.output, (shown(2 + h) - shown(2 - h)) / (2 * h));
});

test("the gradient grows towards the nearer boundary, and a step goes downhill", () => {
  const range = { bits: 3, input: 3, output: 3 };
  const pull = (g: number): number => rangeGradient(range, Float32Array.of(1.25), Float32Array.of(g)).weights[0]!;
  near(pull(1), 1 + 5e-3 * 0.25);
  near(pull(-1), -(1 - 5e-3 * 0.25));
  const down = stepRange(range, { weights: new Float32Array(0), input: 0, output: 6 }, 12, 1);
  near(down.input, 2);
  assert.equal(down.input, down.output);
});

const network: Network = (() => {
  const layers = [
    denseLayer("a", { inputCount: 6, neuronCount: 8 }, neuronSpec("lif")),
    denseLayer("b", { inputCount: 8, neuronCount: 2 }, neuronSpec("lif")),
  ];
  for (const { weights } of layers) weights.data.forEach((_, i) => (weights.data[i] = random.normal()));
  return { kind: "network", name: "n", inputCount: 6, stepCount: 4, layers, readout: { kind: "count" } };
})();

/** Pretends that outputs are the sums of the last weights, so that errors of weights are errors of outputs. */
async function pretend({ layers }: Network): Promise<CalibrationRun> {
  const outputs = layers.flatMap(({ weights }, l) => [...weights.data].map((w) => w * (l === 0 ? 10 : 1)));
  const spikes = layers.map(({ neuronCount, weights }) => {
    const train = spikeTrain({ stepCount: 1, sampleCount: 1, neuronCount });
    train.words[0] = Math.abs(Math.round(weights.data.reduce((a, b) => a + b, 0) * 8)) & 0xff;
    return train;
  });
  return { accuracy: 1, outputs: Float32Array.from(outputs), layers: spikes };
}

test("post-training: weights lie on the grid of each layer's scheme; calibration never ends farther away", async () => {
  const quantized = quantizeNetwork(network, (l) => (l === 0 ? { ...defaultScheme, bits: 3 } : undefined));
  assert.equal(quantized.layers[1]!.quantizer, undefined);
  const { weights, quantizer } = quantized.layers[0]!;
  for (const w of weights.data) assert.ok(Math.abs(w / quantizer!.scale - Math.round(w / quantizer!.scale)) < 1e-5);
  const { layers } = await calibrateNetwork(network, { ...defaultScheme, bits: 3 }, pretend);
  for (const { before, after } of layers) assert.ok(after <= before);
});

test("sensitive layers keep their bits", async () => {
  const { bits: _, ...scheme } = defaultScheme;
  const found = await measureSensitivity(network, scheme, [2, 4, 8], pretend);
  assert.deepEqual(
    found.map(({ choices }) => choices.map(({ bits }) => bits)),
    [
      [8, 4, 2],
      [8, 4, 2],
    ],
  );
  for (const { choices } of found) assert.ok(choices[0]!.change < choices[2]!.change);
  const hand: Sensitivity[] = [
    {
      layer: "a",
      weightCount: 10,
      choices: [
        { bits: 8, change: 0, accuracy: 1 },
        { bits: 4, change: 5, accuracy: 1 },
      ],
    },
    {
      layer: "b",
      weightCount: 10,
      choices: [
        { bits: 8, change: 0, accuracy: 1 },
        { bits: 4, change: 1, accuracy: 1 },
      ],
    },
  ];
  assert.deepEqual(assignBits(hand, 160), [8, 8]);
  assert.deepEqual(assignBits(hand, 159), [8, 4]);
  assert.deepEqual(assignBits(hand, 80), [4, 4]);
  assert.throws(
    () => assignBits(hand, 79),
    new UserError("quantization/budget", "79 bits for all weights: the fewest that were measured need 80", {
      exit: "not-met",
    }),
  );
});

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 2e-3 * Math.max(1, Math.abs(expected)), `${found}, not ${expected}`);
}
