import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream, UserError } from "../../base/index.ts";
import { setSpike, spikesPerNeuron, spikeTrain } from "../tensor/index.ts";
import {
  decideClasses,
  decideEarly,
  parseEarlyExit,
  readouts,
  spreadVotes,
  sumVotes,
  type OutputTrace,
} from "./index.ts";

/** Two neurons, one sample, three steps. */
const trace: OutputTrace = {
  stepCount: 3,
  sampleCount: 1,
  neuronCount: 2,
  spikes: Float32Array.of(0, 0, 1, 0, 1, 0),
  potentials: Float32Array.of(0.5, 0.25, 0.75, 0.5, 0.25, 0),
};

test("every readout of a hand-made trace", () => {
  const outputs = Object.fromEntries(
    Object.entries(readouts).map(([kind, { outputsOf }]) => [kind, [...outputsOf(trace)]]),
  );
  assert.deepEqual(outputs, {
    count: [2, 0],
    membrane: [0.25, 0],
    membraneMax: [0.75, 0.5],
    membraneMean: [0.5, 0.25],
    firstSpike: [Math.fround(2 + 2 ** -10 / (1 + Math.exp(-0.75))), -0.5],
  });
});

test("gradients are those of the outputs, by differences", () => {
  const random = randomStream(2, "readout");
  const g = Float32Array.of(1, -2);
  const total = (outputs: Float32Array): number => outputs.reduce((sum, x, i) => sum + x * (g[i] ?? 0), 0);
  for (const kind of ["count", "membrane", "membraneMax", "membraneMean", "firstSpike"] as const) {
    const found = readouts[kind].gradientOf(trace, g);
    for (const key of ["spikes", "potentials"] as const) {
      // A spike has no neighboring value where only its step counts.
      if (key === "spikes" && kind === "firstSpike") continue;
      trace[key].forEach((value, i) => {
        const step = 2 ** -9 * (1 + random.uniform());
        const moved = { ...trace, [key]: trace[key].map((x, j) => (j === i ? value + step : x)) };
        const slope = (total(readouts[kind].outputsOf(moved)) - total(readouts[kind].outputsOf(trace))) / step;
        assert.ok(Math.abs(slope - (found[key]?.[i] ?? 0)) < 1e-3, `${kind} ${key} ${i}: ${slope}`);
      });
    }
  }
  const { spikes } = readouts.firstSpike.gradientOf(trace, g);
  assert.deepEqual([...spikes!], [0, 0, 2, 0, 0, 0]);
});

test("of neurons that fire in the same step the highest potential wins, the lowest class where those are equal, too", () => {
  const decide = (a: number, b: number): number => {
    const potentials = Float32Array.of(0, 0, a, b, 0, 0);
    const outputs = readouts.firstSpike.outputsOf({ ...trace, spikes: Float32Array.of(0, 0, 1, 1, 0, 1), potentials });
    return decideClasses(outputs, 2)[0]!;
  };
  assert.deepEqual([decide(0.25, 0.75), decide(0.75, 0.25), decide(-2, -1), decide(0.5, 0.5)], [1, 0, 1, 0]);
  // An earlier spike wins against any potential.
  const late = { ...trace, spikes: Float32Array.of(1, 0, 0, 1, 0, 0), potentials: Float32Array.of(-9, 0, 0, 9, 0, 0) };
  assert.equal(decideClasses(readouts.firstSpike.outputsOf(late), 2)[0], 0);
});

test("neighbors vote together", () => {
  assert.deepEqual([...sumVotes(Float32Array.of(1, 2, 3, 4), 2)], [3, 7]);
  assert.deepEqual([...spreadVotes(Float32Array.of(3, 7), 2)], [3, 3, 7, 7]);
});

test("early exit by hand", () => {
  const train = spikeTrain({ stepCount: 5, sampleCount: 2, neuronCount: 2 });
  for (const step of [1, 2, 3]) setSpike(train, step, 0, 1);
  const of = (rule: string): number[][] => {
    const { decisions, stepCounts } = decideEarly(parseEarlyExit(rule), train);
    return [[...decisions], [...stepCounts]];
  };
  assert.deepEqual(of("first-spike"), [
    [1, 0],
    [2, 5],
  ]);
  assert.deepEqual(of("margin:2"), [
    [1, 0],
    [3, 5],
  ]);
  assert.deepEqual(of("certain"), [
    [1, 0],
    [4, 5],
  ]);
  assert.throws(
    () => parseEarlyExit("margin:0"),
    new UserError(
      "encoding/early-exit",
      'early exit "margin:0": expected first-spike, certain, or margin:<spikes ≥ 1>',
      { exit: "usage" },
    ),
  );
});

test("a certain exit never changes the decision by counts", () => {
  const trains = fc.record({
    neurons: fc.integer({ min: 1, max: 4 }),
    bits: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
  });
  fc.assert(
    fc.property(trains, ({ neurons, bits }) => {
      const train = spikeTrain({ stepCount: 6, sampleCount: 1, neuronCount: neurons });
      bits.forEach((bit, i) => {
        if (bit && i < 6 * neurons) setSpike(train, Math.floor(i / neurons), 0, i % neurons);
      });
      const { decisions } = decideEarly({ kind: "certain" }, train);
      assert.deepEqual(decisions, decideClasses(spikesPerNeuron(train), neurons));
    }),
    { seed: 1, numRuns: 300 },
  );
});
