import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../../base/index.ts";
import { countSpikes, hasSpike, type SpikeTrain } from "../tensor/index.ts";
import { testEncoding } from "./conformance.ts";
import {
  accuracyOf,
  burstOf,
  checkEncoding,
  codings,
  confusionMatrix,
  decideClasses,
  defaultEncoding,
  encode,
  latencyTimes,
  phaseWeight,
  readEncoding,
  type Encoding,
  type LatencyEncoding,
} from "./index.ts";

for (const { kind, encodeSample } of Object.values(codings)) {
  if (encodeSample !== undefined) testEncoding(defaultEncoding(kind));
}
testEncoding({ kind: "rate", gain: 0.5, offset: 0.1, pattern: "regular" });
testEncoding({ kind: "rate", gain: 1, offset: 0, comparison: "atMost", firstStep: 0 });
testEncoding({ kind: "latency", shape: "log", threshold: 0.01, clip: false, normalize: "latest" });
testEncoding({ kind: "delta", threshold: 0.1, off: true, padding: true, scan: "rows" });
testEncoding({ kind: "population", neurons: 5, low: -1, high: 1, width: 0.8, form: "bernoulli" });

/** The steps in which each input fires, for one sample of values. */
function stepsOf(
  encoding: Encoding,
  values: readonly number[],
  stepCount: number,
  shape = [values.length],
): number[][] {
  const random = randomStream(5, "encoding");
  const encoded = encode(encoding, Float32Array.from(values), { shape, stepCount, random, sampleIds: [0] });
  assert.ok(encoded.kind === "spikes");
  return stepsPerInput(encoded.spikes);
}

function stepsPerInput(spikes: SpikeTrain): number[][] {
  return Array.from({ length: spikes.neuronCount }, (_, input) =>
    Array.from({ length: spikes.stepCount }, (_s, step) => step).filter((step) => hasSpike(spikes, step, 0, input)),
  );
}

test("latency over the whole range: the largest value first, the threshold last, nothing below", () => {
  const linear = { kind: "latency", shape: "linear", threshold: 0.2, clip: true } as const;
  assert.deepEqual(stepsOf(linear, [1, 0.55, 0.2, 0.19], 8), [[0], [4], [7], []]);
  assert.deepEqual(stepsOf({ ...linear, clip: false }, [0.1], 8), [[7]]);
  const log = { kind: "latency", shape: "log", threshold: 0.01, clip: true } as const;
  assert.deepEqual(stepsOf(log, [1, 0.01, 0.001], 16), [[0], [15], []]);
  const steps = stepsOf(log, [0.0101, 0.011, 0.02, 0.9], 16).map(([step]) => step!);
  assert.deepEqual(
    steps.toSorted((a, b) => b - a),
    steps,
  );
});

test("latency times of the frameworks, by their formulas", () => {
  const base = { kind: "latency", threshold: 0.25, clip: false, tau: 4, firstStep: 0 } as const;
  const times = (changes: Partial<LatencyEncoding>): number[] => [
    ...latencyTimes({ shape: "linear", normalize: "none", ...base, ...changes }, Float32Array.of(0.125, 0.5, 1), 9),
  ];
  assert.deepEqual(times({}), [3, 2, 0]);
  assert.deepEqual(times({ normalize: "latest", firstStep: 4 }), [7, 6, 4]);
  near(times({ shape: "log" }), [4 * Math.log(0.2500001 / 1e-7), 4 * Math.log(2), 4 * Math.log(4 / 3)], 0.8);
  near(times({ shape: "log", normalize: "latest" }).slice(0, 1), [8], 1e-5);
  const alpha = Math.exp(8) - 1;
  near(times({ shape: "logRange" }), [8 - Math.log(alpha / 8 + 1), 8 - Math.log(alpha / 2 + 1), 0], 1e-5);
});

test("rate: the mean rate is the probability; regular trains are evenly spaced", () => {
  const options = { shape: [1000], stepCount: 50, random: randomStream(5, "encoding"), sampleIds: [3] };
  const encoded = encode({ kind: "rate", gain: 0.5, offset: 0.1 }, new Float32Array(1000).fill(0.4), options);
  assert.ok(encoded.kind === "spikes");
  const mean = countSpikes(encoded.spikes) / 50_000;
  assert.ok(Math.abs(mean - 0.3) < 3 * Math.sqrt((0.3 * 0.7) / 50_000), `mean rate ${mean}`);
  const regular = { kind: "rate", gain: 1, offset: 0, pattern: "regular", firstStep: 1 } as const;
  assert.deepEqual(stepsOf(regular, [0.3, 1, 0], 10), [[1, 4, 7], [1, 2, 3, 4, 5, 6, 7, 8, 9], []]);
});

test("rank order and equal bins: only the order counts", () => {
  const values = [0.1, 0.9, 0, 0.9, 0.5];
  assert.deepEqual(stepsOf({ kind: "rankOrder", perStep: 1, threshold: 0 }, values, 3), [[], [0], [], [1], [2]]);
  assert.deepEqual(stepsOf({ kind: "intensityLatency", sustain: false }, values, 2), [[1], [0], [], [0], [1]]);
  assert.deepEqual(stepsOf({ kind: "intensityLatency", sustain: true }, [0.1, 0.2], 3), [
    [1, 2],
    [0, 1, 2],
  ]);
});

