// Spikes and states of single layers, step by step: the neuron language in 32-bit floats, and the compiled kernel beside it.
import { UserError } from "../../src/base/index.ts";
import { wasmBackend } from "../../src/compute/index.ts";
import { denseLayer, type Network } from "../../src/model/network/index.ts";
import { initialState, evaluateFloat, neuronOf, stepNeuronFloat } from "../../src/model/neuron/index.ts";
import { setSpike, spikeTrain, tensor } from "../../src/model/tensor/index.ts";
import type { Checker, Comparison, VectorFile } from "./checker.ts";
import { compareExactly, compareValues, flatten } from "./compare.ts";
import { knowsModel, traceModel, type TraceModel } from "./trace-models.ts";

export const neuronTraces: Checker = {
  kind: "neuron traces",
  accepts: ({ data }) => knowsModel(frameworkOf(data), String(data["model"])) && Array.isArray(data["spikes"]),
  check: async (file) => {
    const layer = readLayer(file);
    const run = runSteps(layer);
    const { states, bound } = layer.model;
    refuseUnknownTraces(file.data, layer);
    const known = Object.entries(states).filter(([name]) => Array.isArray(file.data[name]));
    const traces = known.map(([name, ours]) =>
      compareValues(name, run.states[ours] ?? [], flatten(file.data[name]), bound),
    );
    const spikes = compareExactly("spikes", run.spikes, flatten(file.data["spikes"]));
    if (layer.recurrentWeights !== undefined || layer.isOdd) return [spikes, ...traces];
    return [spikes, ...traces, ...(await compareKernel(layer, run))];
  },
};

// ---------------------------------------------------------------------------------------------------------------------

interface Layer {
  readonly model: TraceModel;
  readonly steps: number;
  readonly size: number;
  /** Shape [step, neuron]. */
  readonly input: Float32Array;
  /** Shape [to, from], as torch has it. */
  readonly recurrentWeights?: Float32Array;
  readonly recurrentBias: Float32Array;
  /** State before the first step, in our names. */
  readonly initial: Readonly<Record<string, number>>[];
  /** The file starts elsewhere than the model does. */
  readonly isOdd: boolean;
}

interface Run {
  readonly spikes: Float32Array;
  readonly states: Readonly<Record<string, Float32Array>>;
}

function frameworkOf(data: VectorFile["data"]): string {
  const { source } = data as { readonly source?: { readonly framework?: unknown } };
  return String(source?.framework);
}

function readLayer({ data }: VectorFile): Layer {
  const params = (data["params"] ?? {}) as Readonly<Record<string, unknown>>;
  // In rising order, each once: which is nearest does not depend on how a file lists them.
  const listed = Array.isArray(data["levels"]) ? [...new Set(flatten(data["levels"]))] : undefined;
  const levels = listed?.sort((a, b) => a - b);
  if (params["state_quant"] !== undefined && levels === undefined) {
    throw new UserError("vectors/levels", "state_quant without levels");
  }
  const model = traceModel(frameworkOf(data), String(data["model"]), params, levels);
  const input = flatten(data["input"]);
  const steps = (data["input"] as readonly unknown[]).length;
  const size = input.length / steps;
  const given = (data["initial"] ?? {}) as Readonly<Record<string, unknown>>;
  const neuron = neuronOf(model.spec);
  for (const [name, values] of Object.entries(model.own)) {
    if (values.length === size) continue;
    throw new UserError("vectors/parameter", `${name}: expected one value or ${size}, got ${values.length}`);
  }
  const own = Array.from({ length: size }, (_, n) => initialState(neuron, parametersOf(model, n), evaluateFloat));
  const initial = own.map((state, n) => {
    const values = Object.entries(given).map(([name, value]) => [model.states[name] ?? name, at(value, n)] as const);
    return { ...state, ...model.initial, ...Object.fromEntries(values) };
  });
  const weights = params["recurrent_weight"];
  return {
    model,
    steps,
    size,
    input,
    ...(weights === undefined ? {} : { recurrentWeights: flatten(weights) }),
    recurrentBias: flatten(params["recurrent_bias"] ?? new Array<number>(size).fill(0)),
    initial,
    isOdd: JSON.stringify(initial) !== JSON.stringify(own),
  };
}

