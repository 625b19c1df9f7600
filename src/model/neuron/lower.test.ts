import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, signedRange, UserError, type IntegerRange } from "../../base/index.ts";
import {
  countIntegerOperations,
  evaluateInteger,
  integerOrder,
  lowerNeuron,
  neuronModels,
  neuronSpec,
  stepIntegerNeuron,
  type IntegerExpression,
  type IntegerNeuron,
  type LoweringFormats,
  type NeuronModelName,
  type NeuronSpec,
  type Reset,
  type Rounding,
} from "./index.ts";

const models = Object.keys(neuronModels) as NeuronModelName[];
const resets: readonly Reset[] = [{ kind: "subtract" }, { kind: "zero" }, { kind: "value", value: -0.5 }];
const roundings: readonly Rounding[] = ["nearest", "floor"];

function lower(
  spec: NeuronSpec,
  changes: {
    readonly bits?: number;
    readonly fraction?: number;
    readonly rounding?: Rounding;
    readonly unit?: number;
    readonly input?: IntegerRange;
  } = {},
): IntegerNeuron {
  const { bits = 12, fraction = 2, rounding = "nearest", unit = 1 / 16, input = { low: -90, high: 70 } } = changes;
  const formats: LoweringFormats = { potential: { bits, fraction }, coefficientFraction: 8, rounding };
  return lowerNeuron(spec, { unit, input, formats });
}

/** Models that no integers can say: with e^x, graded spikes, or more than 31 bits. */
const noIntegers: ReadonlySet<NeuronModelName> = new Set(["eif", "gradedLif", "sigmaDelta", "burst", "lavaLif"]);

/** Undefined where a format is too narrow or too wide for the model. */
function tryLower(spec: NeuronSpec, changes: Parameters<typeof lower>[1]): IntegerNeuron | undefined {
  try {
    return lower(spec, changes);
  } catch (error) {
    if (error instanceof UserError && error.code.startsWith("lower/")) return undefined;
    throw error;
  }
}

const rootsOf = (neuron: IntegerNeuron): IntegerExpression[] => [neuron.spike, ...Object.values(neuron.next)];

for (const model of models) {
  test(`${model}: no value leaves the range that its node states, and none needs more than 32 bits`, () => {
    const random = randomStream(14, model);
    let lowered = 0;
    for (const reset of resets) {
      for (const rounding of roundings) {
        for (const [bits, fraction] of [
          [8, 0],
          [12, 2],
          [16, 4],
          [20, 6],
        ] as const) {
          const { parameters } = neuronModels[model](reset);
          const spec = neuronSpec(model, "threshold" in parameters ? { threshold: 2 } : {}, reset);
          const formats = { bits, fraction, rounding };
          // Some count in whole units, so that weight 1 must stand for 1.
          const neuron = tryLower(spec, formats) ?? tryLower(spec, { ...formats, unit: 1 });
          if (neuron === undefined) continue;
          lowered++;
          const stored = signedRange(bits);
          const nodes = integerOrder(rootsOf(neuron));
          const pick = (range: IntegerRange): number =>
            [range.low, range.high, range.low + random.integer(range.high - range.low + 1)][random.integer(3)]!;
          for (let trial = 0; trial < 60; trial++) {
            const environment: Record<string, number> = { input: pick(neuron.input) };
            for (const { name } of neuron.state) environment[name] = pick(stored);
            for (const node of nodes) {
              const value = evaluateInteger(node, environment);
              assert.ok(
                Number.isInteger(value) && value >= node.low && value <= node.high,
                `${node.op}: ${value} in ${node.low}…${node.high}`,
              );
              assert.ok(Math.abs(value) < 2 ** 31);
            }
            for (const value of Object.values(stepIntegerNeuron(neuron, environment).state)) {
              assert.ok(value >= stored.low && value <= stored.high, "the next state fits its format");
            }
          }
        }
      }
    }
    assert.equal(lowered > 0, !noIntegers.has(model), "lowers in some format, or is known not to");
  });
}

test("each product is rounded once: nearest within half a unit, floor never above and less than one below", () => {
  for (const decay of [0.875, 0.9, 0.3]) {
    const coefficient = Math.round(decay * 256) / 256;
    for (const rounding of roundings) {
      const neuron = lower(neuronSpec("leakyIntegrator", { decay }), { rounding });
      for (let v = -2048; v < 2048; v += 7) {
        const error = stepIntegerNeuron(neuron, { v, input: 0 }).state["v"]! - coefficient * v;
        if (rounding === "nearest") assert.ok(error > -0.5 && error <= 0.5, `${error}`);
        else assert.ok(error > -1 && error <= 0, `${error}`);
      }
    }
  }
});