test("threshold shows the binary image as often as asked", () => {
  assert.deepEqual(stepsOf({ kind: "threshold", level: 0.5, repeat: 2 }, [0.6, 0.5], 4), [[0, 1], []]);
});

test("delta compares neighbors, send-on-delta what was sent", () => {
  const ramp = [0, 0.1, 0.2, 0.3, 0.25, 0];
  const scan = { off: true, padding: false, scan: "rows" } as const;
  assert.deepEqual(stepsOf({ kind: "delta", threshold: 0.15, ...scan }, ramp, 6, [6, 1]), [[], [5]]);
  assert.deepEqual(stepsOf({ kind: "sendOnDelta", threshold: 0.15, ...scan }, ramp, 6, [6, 1]), [[2, 3], [5]]);
  const still = { kind: "delta", threshold: 0.5, off: false, scan: "still" } as const;
  assert.deepEqual(stepsOf({ ...still, padding: false }, [0.7], 3), [[0]]);
  assert.deepEqual(stepsOf({ ...still, padding: true }, [0.7], 3), [[]]);
  assert.throws(
    () => stepsOf({ kind: "delta", threshold: 0.15, ...scan }, ramp, 6),
    new UserError("encoding/no-rows", 'encoding.scan: "rows" needs samples of shape [rows, columns], got [6]'),
  );
});

test("phase: the digits of a period add up to the value", () => {
  const [steps] = stepsOf({ kind: "phase", period: 4 }, [0.6875], 8);
  assert.deepEqual(steps, [0, 2, 3, 4, 6, 7]);
  assert.equal(
    steps!.reduce((sum, step) => sum + phaseWeight(step, 4), 0),
    2 * 0.6875,
  );
  assert.deepEqual(stepsOf({ kind: "phase", period: 2 }, [1], 2), [[0, 1]]);
});

test("burst: more and denser spikes for larger values", () => {
  const burst = { most: 5, fastest: 1, slowest: 4 };
  assert.deepEqual(burstOf(burst, 1), { count: 5, distance: 1 });
  assert.deepEqual(burstOf(burst, 0.5), { count: 3, distance: 3 });
  assert.deepEqual(burstOf(burst, 0.1), { count: 1, distance: 4 });
  assert.deepEqual(stepsOf({ kind: "burst", ...burst }, [0.5, 0], 6), [[0, 3], []]);
});

test("population: the neuron whose center is the value fires in every step it can", () => {
  const population = { kind: "population", neurons: 3, low: 0, high: 1, width: 0.5, form: "integrate" } as const;
  const [low, middle, high] = stepsOf(population, [0.5], 4);
  assert.deepEqual(middle, [0, 1, 2, 3]);
  assert.deepEqual([low, high], [[], []]);
});

test("parameters are read with defaults, ranges and suggestions", () => {
  assert.deepEqual(readEncoding({ kind: "rate" }, "encoding").encoding, defaultEncoding("rate"));
  assert.deepEqual(readEncoding({ kind: "phas" }, "encoding").problems, [
    { code: "encoding/unknown", path: "encoding.kind", message: 'no encoding is called "phas"; did you mean "phase"?' },
  ]);
  assert.deepEqual(readEncoding({ kind: "burst", fastes: 2, most: 0.5 }, "encoding").problems, [
    {
      code: "encoding/unknown-key",
      path: "encoding.fastes",
      message: '"burst" has no such parameter; did you mean "fastest"?',
    },
    { code: "encoding/range", path: "encoding.most", message: "expected a whole number ≥ 1, got 0.5" },
  ]);
  assert.deepEqual(checkEncoding({ kind: "latency", shape: "linear", threshold: 2, clip: true }, "encoding"), [
    { code: "encoding/range", path: "encoding.threshold", message: "expected 0…1, got 2" },
  ]);
  assert.equal(readEncoding({ kind: "constructor" }, "encoding").problems[0]?.code, "encoding/unknown");
});

test("an encoding of recordings refuses values", () => {
  assert.throws(
    () => stepsOf(defaultEncoding("events"), [0.5], 2),
    new UserError("encoding/needs-events", 'encoding "events" reads event recordings, got values'),
  );
});

test("decisions: the largest output, the lowest class on a tie", () => {
  const decisions = decideClasses([1, 3, 3, 0, 0, 0], 3);
  assert.deepEqual([...decisions], [1, 0]);
  assert.equal(accuracyOf(decisions, [1, 2]), 0.5);
  assert.deepEqual(confusionMatrix(decisions, [1, 2], 3), [
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
  ]);
});

function near(found: readonly number[], expected: readonly number[], bound: number): void {
  found.forEach((x, i) => assert.ok(Math.abs(x - (expected[i] ?? Number.NaN)) <= bound, `${x}, not ${expected[i]}`));
}
