import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../../base/index.ts";
import {
  differentiate,
  evaluate,
  initialState,
  mixOverTime,
  mixOverTimeBackward,
  neuronOf,
  neuronSpec,
  stepNeuron,
  stepNeuronFloat,
  type NeuronSpec,
} from "../index.ts";

/** What a neuron sends and a state variable after each step. */
function run(spec: NeuronSpec, inputs: readonly number[], name = "v"): { sent: number[]; states: number[] } {
  const neuron = neuronOf(spec);
  let state: Readonly<Record<string, number>> = initialState(neuron, spec.parameters);
  const [sent, states]: [number[], number[]] = [[], []];
  for (const input of inputs) {
    const step = stepNeuron(neuron, { ...spec.parameters, ...state, input });
    state = step.state;
    sent.push(step.spike);
    states.push(state[name]!);
  }
  return { sent, states };
}

test("lavaLif equals Lava's integer rules, also in 32-bit floats, at wraps and limits", () => {
  const neuron = neuronOf(neuronSpec("lavaLif"));
  const random = randomStream(3, "lava");
  const down = (x: bigint, share: bigint): bigint => (x < 0n ? -((-x * share) >> 12n) : (x * share) >> 12n);
  let wraps = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const draw = (size: number): number => {
      const limit = random.uniform() < 0.5 ? size : Math.floor(size / 2 ** random.integer(20));
      return random.integer(2 * limit + 1) - limit;
    };
    const [u, v, input] = [draw(2 ** 23 - 1), draw(2 ** 23 - 1), draw(2 ** 15 - 1)];
    const [du, dv, threshold, bias] = [
      random.integer(random.uniform() < 0.5 ? 512 : 4096),
      random.integer(4097),
      random.integer(2 ** 17),
      draw(4095),
    ];
    const raw = down(BigInt(u), 4095n - BigInt(du)) + (BigInt(input) << 6n);
    const current = BigInt.asIntN(24, raw);
    if (current !== raw) wraps++;
    const limit = (1n << 23n) - 1n;
    const sum = down(BigInt(v), 4096n - BigInt(dv)) + current + BigInt(bias);
    const charged = sum > limit ? limit : sum < -limit ? -limit : sum;
    const fires = charged > BigInt(threshold) << 6n;
    const want = { spike: fires ? 1 : 0, state: { v: fires ? 0 : Number(charged), u: Number(current) } };
    const environment = { u, v, input, du, dv, threshold, bias };
    for (const step of [stepNeuron(neuron, environment), stepNeuronFloat(neuron, environment)]) {
      assert.deepEqual({ spike: step.spike, state: { v: step.state["v"]! + 0, u: step.state["u"]! + 0 } }, want);
    }
  }
  assert.ok(wraps > 20, `${wraps} wraps`);
});

test("burst: the published vector, at most γ spikes in a step, and what is left stays", () => {
  const { sent, states } = run(neuronSpec("burst", { gamma: 5, threshold: 1 }), [2.5, 2.5, 7, -1, 0.2]);
  assert.deepEqual(sent, [2, 3, 5, 1, 0]);
  assert.deepEqual(
    states.map((v) => Math.round(v * 1e9) / 1e9),
    [0.5, 0, 2, 0, 0.2],
  );
});

test("risp: the floor, the inclusive threshold, total leak, firing a step later", () => {
  const spec = neuronSpec("risp", { threshold: 3, floor: -2 });
  assert.deepEqual(run(spec, [-5, 4, 1]).sent, [0, 0, 1], "−5 counts as −2, then 2, then 3");
  assert.deepEqual(run({ ...spec, parameters: { ...spec.parameters, leak: 1 } }, [2, 2, 3]).sent, [0, 0, 1]);
  assert.deepEqual(run({ ...spec, variant: { timing: "spikeFirst" } }, [3, 0, 0]).sent, [0, 1, 0]);
});

test("spiker: fires on what it had, and then does not leak", () => {
  const { sent, states } = run(neuronSpec("spiker", { threshold: 20, divisor: 16 }), [40, 0, 0, -33]);
  assert.deepEqual(sent, [0, 1, 0, 0]);
  assert.deepEqual(states, [40, 20, 19, -15], "40 − 20, then 20 − (20 >> 4), then 19 − 1 − 33");
});

test("graded neurons send values: the potential, or the change of a sum", () => {
  assert.deepEqual(run(neuronSpec("gradedLif", { decay: 1 }), [0.5, 0.75, 0.5]).sent, [0, 1.25, 0]);
  const { sent, states } = run(neuronSpec("sigmaDelta", { threshold: 0.5 }), [0.4, 0.4, 0, -2], "told");
  assert.deepEqual(sent, [0, 0.8, 0, -0.8]);
  assert.deepEqual(states, [0, 0.8, 0.8, 0]);
});

test("several spikes in a step: whole thresholds, at most so many, with the surrogate at the nearest of them", () => {
  const spec = neuronSpec("lif", { decay: 1 }, { kind: "subtract" }, { spikes: "many", mostSpikes: 3 });
  assert.deepEqual(run(spec, [2.25, -4, 9]), { sent: [2, 0, 3], states: [0.25, -3.75, 2.25] });
  const { gradients, surrogates } = differentiate(neuronOf(spec), { detachReset: true });
  assert.equal(evaluate(surrogates[0]!, { decay: 1, v: 0, input: 1.875, threshold: 1 }), -0.125);
  assert.ok("input" in gradients);
});

test("sliding parallel neuron: a convolution over time without reset, equal to a banded mixture", () => {
  const taps = { tap0: 1, tap1: 0.5, tap2: -0.25 };
  const inputs = [1, 0, 2, -1, 0.5];
  const spec = neuronSpec("slidingParallel", { ...taps, threshold: 0.9 }, { kind: "none" }, { taps: 3 });
  const { states, sent } = run(spec, inputs);
  assert.deepEqual(states, [1, 0.5, 1.75, 0, -0.5]);
  assert.deepEqual(sent, [1, 0, 1, 0, 0]);
  const band = Float32Array.from({ length: 25 }, (_, i) => [1, 0.5, -0.25][Math.floor(i / 5) - (i % 5)] ?? 0);
  assert.deepEqual([...mixOverTime(band, Float32Array.from(inputs), 5)], states);
});

test("mixing over time: gradients are those of the product", () => {
  const random = randomStream(5, "mix");
  const [steps, size] = [4, 3];
  const draw = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
  const [weights, inputs, gradient] = [draw(steps * steps), draw(steps * size), draw(steps * size)];
  const loss = (w: Float32Array, x: Float32Array): number =>
    mixOverTime(w, x, steps).reduce((sum, value, i) => sum + value * gradient[i]!, 0);
  const got = mixOverTimeBackward(weights, inputs, gradient, steps);
  for (const [array, slopes] of [
    [weights, got.weights],
    [inputs, got.inputs],
  ] as const) {
    array.forEach((value, i) => {
      const at = (x: number): number => {
        array[i] = x;
        const result = loss(weights, inputs);
        array[i] = value;
        return result;
      };
      const slope = (at(value + 0.125) - at(value - 0.125)) / 0.25;
      assert.ok(Math.abs(slope - slopes[i]!) < 1e-5 * Math.max(1, Math.abs(slope)));
    });
  }
});
