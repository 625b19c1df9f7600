// Neurons without a reset: a matrix over time, then a threshold.
import { UserError } from "../../src/base/index.ts";
import { mixOverTime, neuronOf, neuronSpec, stepNeuronFloat } from "../../src/model/neuron/index.ts";
import type { Checker, VectorFile } from "./checker.ts";
import { compareExactly, compareValues, flatten } from "./compare.ts";
import { numberOf, readAll, type Parameters } from "./parameters.ts";

interface Parallel {
  /** Shape [step, step]. */
  readonly weights: Float32Array;
  /** Added to the potential. Shape [step]. */
  readonly bias: Float32Array;
  readonly threshold: number;
  readonly fires: "above" | "atLeast";
  /** What a spike carries. */
  readonly amplitude: number;
  /** The file's name for the potential. */
  readonly potential: string;
}

const models: Readonly<Record<string, (params: Parameters, steps: number) => Parallel>> = {
  PSN: ({ weight, bias }, steps) => jelly(flatten(weight), flatten(bias), steps),
  /** Weights reach `k` steps back, this one included; the mask comes in by a factor λ, and 1 masks wholly. */
  MaskedPSN: (params, steps) => {
    const reach = numberOf(params["k"], "k");
    const mask = numberOf(params["lambda_"] ?? params["lambda"] ?? 1, "lambda");
    const masked = flatten(params["weight"]).map((weight, i) => {
      const age = Math.floor(i / steps) - (i % steps);
      return age >= 0 && age < reach ? weight : (1 - mask) * weight;
    });
    return jelly(masked, flatten(params["bias"]), steps);
  },
  /** The last of `k` weights is that of this step. */
  SlidingPSN: (params, steps) => {
    const taps = flatten(params["weight"]);
    const reach = numberOf(params["k"] ?? taps.length, "k");
    if (reach !== taps.length) throw new UserError("vectors/parameter", `k is ${reach}, but ${taps.length} weights`);
    const weights = Float32Array.from({ length: steps * steps }, (_, i) => {
      const age = Math.floor(i / steps) - (i % steps);
      return age >= 0 ? (taps[reach - 1 - age] ?? 0) : 0;
    });
    return jelly(weights, flatten(params["bias"]), steps);
  },
  StateLeaky: stateLeaky,
  LinearLeaky: stateLeaky,
};

export const parallelNeurons: Checker = {
  kind: "parallel neurons",
  accepts: ({ data }) => Object.hasOwn(models, String(data["model"])) && Array.isArray(data["spikes"]),
  check: ({ data }) => {
    const input = flatten(data["input"]);
    const steps = (data["input"] as readonly unknown[]).length;
    const model = parallelOf(data, steps);
    const neuron = neuronOf(neuronSpec("thresholdUnit", {}, { kind: "none" }, { fires: model.fires }));
    const size = input.length / steps;
    const run = Array.from(mixOverTime(model.weights, input, steps), (value, i) => {
      const bias = model.bias[Math.floor(i / size)] ?? 0;
      return stepNeuronFloat(neuron, { input: value, bias, threshold: model.threshold, v: 0 });
    });
    const spikes = compareExactly(
      "spikes",
      run.map(({ spike }) => spike * model.amplitude),
      flatten(data["spikes"]),
    );
    const potentials = data[model.potential];
    if (!Array.isArray(potentials)) return [spikes];
    const v = run.map(({ state }) => state["v"] ?? 0);
    const note = "the framework sums in another order";
    return [spikes, compareValues(model.potential, v, flatten(potentials), { unit: "relative", bound: 1e-6, note })];
  },
};

// ---------------------------------------------------------------------------------------------------------------------

function parallelOf(data: VectorFile["data"], steps: number): Parallel {
  const name = String(data["model"]);
  const build = models[name];
  if (build === undefined) throw new TypeError(`no parallel neuron "${name}"`);
  return readAll(name, (data["params"] ?? {}) as Parameters, (params) => build(params, steps));
}

/** SpikingJelly's fire from 0 on. @param bias  Of every step, or one of all. */
function jelly(weights: Float32Array, bias: Float32Array, steps: number): Parallel {
  if (weights.length !== steps * steps || (bias.length !== steps && bias.length !== 1)) {
    const message = `${steps} steps need ${steps} × ${steps} weights and ${steps} biases or 1, got ${weights.length} and ${bias.length}`;
    throw new UserError("vectors/parameter", message);
  }
  const all = bias.length === 1 ? new Float32Array(steps).fill(bias[0] ?? 0) : bias;
  return { weights, bias: all, threshold: 0, fires: "atLeast", amplitude: 1, potential: "H" };
}

function stateLeaky(params: Parameters, steps: number): Parallel {
  const { beta, tau, threshold = 1, graded_spikes_factor: amplitude = 1 } = params;
  return {
    weights: decaying(steps, typeof tau === "number" ? tau : 1 / (1 - numberOf(beta, "beta") + 1e-12)),
    bias: new Float32Array(steps),
    threshold: numberOf(threshold, "threshold"),
    fires: "above",
    amplitude: numberOf(amplitude, "graded_spikes_factor"),
    potential: "mem",
  };
}

/** e^(−(t − s) / tau) for s ≤ t, else 0. */
function decaying(steps: number, tau: number): Float32Array {
  return Float32Array.from({ length: steps * steps }, (_, i) => {
    const age = Math.floor(i / steps) - (i % steps);
    return age < 0 ? 0 : Math.exp(Math.fround(-age / tau));
  });
}
