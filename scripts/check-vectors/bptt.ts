import { UserError } from "../../src/base/index.ts";
import { referenceBackend, wasmBackend, type Backend, type Surrogate } from "../../src/compute/index.ts";
import { batchLoss, type LossSpec } from "../../src/learning/index.ts";
import { denseLayer, type DenseLayer, type Network } from "../../src/model/network/index.ts";
import { neuronSpec, type NeuronSpec, type Variant } from "../../src/model/neuron/index.ts";
import { spikeTrain, setSpike, tensor } from "../../src/model/tensor/index.ts";
import type { Checker, Comparison } from "./checker.ts";
import { compareExactly, compareValues, flatten } from "./compare.ts";
import { surrogateNamed } from "./surrogates.ts";

/** What both frameworks record of a case: weights [to, from], spikes [step, sample, neuron], gradients. */
interface Recorded {
  readonly W1: readonly (readonly number[])[];
  readonly b1: readonly number[];
  readonly W2: readonly (readonly number[])[];
  readonly x: readonly (readonly (readonly number[])[])[];
  readonly targets: readonly number[];
  readonly hidden_spikes: unknown;
  readonly out_spikes: unknown;
  readonly loss: number;
  readonly grad_W1: unknown;
  readonly grad_b1: unknown;
  readonly grad_W2: unknown;
  readonly grad_beta1?: number;
  readonly grad_beta2?: number;
}

const comparedGradients: ReadonlySet<string> = new Set(
  ["W1", "b1", "W2", "beta1", "beta2"].map((name) => `grad_${name}`),
);

interface SnnTorchCase extends Recorded {
  readonly surrogate: string;
  readonly surrogate_params: Readonly<Record<string, number>>;
  readonly reset_mechanism: "subtract" | "zero" | "none";
  readonly reset_delay: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly threshold: number;
}

interface SpikingJellyCase extends Recorded {
  readonly detach_reset: boolean;
  readonly v_reset: number | null;
  readonly tau: number;
  readonly v_threshold: number;
  readonly decay_input?: boolean;
  /** Such as "ATan(alpha=2)". */
  readonly surrogate: string;
}

/** How a case is run here. */
interface Setting {
  readonly hidden: NeuronSpec;
  readonly output: NeuronSpec;
  readonly surrogate: Surrogate;
  readonly detachReset: boolean;
  readonly loss: LossSpec;
  /** Added to the loss for each hidden spike. */
  readonly spikeCost: number;
}

