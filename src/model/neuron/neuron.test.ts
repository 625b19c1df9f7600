import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../../base/index.ts";
import {
  add,
  checkNeuronSpec,
  constant,
  differentiate,
  evaluate,
  evaluateInteger,
  lowerNeuron,
  mul,
  neuronModels,
  neuronOf,
  neuronSpec,
  reference,
  stepIntegerNeuron,
  stepNeuron,
  type Expression,
  type IntegerNeuron,
  type LoweringFormats,
  type NeuronModelName,
  type NeuronSpec,
  type Reset,
} from "./index.ts";

const resets: readonly Reset[] = [{ kind: "subtract" }, { kind: "zero" }, { kind: "value", value: -0.25 }];
const specs: readonly NeuronSpec[] = (Object.keys(neuronModels) as NeuronModelName[]).flatMap((model) =>
  resets.map((reset) => neuronSpec(model, {}, reset)),
);
const wide: LoweringFormats = { potential: { bits: 20, fraction: 8 }, coefficientFraction: 8, rounding: "nearest" };
const narrow: LoweringFormats = { ...wide, potential: { bits: 14, fraction: 4 } };

/** In the wider format that holds it; undefined for what integers cannot say, which lower.test.ts lists. */
function tryLower(
  spec: NeuronSpec,
  options: Omit<Parameters<typeof lowerNeuron>[1], "formats">,
): { readonly integer: IntegerNeuron; readonly formats: LoweringFormats } | undefined {
  for (const formats of [wide, narrow]) {
    try {
      return { integer: lowerNeuron(spec, { ...options, formats }), formats };
    } catch (error) {
      if (!(error instanceof UserError && error.code.startsWith("lower/"))) throw error;
    }
  }
  return undefined;
}

test("equal expressions are one object", () => {
  assert.equal(add(reference("v"), constant(1)), add(reference("v"), constant(1)));
  assert.notEqual(mul(reference("v"), constant(1)), mul(constant(1), reference("v")));
});

test("lif by hand: charge, fire, subtract; the residue leaks in the next step", () => {
  const lif = neuronModels.lif({ kind: "subtract" });
  const first = stepNeuron(lif, { v: 0.5, input: 0.75, decay: 0.5, threshold: 0.75 });
  assert.deepEqual(first, { spike: 1, state: { v: 0.25 } });
  assert.deepEqual(stepNeuron(lif, { v: 0.25, input: 0, decay: 0.5, threshold: 0.75 }), {
    spike: 0,
    state: { v: 0.125 },
  });
  // Strict: exactly at the threshold nothing happens.
  assert.equal(stepNeuron(lif, { v: 0, input: 0.75, decay: 0.5, threshold: 0.75 }).spike, 0);
});

for (const spec of specs) {
  test(`${spec.model}, reset ${spec.reset.kind}: the adjoint is the derivative away from the threshold`, () => {
    const neuron = neuronOf(spec);
    // What learns otherwise than it computes is no derivative; differentiate.test.ts checks what it learns instead.
    if (spec.model === "burst") return;
    const adjoint = differentiate(neuron, { detachReset: false });
    const random = randomStream(9, spec.model);
    for (let trial = 0; trial < 50; trial++) {
      const environment: Record<string, number> = { ...spec.parameters, input: random.normal() };
      for (const name of neuron.state) environment[name] = random.normal();
      // With surrogate 0, `above` is locally constant: exactly what a small difference sees.
      const extended: Record<string, number> = { ...environment, "gradient.spike": 0 };
      adjoint.surrogates.forEach((_, k) => (extended[`surrogate.${k}`] = 0));
      neuron.state.forEach((name, i) => (extended[`gradient.${name}`] = i + 0.5));
      const output = (env: Record<string, number>): number =>
        neuron.state.reduce((sum, name, i) => sum + (i + 0.5) * evaluate(neuron.next[name]!, env), 0);
      for (const name of [...neuron.state, ...Object.keys(neuron.parameters), "input"]) {
        const step = 1e-6;
        const high = output({ ...environment, [name]: environment[name]! + step });
        const low = output({ ...environment, [name]: environment[name]! - step });
        const slope = (high - low) / (2 * step);
        if (Math.abs(slope) > 1e4) continue; // the step crossed the threshold
        const exact = evaluate(adjoint.gradients[name]!, extended);
        assert.ok(Math.abs(slope - exact) < 1e-5 * Math.max(1, Math.abs(slope)), `${name}: ${slope} and ${exact}`);
      }
    }
  });

  test(`${spec.model}, reset ${spec.reset.kind}: integers stay near the real neuron and inside their ranges`, () => {
    const neuron = neuronOf(spec);
    const unit = 1 / 16;
    const lowered = tryLower(spec, { unit, input: { low: -40, high: 40 } });
    if (lowered === undefined) return;
    const { integer, formats } = lowered;
    const random = randomStream(4, spec.model);
    const scale = unit / 2 ** formats.potential.fraction;
    // A coefficient that 8 bits cannot hold is off by up to 2^−9, of values of up to 2^13 units and their sums.
    const isExact = Object.values(spec.parameters).every((value) => Number.isInteger(256 * value));
    const tolerance = isExact ? 4 : 4 + 3 * 2 ** 4;
    for (let trial = 0; trial < 200; trial++) {
      const state: Record<string, number> = {};
      for (const name of neuron.state) state[name] = random.integer(2000) - 1000;
      const input = random.integer(81) - 40;
      const real: Record<string, number> = { ...spec.parameters, input: input * unit };
      for (const name of neuron.state) real[name] = state[name]! * scale;
      const got = stepIntegerNeuron(integer, { ...state, input });
      const want = stepNeuron(neuron, real);
      if (got.spike !== want.spike) continue; // rounding at the threshold may decide differently
      for (const name of neuron.state) {
        assert.ok(
          Math.abs(got.state[name]! * scale - want.state[name]!) < tolerance * scale,
          `${name} in trial ${trial}`,
        );
      }
    }
  });
}

