import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { checkNeuronSpec, dialects, initialState, joinSpecs, neuronOf, neuronSpec, stepNeuron } from "../index.ts";
import type { DialectName, NeuronSpec, NirNeuron } from "../index.ts";

const csvFolder = path.join(process.env["LACUNA_SHARED"] ?? "../shared", "nir/paper/lif_csv");
const names = Object.keys(dialects) as DialectName[];

/** Steps in which a neuron fires, by how often. */
function fire(spec: NeuronSpec, inputs: readonly number[]): number[] {
  const neuron = neuronOf(spec);
  let state: Readonly<Record<string, number>> = initialState(neuron, spec.parameters);
  return inputs.flatMap((input, step) => {
    const result = stepNeuron(neuron, { ...spec.parameters, ...state, input });
    state = result.state;
    return Array<number>(result.spike).fill(step);
  });
}

// The paper's single neuron: τ = 2.5 ms in steps of 0.1 ms, threshold 0.1, weight 1.
const paper: NirNeuron = { kind: "LIF", dt: 1e-4, tau: 2.5e-3, vThreshold: 0.1 };
const platforms: readonly (readonly [file: string, dialect: DialectName])[] = [
  ["lif_snntorch.csv", "snntorch"],
  ["lif_norse.csv", "norse"],
  ["lif_sinabs.csv", "sinabs"],
];

for (const [file, dialect] of platforms) {
  const where = path.join(csvFolder, file);
  test(`${dialect} fires when the paper's ${file} does`, { skip: !existsSync(where) && "no ../shared/nir" }, () => {
    const rows = readFileSync(where, "utf8").trim().split("\n");
    const columns = rows.map((row) => row.split(",").map(Number));
    // Sinabs was given its pulses already times dt / τ.
    const inputs = columns.map(([input = 0]) => (input > 0 ? 1 : 0));
    const wanted = columns.flatMap(([, , spike = 0], step) => (spike > 0 ? [step] : []));
    assert.ok(wanted.length >= 4);
    assert.deepEqual(fire(dialects[dialect].neuron(paper).neuron, inputs), wanted);
  });
}

test("the same neuron in each dialect: late in Spyx, twice at once where spikes are counted, at the threshold in SpikingJelly", () => {
  const neuron: NirNeuron = { kind: "IF", dt: 1, vThreshold: 1, r: 1 };
  const of = (dialect: DialectName): number[] => fire(dialects[dialect].neuron(neuron).neuron, [1, 0.5, 2.25, 0, 0]);
  // v reaches 1 at once, which only ≥ calls a spike; then 1.5; then a reset and 2.25 more.
  assert.deepEqual(of("nir"), [1, 2]);
  assert.deepEqual(of("snntorch"), [1, 2]);
  assert.deepEqual(of("spikingjelly"), [0, 2]);
  assert.deepEqual(of("spyx"), [2, 3, 4]);
  assert.deepEqual(of("sinabs"), [0, 2, 2]);
});

test("every dialect gives a sound neuron of every kind, or says why not", () => {
  for (const name of names) {
    for (const kind of ["LIF", "CubaLIF", "IF", "LI", "CubaLI", "I"] as const) {
      const r = name === "spikingjelly" && kind === "IF" ? 1e4 : 1;
      try {
        const { neuron } = dialects[name].neuron({ kind, dt: 1e-4, tau: 2e-3, tauSyn: 1e-3, r, vThreshold: 0.5 });
        assert.deepEqual(checkNeuronSpec(neuron, name), [], `${name} ${kind}`);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "dialect/unsupported", `${name} ${kind}: ${String(error)}`);
      }
    }
  }
});

test("gains that undo the time constants leave the plain neuron, others are written out", () => {
  const cuba: NirNeuron = { kind: "CubaLIF", dt: 1e-4, tau: 2e-3, tauSyn: 1e-3, r: 20, wIn: 10 };
  assert.deepEqual(dialects.nir.neuron(cuba).neuron, {
    ...neuronSpec("cubaLif", { currentDecay: 0.9, decay: 0.95 }, { kind: "zero" }),
  });
  const half = dialects.nir.neuron({ ...cuba, r: 10 }).neuron;
  assert.deepEqual([half.parameters["gain"], half.variant], [0.5, { isScaled: true }]);
  const resting = dialects.nir.neuron({ ...cuba, vLeak: 0.25 }).neuron;
  assert.deepEqual([resting.model, resting.parameters["rest"], resting.parameters["gain"]], ["eulerCubaLif", 0.25, 20]);
  assert.equal(dialects.snntorch.neuron({ ...paper, r: 2 }).neuron.parameters["threshold"], 0.1 / (2 * 0.04));
});

test("what a framework refuses, and what it ignores, is said", () => {
  const refuses = (name: DialectName, neuron: NirNeuron, message: RegExp): void =>
    assert.throws(() => dialects[name].neuron(neuron), message);
  refuses("snntorch", { ...paper, vLeak: 0.5 }, /^UserError: snnTorch: v_leak is 0.5, it has no resting potential$/);
  refuses("spikingjelly", { ...paper, vLeak: 0.5 }, /v_leak 0.5 and v_reset 0 must be equal/);
  refuses("spikingjelly", { kind: "IF", dt: 1e-4 }, /IF has r = 1, it expects 1 \/ dt = 10000/);
  refuses(
    "nir",
    { kind: "LIF", dt: 1e-4 },
    /LIF: expected tau > 0 and a step > 0 in seconds, got undefined and 0.0001/,
  );
  assert.deepEqual(dialects.norse.neuron({ ...paper, r: 2, vReset: -1 }).notes, [
    "Norse ignores r, here 2",
    "Norse ignores v_reset and resets to zero",
  ]);
});

test("neurons of a layer join to one spec; what differs goes to each", () => {
  const specs = [0.1, 0.2].map((vThreshold) => dialects.nir.neuron({ ...paper, vThreshold, r: 25 }).neuron);
  const { neuron, neuronParameters } = joinSpecs(specs);
  assert.equal(neuron.model, "lif");
  assert.deepEqual(neuronParameters, { threshold: Float32Array.of(0.1, 0.2) });
  assert.deepEqual(joinSpecs([specs[0]!, specs[0]!]), { neuron: specs[0] });
  const mixed = joinSpecs([specs[0]!, dialects.nir.neuron({ ...paper, r: 50 }).neuron]);
  assert.deepEqual(mixed.neuronParameters?.["gain"], Float32Array.of(1, 2));
  assert.throws(() => joinSpecs([specs[0]!, dialects.spyx.neuron(paper).neuron]), {
    code: "dialect/differing-neurons",
  });
});
