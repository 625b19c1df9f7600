// Combinations of parameters that no shared vector has, each computed by hand from the equations of the frameworks, through the
// same command that checks vectors: either it runs and is right, or it is refused with a name.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { checkFolder } from "../scripts/check-vectors/check-folder.ts";
import type { FileResult } from "../scripts/check-vectors/checker.ts";

type Column = readonly number[];

interface Vector {
  readonly model: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly input: Column;
  readonly spikes?: Column;
  readonly initial?: Readonly<Record<string, number>>;
  /** Traces by name. */
  readonly states?: Readonly<Record<string, Column>>;
}

/** One neuron: every value is a row. */
async function check(framework: string, { states = {}, input, spikes, ...rest }: Vector): Promise<FileResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "lacuna-vectors-"));
  const rows = (column: Column): number[][] => column.map((x) => [x]);
  const traces = Object.fromEntries(Object.entries(states).map(([name, column]) => [name, rows(column)]));
  const spiked = { spikes: rows(spikes ?? input.map(() => 0)) };
  try {
    const file = { source: { framework }, ...rest, input: rows(input), ...spiked, ...traces };
    writeFileSync(path.join(folder, "one.json"), JSON.stringify(file));
    const [result] = await checkFolder(folder);
    return result!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const half = { alpha: 0.5, beta: 0.5, threshold: 1 };
const twice = [2, 0, 0];
const own = { all_to_all: false, V: [0.5] };
const all = { recurrent_weight: [[0.5]], recurrent_bias: [0] };
const jelly = { tau: 2, v_threshold: 1 };
const curved = { tau: 2, a0: 1, v_c: 0.5, v_rest: 0, v_threshold: 1 };

const runs: readonly (readonly [title: string, framework: "snnTorch" | "SpikingJelly", Vector])[] = [
  [
    "synaptic, subtract, undelayed",
    "snnTorch",
    {
      model: "Synaptic",
      params: { ...half, reset_mechanism: "subtract", reset_delay: false },
      input: twice,
      spikes: [1, 1, 0],
      states: { syn: [2, 1, 0.5], mem: [1, 0.5, 0.75] },
    },
  ],
  [
    "synaptic, zero, delayed",
    "snnTorch",
    {
      model: "Synaptic",
      params: { ...half, reset_mechanism: "zero", reset_delay: true },
      input: twice,
      spikes: [1, 0, 0],
      states: { syn: [2, 1, 0.5], mem: [2, 0, 0.5] },
    },
  ],
  [
    "alpha, zero",
    "snnTorch",
    {
      model: "Alpha",
      params: { alpha: 0.5, beta: 0.25, threshold: 0.4, reset_mechanism: "zero" },
      input: [1, 0, 0],
      spikes: [0, 1, 0],
      states: { syn_exc: [1, 0.5, 0], syn_inh: [-1, -0.25, 0], mem: [0, 0.5, 0] },
    },
  ],
  [
    "alpha, graded",
    "snnTorch",
    {
      model: "Alpha",
      params: { alpha: 0.5, beta: 0.25, threshold: 0.4, reset_mechanism: "none", graded_spikes_factor: 3 },
      input: [1, 0],
      spikes: [0, 3],
      states: { mem: [0, 0.5] },
    },
  ],
  [
    "Lapicque, subtract",
    "snnTorch",
    {
      model: "Lapicque",
      params: { R: 1, C: 2, time_step: 1, threshold: 1, reset_mechanism: "subtract" },
      input: [4, 0, 0],
      spikes: [1, 0, 0],
      states: { mem: [2, 0, 0] },
    },
  ],
  [
    "leaky, no reset, undelayed",
    "snnTorch",
    {
      model: "Leaky",
      params: { beta: 0.5, threshold: 1, reset_mechanism: "none", reset_delay: false },
      input: [4, 0, 0],
      spikes: [1, 1, 0],
      states: { mem: [4, 2, 1] },
    },
  ],
  [
    "leaky, graded, undelayed: the spike is scaled, the reset is not",
    "snnTorch",
    {
      model: "Leaky",
      params: { beta: 0.5, threshold: 1, reset_mechanism: "subtract", reset_delay: false, graded_spikes_factor: 0.5 },
      input: twice,
      spikes: [0.5, 0, 0],
      states: { mem: [1, 0.5, 0.25] },
    },
  ],
  [
    "recurrent leaky, zero, delayed: the whole new value is lost",
    "snnTorch",
    {
      model: "RLeaky",
      params: { beta: 0.5, threshold: 1, reset_mechanism: "zero", reset_delay: true, ...all },
      input: twice,
      spikes: [1, 0, 0],
      states: { mem: [2, 0, 0] },
    },
  ],
  [
    "recurrent leaky, one to one, zero, undelayed",
    "snnTorch",
    {
      model: "RLeaky",
      params: { beta: 0.5, threshold: 1, reset_mechanism: "zero", reset_delay: false, ...own },
      input: twice,
      spikes: [1, 0, 0],
      states: { mem: [0, 0.5, 0.25] },
    },
  ],
  [
    "recurrent leaky, one to one, graded: what is sent comes back",
    "snnTorch",
    {
      model: "RLeaky",
      params: { beta: 0.5, threshold: 1, reset_mechanism: "subtract", graded_spikes_factor: 0.5, ...own },
      input: twice,
      spikes: [0.5, 0, 0],
      states: { mem: [2, 0.25, 0.125] },
    },
  ],
  [
    "recurrent synaptic, one to one: reset_delay has no effect",
    "snnTorch",
    {
      model: "RSynaptic",
      params: { ...half, reset_mechanism: "subtract", reset_delay: false, ...own },
      input: twice,
      spikes: [1, 1, 0],
      states: { syn: [2, 1.5, 1.25], mem: [2, 1.5, 1] },
    },
  ],
  [
    "no leak looks further back than e^(−1)",
    "snnTorch",
    {
      model: "StateLeaky",
      params: { beta: 0.5, tau: 1e9, threshold: 1, graded_spikes_factor: 2 },
      input: [1, 0.5],
      spikes: [0, 2],
      states: { mem: [1, 1.5] },
    },
  ],
  [
    "CUBA, hard",
    "SpikingJelly",
    {
      model: "CUBALIFNode",
      params: { c_decay: 0.5, v_decay: 0.5, v_threshold: 1, v_reset: 0 },
      input: [1, 0, 0],
      spikes: [1, 0, 0],
      states: { c: [1, 0.5, 0.25], v: [0, 0.5, 0.5] },
    },
  ],
  [
    "CUBA, hard, from v_reset on",
    "SpikingJelly",
    {
      model: "CUBALIFNode",
      params: { c_decay: 0.5, v_decay: 0.5, v_threshold: 1, v_reset: -0.5 },
      input: [1, 0.25],
      spikes: [0, 1],
      states: { v: [0.75, -0.5] },
    },
  ],
  [
    "IF, hard, from v_reset on",
    "SpikingJelly",
    {
      model: "IFNode",
      params: { v_threshold: 1, v_reset: -0.5 },
      input: [1, 0.5],
      spikes: [0, 1],
      states: { v: [0.5, -0.5] },
    },
  ],
  [
    "LIF, whole input, soft",
    "SpikingJelly",
    {
      model: "LIFNode",
      params: { ...jelly, decay_input: false, v_reset: null },
      input: [2, 0],
      spikes: [1, 0],
      states: { v: [1, 0.5] },
    },
  ],
  [
    "PLIF, whole input, soft, by init_tau alone",
    "SpikingJelly",
    {
      model: "ParametricLIFNode",
      params: { init_tau: 2, decay_input: false, v_threshold: 1, v_reset: null },
      input: [2, 0],
      spikes: [1, 0],
      states: { v: [1, 0.5] },
    },
  ],
  [
    "EIF, hard",
    "SpikingJelly",
    {
      model: "EIFNode",
      params: { tau: 2, delta_T: 1, theta_rh: 0, v_threshold: 1, v_rest: 0, v_reset: -0.5 },
      initial: { v: 0 },
      input: [1],
      spikes: [1],
      states: { v: [-0.5] },
    },
  ],
  [
    "QIF, hard",
    "SpikingJelly",
    { model: "QIFNode", params: { ...curved, v_reset: 0 }, input: [2, 1], spikes: [1, 0], states: { v: [0, 0.5] } },
  ],
  [
    "Izhikevich, hard, with recovery",
    "SpikingJelly",
    {
      model: "IzhikevichNode",
      params: { ...curved, v_reset: -0.25, w_rest: 0, tau_w: 2, a: 1, b: 0.5 },
      initial: { v: 0, w: 0 },
      input: [2, 0],
      spikes: [1, 0],
      states: { v: [-0.25, -0.65625], w: [1, 0.171875] },
    },
  ],
  [
    "KLIF, rescaled, soft",
    "SpikingJelly",
    {
      model: "KLIFNode",
      params: { ...jelly, k: 2, scale_reset: true, decay_input: true, v_reset: null },
      input: [2, 0],
      spikes: [1, 0],
      states: { v: [0.5, 0.25] },
    },
  ],
  [
    "KLIF, rescaled, hard, whole input",
    "SpikingJelly",
    {
      model: "KLIFNode",
      params: { ...jelly, k: 2, scale_reset: true, decay_input: false, v_reset: 0 },
      input: [0.25, 0.25],
      spikes: [0, 0],
      states: { v: [0.25, 0.375] },
    },
  ],
  [
    "sliding PSN",
    "SpikingJelly",
    {
      model: "SlidingPSN",
      params: { k: 2, weight: [0.5, 1], bias: [-1] },
      input: [1, 0, 0.5],
      spikes: [1, 0, 0],
      states: { H: [0, -1 + 0.5, -0.5] },
    },
  ],
  [
    "masked PSN",
    "SpikingJelly",
    {
      model: "MaskedPSN",
      params: {
        T: 2,
        k: 1,
        lambda_: 1,
        weight: [
          [1, 2],
          [3, 1],
        ],
        bias: [[-1], [-1]],
      },
      input: [1, 0.5],
      spikes: [1, 0],
      states: { H: [0, -0.5] },
    },
  ],
];

for (const [title, framework, vector] of runs) {
  test(`by hand: ${title}`, async () => {
    const result = await check(framework, vector);
    assert.equal(result.notChecked, undefined);
    assert.deepEqual(
      result.comparisons.filter(({ differing }) => differing > 0),
      [],
    );
    const [first = NaN, ...rest] = vector.spikes!;
    const wrong = await check(framework, { ...vector, spikes: [first + 1, ...rest] });
    assert.ok(!wrong.passed, "a wrong spike is noticed");
  });
}

const refusals: readonly (readonly [string, "snnTorch" | "SpikingJelly", Vector, reason: string])[] = [
  [
    "alpha undelayed",
    "snnTorch",
    { model: "Alpha", params: { alpha: 0.5, beta: 0.25, reset_delay: false }, input: [1] },
    "snnTorch Alpha: reset_delay = false is not known here",
  ],
  [
    "inhibition",
    "snnTorch",
    { model: "Leaky", params: { beta: 0.5, inhibition: true }, input: [1] },
    "snnTorch Leaky: inhibition = true is not known here",
  ],
  [
    "quantized recurrent state",
    "snnTorch",
    { model: "RLeaky", params: { beta: 0.5, ...own, state_quant: { num_bits: 4 } }, input: [1] },
    "state_quant without levels",
  ],
  [
    "reset by another name",
    "snnTorch",
    { model: "Leaky", params: { beta: 0.5, reset_mechanism: "half" }, input: [1] },
    'no reset mechanism "half"',
  ],
  [
    "no v_reset",
    "SpikingJelly",
    { model: "IFNode", params: { v_threshold: 1 }, input: [1] },
    "v_reset: expected a number, got undefined",
  ],
  [
    "no tau",
    "SpikingJelly",
    { model: "LIFNode", params: { v_threshold: 1, v_reset: 0 }, input: [1] },
    "relaxingLif: the file does not name tau",
  ],
  [
    "too few values",
    "snnTorch",
    { model: "Leaky", params: { beta: [0.5, 0.5] }, input: [1] },
    "decay: expected one value or 1, got 2",
  ],
  [
    "a trace of nothing",
    "snnTorch",
    { model: "Leaky", params: { beta: 0.5 }, input: [0], states: { syn: [0] } },
    'no state of ours is the trace "syn"',
  ],
  [
    "a sliding window of another size",
    "SpikingJelly",
    { model: "SlidingPSN", params: { k: 3, weight: [0.5, 1], bias: [-1] }, input: [1] },
    "k is 3, but 2 weights",
  ],
];

for (const [title, framework, vector, reason] of refusals) {
  test(`refused with a name: ${title}`, async () => {
    const { notChecked, passed } = await check(framework, vector);
    assert.equal(notChecked, reason);
    assert.ok(!passed);
  });
}