test("lowering: coefficients shrink, nothing overflows, saturation at the store", () => {
  const formats: LoweringFormats = { potential: { bits: 8, fraction: 0 }, coefficientFraction: 8, rounding: "floor" };
  const integer = lowerNeuron(neuronSpec("integrateFire", { threshold: 100 }), {
    unit: 1,
    input: { low: -200, high: 200 },
    formats,
  });
  assert.deepEqual(stepIntegerNeuron(integer, { v: -128, input: -200 }), { spike: 0, state: { v: -128 } });
  assert.deepEqual(stepIntegerNeuron(integer, { v: 90, input: 10 }), { spike: 0, state: { v: 100 } });
  assert.deepEqual(stepIntegerNeuron(integer, { v: 90, input: 11 }), { spike: 1, state: { v: 1 } });
  assert.throws(
    () => evaluateInteger(integer.spike, { v: 200, input: 0 }),
    (error: UserError) => error.message === '"v" is 200, outside its format -128…127',
  );
});

test("rounding: nearest takes ties up, floor only shifts", () => {
  const of = (rounding: "nearest" | "floor", v: number): number =>
    stepIntegerNeuron(
      lowerNeuron(neuronSpec("lif", { decay: 0.5, threshold: 100 }), {
        unit: 1,
        input: { low: 0, high: 1 },
        formats: { potential: { bits: 8, fraction: 0 }, coefficientFraction: 8, rounding },
      }),
      { v, input: 0 },
    ).state["v"]!;
  assert.deepEqual([of("nearest", 3), of("nearest", -3), of("floor", 3), of("floor", -3)], [2, -1, 1, -2]);
});

test("what does not fit says so", () => {
  const lower = (spec: NeuronSpec, bits: number): unknown =>
    lowerNeuron(spec, {
      unit: 0.01,
      input: { low: -1, high: 1 },
      formats: { potential: { bits, fraction: 4 }, coefficientFraction: 8, rounding: "nearest" },
    });
  assert.throws(
    () => lower(neuronSpec("lif"), 8),
    (error: UserError) =>
      error.message ===
      'neuron "lif": threshold is 1600 in potential units, outside -128…127 of 8 bits with 4 fraction bits',
  );
  assert.throws(
    () => lower(neuronSpec("lif", { decay: 0.9 }), 26),
    (error: UserError) => error.code === "lower/too-wide",
  );
});

test("specs: every problem, in words", () => {
  const problems = checkNeuronSpec({ ...neuronSpec("lif"), parameters: { decay: 20, threshold: 1, tau: 2 } }, "neuron");
  assert.deepEqual(
    problems.map(({ path, message, hint }) => [path, message, hint]),
    [
      ["neuron.tau", 'lif has no parameter "tau"; it has decay, threshold', undefined],
      [
        "neuron.decay",
        "expected 0…1, got 20",
        "a decay is the share kept per step; from a time constant: decay = exp(−step / tau)",
      ],
    ],
  );
  const unknown = checkNeuronSpec({ ...neuronSpec("lif"), model: "__proto__" as NeuronModelName }, "neuron");
  assert.equal(unknown[0]?.code, "neuron/unknown-model");
});

test("deep expressions are evaluated without recursion over shared parts", () => {
  let value: Expression = reference("v");
  for (let i = 0; i < 12; i++) value = add(value, value);
  assert.equal(evaluate(value, { v: 1 }), 4096);
});
