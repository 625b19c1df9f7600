// Neurons without a reset: a matrix over time, then a threshold.
import { mixOverTime, neuronOf, neuronSpec, stepNeuronFloat } from "../../src/model/neuron/index.ts";
import type { Checker, VectorFile } from "./checker.ts";
import { compareExactly, compareValues, flatten } from "./compare.ts";

type Parameters = Readonly<Record<string, unknown>>;

interface Parallel {
  /** Shape [step, step]. */
  readonly weights: Float32Array;
  /** Added to the potential. Shape [step]. */
  readonly bias: Float32Array;
  readonly threshold: number;
  readonly fires: "above" | "atLeast";
  /** The file's name for the potential. */
  readonly potential: string;
}

const models: Readonly<Record<string, (params: Parameters, steps: number) => Parallel>> = {
  PSN: ({ weight, bias }) => ({
    weights: flatten(weight),
    bias: flatten(bias),
    threshold: 0,
    fires: "atLeast",
    potential: "H",
  }),
  StateLeaky: ({ beta, tau, threshold = 1 }, steps) => ({
    weights: decaying(steps, typeof tau === "number" ? tau : 1 / (1 - Number(beta) + 1e-12)),
    bias: new Float32Array(steps),
    threshold: Number(threshold),
    fires: "above",
    potential: "mem",
  }),
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
      run.map(({ spike }) => spike),
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
  const build = models[String(data["model"])];
  if (build === undefined) throw new TypeError(`no parallel neuron "${String(data["model"])}"`);
  return build((data["params"] ?? {}) as Parameters, steps);
}

/** e^(−(t − s) / tau) for s ≤ t, else 0. */
function decaying(steps: number, tau: number): Float32Array {
  return Float32Array.from({ length: steps * steps }, (_, i) => {
    const age = Math.floor(i / steps) - (i % steps);
    return age < 0 ? 0 : Math.exp(Math.fround(-age / tau));
  });
}