/** A trace that no state of ours answers to would pass unseen. */
function refuseUnknownTraces(data: VectorFile["data"], { model, steps }: Layer): void {
  const known = new Set(["input", "spikes", "levels", ...Object.keys(model.states)]);
  for (const [name, value] of Object.entries(data)) {
    if (known.has(name) || !Array.isArray(value) || value.length !== steps) continue;
    throw new UserError("vectors/unknown-trace", `no state of ours is the trace "${name}"`);
  }
}

function runSteps({ model, steps, size, input, recurrentWeights, recurrentBias, initial }: Layer): Run {
  const neuron = neuronOf(model.spec);
  const spikes = new Float32Array(steps * size);
  const states = Object.fromEntries(neuron.state.map((name) => [name, new Float32Array(steps * size)]));
  // All-to-all feedback enters where a neuron's own spike does: one weighted sum in place of its own weight.
  const feedback = (n: number, last: Float32Array): number => {
    let sum = 0;
    last.forEach((s, m) => (sum = Math.fround(sum + Math.fround(s * (recurrentWeights?.[n * size + m] ?? 0)))));
    return Math.fround(sum + (recurrentBias[n] ?? 0));
  };
  let state: readonly Readonly<Record<string, number>>[] = initial;
  for (let t = 0; t < steps; t++) {
    const last = t === 0 ? new Float32Array(size) : spikes.subarray((t - 1) * size, t * size);
    state = state.map((held, n) => {
      const x = input[t * size + n] ?? 0;
      const fed = recurrentWeights === undefined ? {} : { fired: 1, ownWeight: feedback(n, last) };
      const step = stepNeuronFloat(neuron, { ...parametersOf(model, n), ...held, ...fed, input: x });
      spikes[t * size + n] = step.spike;
      for (const name of neuron.state) (states[name] ?? spikes)[t * size + n] = step.state[name] ?? 0;
      return step.state;
    });
  }
  return { spikes, states };
}

/** The compiled kernel on the same currents: every (step, neuron) is an input that fires once, with the current as its weight. */
async function compareKernel({ model, steps, size, input }: Layer, run: Run): Promise<Comparison[]> {
  const layer = denseLayer("traced", { inputCount: steps * size, neuronCount: size }, model.spec);
  const spikes = spikeTrain({ stepCount: steps, sampleCount: 1, neuronCount: steps * size });
  input.forEach((current, i) => {
    layer.weights.data[i * size + (i % size)] = current;
    setSpike(spikes, Math.floor(i / size), 0, i);
  });
  const own = Object.entries(model.own).map(
    ([name, values]) => [name, tensor([size], Float32Array.from(values))] as const,
  );
  const network: Network = {
    kind: "network",
    name: "traced",
    inputCount: steps * size,
    stepCount: steps,
    layers: [own.length === 0 ? layer : { ...layer, neuronParameters: Object.fromEntries(own) }],
    readout: { kind: "count" },
  };
  const options = { surrogate: { kind: "arctan" }, detachReset: true, maxSampleCount: 1, perStep: true } as const;
  using executor = await wasmBackend.compile(network, options);
  const { perStep } = await executor.forward({ kind: "spikes", spikes }, { training: false });
  const same = { unit: "ulp", bound: 0 } as const;
  return [
    compareExactly("spikes of the kernel", perStep?.spikes ?? [], run.spikes),
    compareValues("v of the kernel", perStep?.potentials ?? [], run.states["v"] ?? [], same),
  ];
}

function parametersOf({ spec, own }: TraceModel, n: number): Record<string, number> {
  const values = Object.entries(own).map(([name, array]) => [name, array[n] ?? 0] as const);
  return { ...spec.parameters, ...Object.fromEntries(values) };
}

function at(value: unknown, n: number): number {
  const one: unknown = Array.isArray(value) ? value[n] : value;
  return typeof one === "number" ? one : 0;
}