test("a stored potential saturates at both ends of its format and comes back", () => {
  const neuron = lower(neuronSpec("leakyIntegrator", { decay: 1 }), {
    bits: 8,
    fraction: 0,
    input: { low: -100, high: 100 },
  });
  const run = (inputs: readonly number[]): number[] => {
    let v = 0;
    return inputs.map((input) => (v = stepIntegerNeuron(neuron, { v, input }).state["v"]!));
  };
  assert.deepEqual(run([100, 100, -100]), [100, 127, 27]);
  assert.deepEqual(run([-100, -100, 100]), [-100, -128, -28]);
});

test("the adaptation of an alif saturates, it does not wrap to a low threshold", () => {
  const spec = neuronSpec("alif", { decay: 0, adaptDecay: 1, adaptStep: 4, threshold: 1 });
  const neuron = lower(spec, { bits: 8, fraction: 0, unit: 1, input: { low: 0, high: 500 } });
  let state: Readonly<Record<string, number>> = { v: 0, a: 0 };
  let largest = 0;
  for (let step = 0; step < 100; step++) {
    state = stepIntegerNeuron(neuron, { ...state, input: 500 }).state;
    assert.ok(state["a"]! >= largest, "never falls");
    largest = state["a"]!;
  }
  assert.equal(largest, 127);
});

test("a neuron that can not saturate has no clamp", () => {
  const operations = countIntegerOperations(
    lower(neuronSpec("lif", { decay: 0.5 }, { kind: "zero" }), { bits: 20, input: { low: -1, high: 1 } }),
  );
  assert.equal(operations.clamp, 0);
});

test("operations of an update: shared parts are one node, 7/8 is a product and a shift", () => {
  const neuron = lower(neuronSpec("lif", { decay: 0.875, threshold: 1 }));
  const { add, sub, mul, above, select, shiftLeft, shiftRight, clamp } = countIntegerOperations(neuron);
  // v·7, + 4 to round, >> 3, + (input << 2); > threshold; − threshold; select; clamp at the store.
  assert.deepEqual(
    { add, sub, mul, above, select, shiftLeft, shiftRight, clamp },
    { add: 2, sub: 1, mul: 1, above: 1, select: 1, shiftLeft: 1, shiftRight: 1, clamp: 1 },
  );
  const constants = integerOrder(rootsOf(neuron)).flatMap((node) => (node.op === "constant" ? [node.value] : []));
  assert.deepEqual(
    constants.sort((a, b) => a - b),
    [4, 7, 64],
    "round, 7 of 7/8, the threshold 1 = 16 units · 2²",
  );
  assert.equal(countIntegerOperations(lower(neuronSpec("lif", { decay: 1 }))).mul, 0, "a decay of 1 costs nothing");
});

test("floor rounds without an adder", () => {
  assert.equal(countIntegerOperations(lower(neuronSpec("lif"), { rounding: "floor" })).add, 1);
});

test("a reset value that rounds to nothing is 0, without a sign", () => {
  const neuron = lower(neuronSpec("integrateFire", {}, { kind: "value", value: -0.01 }), { fraction: 0 });
  for (const node of integerOrder(rootsOf(neuron))) {
    if (node.op === "constant") assert.ok(!Object.is(node.value, -0));
  }
});

test("what does not fit says what, by how much and what to do", () => {
  assert.throws(() => lower(neuronSpec("lif"), { bits: 8, fraction: 3 }), {
    code: "lower/threshold-out-of-range",
    message: 'neuron "lif": threshold is 128 in potential units, outside -128…127 of 8 bits with 3 fraction bits',
    hint: "use 10 potential bits or fewer fraction bits",
  });
  assert.throws(() => lower(neuronSpec("alif", { adaptStep: 100 })), {
    message: 'neuron "alif": adaptStep is 6400 in potential units, outside -2048…2047 of 12 bits with 2 fraction bits',
  });
  assert.throws(() => lower(neuronSpec("lif", {}, { kind: "value", value: -1000 })), {
    message:
      'neuron "lif": a constant is -64000 in potential units, outside -2048…2047 of 12 bits with 2 fraction bits',
  });
  assert.throws(() => lower(neuronSpec("lif", { decay: 0.9 }), { bits: 26 }), {
    code: "lower/too-wide",
    message: 'neuron "lif": an intermediate value needs more than 31 bits (-3858759680…3858759565)',
    hint: "use fewer potential or coefficient bits",
  });
});

test("a value outside its format is not computed with", () => {
  const neuron = lower(neuronSpec("lif"));
  assert.throws(() => stepIntegerNeuron(neuron, { v: 0, input: 71 }), {
    code: "golden/outside-format",
    message: '"input" is 71, outside its format -90…70',
  });
  assert.throws(() => stepIntegerNeuron(neuron, { v: 2048, input: 0 }), {
    message: '"v" is 2048, outside its format -2048…2047',
  });
  assert.throws(() => stepIntegerNeuron(neuron, { v: Number.NaN, input: 0 }), {
    message: '"v" is NaN, outside its format -2048…2047',
  });
});