/** Weight, bias and decay gradients of a small network, through both back ends. */
export const bptt: Checker = {
  kind: "backpropagation through time",
  accepts: ({ data }) => Object.values((data["cases"] ?? {}) as object).some((item: unknown) => isRecorded(item)),
  check: async ({ data }) => {
    const { framework } = data["source"] as { readonly framework: string };
    const found: Comparison[] = [];
    for (const [name, item] of Object.entries(data["cases"] as Readonly<Record<string, Recorded>>)) {
      const unknown = Object.keys(item).find((key) => key.startsWith("grad_") && !comparedGradients.has(key));
      if (unknown !== undefined) throw new UserError("vectors/gradient", `${name}: nobody compares ${unknown}`);
      const setting =
        framework === "snnTorch" ? ofSnnTorch(item as SnnTorchCase) : ofSpikingJelly(item as SpikingJellyCase);
      for (const backend of [referenceBackend, wasmBackend])
        found.push(...(await compareCase(backend, name, item, setting)));
    }
    return found;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

function isRecorded(item: unknown): item is Recorded {
  return typeof item === "object" && item !== null && "grad_W1" in item && "hidden_spikes" in item;
}

function ofSnnTorch(item: SnnTorchCase): Setting {
  const { surrogate, surrogate_params: parameters, reset_mechanism: kind, reset_delay, threshold } = item;
  const neuron = (decay: number): NeuronSpec =>
    neuronSpec(
      "lif",
      { decay, threshold },
      { kind },
      {
        timing: reset_delay ? "nextStep" : "undelayed",
        resetOf: kind === "zero" ? "kept" : "charged",
      },
    );
  return {
    hidden: neuron(item.beta1),
    output: neuron(item.beta2),
    surrogate: surrogateNamed(surrogate, parameters),
    // The variant detaches what snnTorch detaches: the delayed reset, not that of the same step.
    detachReset: false,
    loss: { kind: "cross-entropy" },
    spikeCost: 1e-3,
  };
}

function ofSpikingJelly(item: SpikingJellyCase): Setting {
  const reset =
    item.v_reset === null ? ({ kind: "subtract" } as const) : ({ kind: "value", value: item.v_reset } as const);
  const values = { tau: item.tau, threshold: item.v_threshold, rest: item.v_reset ?? 0 };
  const variant: Variant = { fires: "atLeast", ...(item.decay_input === false ? { input: "whole" } : {}) };
  const neuron = neuronSpec("relaxingLif", values, reset, variant);
  return {
    hidden: neuron,
    output: neuron,
    surrogate: writtenSurrogate(item.surrogate),
    detachReset: item.detach_reset,
    loss: { kind: "mse-rate" },
    spikeCost: 0,
  };
}

/** "ATan(alpha=2)" as a surrogate of ours. */
function writtenSurrogate(text: string): Surrogate {
  const [, name = text, list = ""] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  const values = list.split(",").filter((part) => part.includes("="));
  return surrogateNamed(
    name,
    Object.fromEntries(
      values.map((part) => part.split("=").map((word) => word.trim())).map(([key = "", x]) => [key, Number(x)]),
    ),
  );
}

async function compareCase(backend: Backend, name: string, item: Recorded, setting: Setting): Promise<Comparison[]> {
  const network = networkOf(item, setting);
  const samples = item.targets.length;
  using executor = await backend.compile(network, {
    surrogate: setting.surrogate,
    detachReset: setting.detachReset,
    maxSampleCount: samples,
    perStep: true,
  });
  const spikes = spikeTrain({ stepCount: network.stepCount, sampleCount: samples, neuronCount: network.inputCount });
  item.x.forEach((row, t) =>
    row.forEach((values, b) => values.forEach((x, i) => void (x === 1 && setSpike(spikes, t, b, i)))),
  );
  const result = await executor.forward({ kind: "spikes", spikes }, { training: true });
  const { loss, gradient } = batchLoss(network, setting.loss, result, item.targets);
  const hidden = executor.spikesOf(0);
  const hiddenCount = hidden.neuronCount;
  const cost = new Float32Array(samples * hiddenCount).fill(setting.spikeCost);
  await executor.backward({ ...gradient, layerSpikes: [cost, undefined] });
  const [first, second] = executor.read("gradients");
  const fired = executor.spikeCountsOf(0).reduce((a, b) => a + b, 0);
  const decays = [first, second].map((layer) => layer?.neuronParameters?.["decay"]?.reduce((a, b) => a + b, 0) ?? 0);
  const label = (what: string): string => `${name}, ${backend.name}: ${what}`;
  return [
    compareExactly(label("hidden spikes"), bitsOf(hidden.words, hidden), flatten(item.hidden_spikes)),
    compareExactly(label("output spikes"), result.perStep?.spikes ?? [], flatten(item.out_spikes)),
    compareGradient(label("loss"), [loss + setting.spikeCost * fired], [item.loss]),
    compareGradient(label("weights 1"), transposed(first?.weights, hiddenCount), flatten(item.grad_W1)),
    compareGradient(label("bias 1"), first?.bias ?? [], flatten(item.grad_b1)),
    compareGradient(label("weights 2"), transposed(second?.weights, item.W2.length), flatten(item.grad_W2)),
    ...[item.grad_beta1, item.grad_beta2].flatMap((recorded, l) =>
      recorded === undefined ? [] : [compareGradient(label(`beta ${l + 1}`), [decays[l] ?? 0], [recorded])],
    ),
  ];
}

function networkOf({ W1, b1, W2, x }: Recorded, { hidden, output }: Setting): Network {
  const dense = (name: string, weights: readonly (readonly number[])[], neuron: NeuronSpec): DenseLayer => {
    const [neuronCount, inputCount] = [weights.length, weights[0]?.length ?? 0];
    const values = transposed(flatten(weights), inputCount);
    return {
      ...denseLayer(name, { inputCount, neuronCount }, neuron),
      weights: tensor([inputCount, neuronCount], values),
    };
  };
  // A decay that all neurons share learns by the sum of what each of them would.
  const learned = (layer: DenseLayer): DenseLayer => {
    const { decay } = layer.neuron.parameters;
    if (decay === undefined) return layer;
    const { neuronCount } = layer;
    return { ...layer, neuronParameters: { decay: tensor([neuronCount], new Float32Array(neuronCount).fill(decay)) } };
  };
  const first = { ...dense("hidden", W1, hidden), bias: tensor([b1.length], Float32Array.from(b1)) };
  return {
    kind: "network",
    name: "bptt",
    inputCount: W1[0]?.length ?? 0,
    stepCount: x.length,
    layers: [learned(first), learned(dense("output", W2, output))],
    readout: { kind: "count" },
  };
}

/** Differences as shares of the largest value. */
function compareGradient(what: string, got: ArrayLike<number>, want: ArrayLike<number>): Comparison {
  const largest = Math.max(...Array.from(want, Math.abs));
  const shares = (values: ArrayLike<number>): number[] => Array.from(values, (value) => value / largest);
  return compareValues(what, shares(got), shares(want), { unit: "relative", bound: 1e-5, note: "of the largest" });
}

/** [row, column] to [column, row]. */
function transposed(values: Float32Array = new Float32Array(), columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}

function bitsOf(words: Uint32Array, shape: { readonly rowWords: number; readonly neuronCount: number }): Float32Array {
  const { rowWords, neuronCount } = shape;
  const values = new Float32Array((words.length / rowWords) * neuronCount);
  return values.map((_, i) => {
    const n = i % neuronCount;
    return ((words[Math.floor(i / neuronCount) * rowWords + (n >>> 5)] ?? 0) >>> (n & 31)) & 1;
  });
}
