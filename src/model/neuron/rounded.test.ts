import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../../base/index.ts";
import {
  checkNeuronSpec,
  differentiate,
  evaluate,
  lowerNeuron,
  neuronModels,
  neuronOf,
  neuronSpec,
  stepIntegerNeuron,
  stepNeuronFloat,
  type LoweringFormats,
  type NeuronModelName,
  type NeuronSpec,
  type Reset,
} from "./index.ts";

const models = Object.keys(neuronModels) as NeuronModelName[];
const resets: readonly Reset[] = [{ kind: "subtract" }, { kind: "zero" }, { kind: "value", value: -0.5 }];
/** No power of two, as trained units are. */
const unit = Math.fround(0.0637);

function formatsOf(rounding: LoweringFormats["rounding"], bits: number, fraction: number): LoweringFormats {
  return { potential: { bits, fraction }, coefficientFraction: 4, rounding };
}

/** Undefined where a model has no integers, or none that fit. */
function tryRounded(spec: NeuronSpec): ReturnType<typeof neuronOf> | undefined {
  try {
    return neuronOf(spec);
  } catch (error) {
    if (error instanceof UserError && /^(lower|neuron)\//.test(error.code)) return undefined;
    throw error;
  }
}

test("a rounded neuron takes every step of its integers, bit for bit, in floats of 32 bits", () => {
  const compared = new Set<string>();
  let [fired, saturated] = [0, 0];
  for (const model of models) {
    for (const reset of resets) {
      for (const formats of [formatsOf("nearest", 10, 2), formatsOf("floor", 8, 0), formatsOf("nearest", 12, 4)]) {
        const plain = neuronSpec(model, {}, reset);
        const rounded = tryRounded({ ...plain, numerics: { unit, formats } });
        if (rounded === undefined) continue;
        const integer = lowerNeuron(plain, { unit, input: { low: -500, high: 500 }, formats });
        const step = Math.fround(unit * 2 ** -formats.potential.fraction);
        const random = randomStream(3, `${model} ${reset.kind}`);
        let [whole, real] = [{}, {}] as Record<string, number>[];
        for (const { name } of integer.state) [whole![name], real![name]] = [0, 0];
        for (let t = 0; t < 300; t++) {
          const input = random.integer(t % 50 === 0 ? 1000 : 60) - (t % 50 === 0 ? 500 : 20);
          const wanted = stepIntegerNeuron(integer, { ...whole, input });
          const got = stepNeuronFloat(rounded, { ...plain.parameters, ...real, input: Math.fround(input * unit) });
          const where = `${model}, ${JSON.stringify(reset)}, ${JSON.stringify(formats)}, step ${t}`;
          assert.equal(got.spike, wanted.spike, where);
          for (const [name, value] of Object.entries(wanted.state)) {
            assert.equal(Math.round(got.state[name]! / step), value, `${where}, ${name}`);
            if (value === 2 ** (formats.potential.bits - 1) - 1) saturated++;
          }
          [whole, real] = [{ ...wanted.state }, { ...got.state }];
          fired += wanted.spike;
        }
        compared.add(model);
      }
    }
  }
  assert.ok(compared.size >= 12, `only ${[...compared].join(", ")}`);
  assert.ok(fired > 500 && saturated > 20, `${fired} spikes, ${saturated} saturated states`);
});

test("gradients pass roundings and saturations: those of the real neuron, where constants are exact", () => {
  const plain = neuronSpec("lif", { decay: 0.75, threshold: 1 });
  const formats = formatsOf("nearest", 10, 2);
  const exact = { ...plain, numerics: { unit: 1 / 16, formats } };
  const environment = { v: 0.5, input: 0.25, decay: 0.75, threshold: 1, "gradient.spike": 0.7, "gradient.v": -0.3 };
  const gradientOf = (spec: NeuronSpec, name: string): number => {
    const { gradients, surrogates } = differentiate(neuronOf(spec), { detachReset: true });
    const slopes = surrogates.map((u, k) => [`surrogate.${k}`, 1 / (1 + evaluate(u, environment) ** 2)]);
    return evaluate(gradients[name]!, { ...environment, ...(Object.fromEntries(slopes) as Record<string, number>) });
  };
  for (const name of ["v", "input"]) {
    const [wanted, got] = [gradientOf(plain, name), gradientOf(exact, name)];
    assert.ok(Math.abs(wanted) > 0.01 && Math.abs(got - wanted) < 1e-6, `${name}: ${got}, not ${wanted}`);
  }
});

test("what no float holds is refused; numerics from files are checked", () => {
  const spec = (bits: number, change: Partial<LoweringFormats> = {}): NeuronSpec => ({
    ...neuronSpec("lif", { decay: 0.9 }),
    numerics: { unit, formats: { ...formatsOf("nearest", bits, 2), ...change } },
  });
  assert.throws(() => neuronOf(spec(20, { coefficientFraction: 8 })), { code: "neuron/too-wide-to-round" });
  assert.deepEqual(checkNeuronSpec(spec(10), "n"), []);
  assert.deepEqual(
    checkNeuronSpec(spec(0), "n").map(({ code, path }) => `${code} at ${path}`),
    ["neuron/numerics at n.numerics"],
  );
});
