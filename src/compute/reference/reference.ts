// The meaning of training and inference: plain loops over one neuron at a time, in 32-bit float steps, so that every other back
// end can be compared bit for bit. Slow on purpose.

import { assertDefined, BugError } from "../../base/index.ts";
import {
  classCount,
  denseLayers,
  layerInputCount,
  validateNetwork,
  type DenseLayer,
  type Network,
} from "../../model/network/index.ts";
import { differentiate, neuronOf, type Adjoint, type Expression, type Neuron } from "../../model/neuron/index.ts";
import { firingNeurons, setSpike, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type { Backend, CompileOptions, Executor, ForwardResult, LayerParameters, NetworkInput } from "../backend.ts";
import { checkInput, sampleCountOf } from "../batch.ts";
import { surrogateDerivative } from "../surrogate.ts";

export const referenceBackend: Backend = {
  name: "reference",
  compile: async (network, options) => {
    validateNetwork(network);
    return new ReferenceExecutor(network, options);
  },
};

// ---------------------------------------------------------------------------------------------------------------------

type Values = Record<string, number>;
const { fround } = Math;

/** What one layer did in one pass, kept for the backward pass. */
interface LayerRecord {
  readonly spikes: SpikeTrain;
  /** Everything a neuron's step read. Index: (step · samples + sample) · neurons + neuron. */
  readonly environments: Values[];
}

class ReferenceExecutor implements Executor {
  readonly layers: readonly LayerParameters[];
  readonly #network: Network;
  readonly #options: CompileOptions;
  readonly #neurons: readonly Neuron[];
  readonly #adjoints: readonly Adjoint[];
  #records: LayerRecord[] = [];
  #input: NetworkInput | undefined;

  constructor(network: Network, options: CompileOptions) {
    this.#network = network;
    this.#options = options;
    this.#neurons = network.layers.map((layer) => neuronOf(layer.neuron));
    this.#adjoints = this.#neurons.map((neuron) => differentiate(neuron, options));
    this.layers = denseLayers(network).map(copyParameters);
  }

  weightsChanged(): void {
    // Nothing is cached.
  }

  [Symbol.dispose](): void {
    this.#records = [];
  }

  async forward(input: NetworkInput): Promise<ForwardResult> {
    checkInput(this.#network, this.#options, input);
    this.#input = input;
    const sampleCount = sampleCountOf(input);
    this.#records = [];
    const spikeCounts = this.#network.layers.map((layer, index) => {
      const record = this.#forwardLayer(assertDefined(denseLayers(this.#network)[index], "layer"), index, sampleCount);
      this.#records.push(record);
      const counts = new Float32Array(sampleCount * layer.neuronCount);
      forEachSpike(record.spikes, (_step, sample, neuron) => {
        const at = sample * layer.neuronCount + neuron;
        counts[at] = (counts[at] ?? 0) + 1;
      });
      return counts;
    });
    return { outputs: this.#readOut(sampleCount, assertDefined(spikeCounts.at(-1), "last layer")), spikeCounts };
  }

  async backward(
    outputGradient: Float32Array,
    spikeGradient: readonly (Float32Array | undefined)[] = [],
  ): Promise<void> {
    const input = this.#input;
    if (input === undefined) throw new BugError("backward before forward");
    const sampleCount = sampleCountOf(input);
    const { stepCount } = this.#network;
    const last = this.#network.layers.length - 1;
    let fromAbove = new Float32Array(0);
    for (let index = last; index >= 0; index--) {
      const layer = assertDefined(this.#network.layers[index], "layer");
      const size = sampleCount * layer.neuronCount;
      const gradient = new Float32Array(stepCount * size);
      for (let i = 0; i < gradient.length; i++) {
        const counted = index === last && this.#network.readout.kind === "count" ? (outputGradient[i % size] ?? 0) : 0;
        gradient[i] = (fromAbove[i] ?? 0) + counted + (spikeGradient[index]?.[i % size] ?? 0);
      }
      const potential = index === last && this.#network.readout.kind === "membrane" ? outputGradient : undefined;
      fromAbove = this.#backwardLayer(index, gradient, potential, sampleCount);
    }
  }

  spikesOf(layer: number): SpikeTrain {
    return assertDefined(this.#records[layer], "record").spikes;
  }

  #forwardLayer(layer: DenseLayer, index: number, sampleCount: number): LayerRecord {
    const { stepCount } = this.#network;
    const { neuronCount } = layer;
    const neuron = assertDefined(this.#neurons[index], "neuron");
    const spikes = spikeTrain({ stepCount, sampleCount, neuronCount });
    const environments = new Array<Values>(stepCount * sampleCount * neuronCount);
    const names = [...neuron.state];
    for (let sample = 0; sample < sampleCount; sample++) {
      const base = this.#baseInput(index, sample);
      const state = Array.from({ length: neuronCount }, () => new Float32Array(names.length));
      for (let step = 0; step < stepCount; step++) {
        const sums = Float32Array.from(base);
        this.#accumulate(index, step, sample, sums, spikes);
        for (let n = 0; n < neuronCount; n++) {
          const held = assertDefined(state[n], "state");
          const environment: Values = { ...roundedParameters(layer), input: sums[n] ?? 0 };
          names.forEach((name, k) => (environment[name] = held[k] ?? 0));
          environments[(step * sampleCount + sample) * neuronCount + n] = environment;
          if (evaluateFloat(neuron.spike, environment) !== 0) setSpike(spikes, step, sample, n);
          names.forEach((name, k) => {
            held[k] = evaluateFloat(assertDefined(neuron.next[name], name), environment);
          });
        }
      }
    }
    return { spikes, environments };
  }

  /** Bias and direct input, which are the same in every step. */
  #baseInput(index: number, sample: number): Float32Array {
    const { weights, bias } = assertDefined(this.layers[index], "parameters");
    const neuronCount = assertDefined(this.#network.layers[index], "layer").neuronCount;
    const base = new Float32Array(neuronCount);
    if (bias !== undefined) base.set(bias);
    const input = this.#input;
    if (index > 0 || input?.kind !== "direct") return base;
    const inputCount = this.#network.inputCount;
    for (let i = 0; i < inputCount; i++) {
      const x = input.values[sample * inputCount + i] ?? 0;
      for (let n = 0; n < neuronCount; n++) {
        base[n] = fround((base[n] ?? 0) + fround(x * (weights[i * neuronCount + n] ?? 0)));
      }
    }
    return base;
  }

  #accumulate(index: number, step: number, sample: number, sums: Float32Array, own: SpikeTrain): void {
    const { weights, recurrentWeights } = assertDefined(this.layers[index], "parameters");
    const addRow = (matrix: Float32Array, row: number): void => {
      for (let n = 0; n < sums.length; n++) sums[n] = fround((sums[n] ?? 0) + (matrix[row * sums.length + n] ?? 0));
    };
    for (const i of this.#firing(index, step, sample)) addRow(weights, i);
    if (recurrentWeights !== undefined && step > 0) {
      for (const i of firingNeurons(own, step - 1, sample)) addRow(recurrentWeights, i);
    }
  }

  #firing(index: number, step: number, sample: number): number[] {
    if (index > 0) return firingNeurons(assertDefined(this.#records[index - 1], "record").spikes, step, sample);
    return this.#input?.kind === "spikes" ? firingNeurons(this.#input.spikes, step, sample) : [];
  }

  /** Gradients of one layer; returns dLoss/dSpike of the layer below, shape [step, sample, input]. */
  #backwardLayer(
    index: number,
    spikeGradient: Float32Array,
    potentialGradient: Float32Array | undefined,
    sampleCount: number,
  ): Float32Array<ArrayBuffer> {
    const { stepCount } = this.#network;
    const layer = assertDefined(this.#network.layers[index], "layer");
    const parameters = assertDefined(this.layers[index], "parameters");
    const { neuronCount } = layer;
    const inputCount = layerInputCount(this.#network, index);
    const below = new Float32Array(index === 0 ? 0 : stepCount * sampleCount * inputCount);
    for (const gradient of [parameters.weightGradient, parameters.biasGradient, parameters.recurrentGradient]) {
      gradient?.fill(0);
    }
    for (let sample = 0; sample < sampleCount; sample++) {
      const carried = this.#emptyState(index, neuronCount);
      if (potentialGradient !== undefined) {
        carried.forEach((state, n) => (state["v"] = potentialGradient[sample * neuronCount + n] ?? 0));
      }
      let recurrent = new Float32Array(neuronCount);
      for (let step = stepCount - 1; step >= 0; step--) {
        const row = (step * sampleCount + sample) * neuronCount;
        const inputGradient = new Float32Array(neuronCount);
        for (let n = 0; n < neuronCount; n++) {
          const spike = (spikeGradient[row + n] ?? 0) + (recurrent[n] ?? 0);
          inputGradient[n] = this.#backwardNeuron(index, row + n, spike, assertDefined(carried[n], "gradient"));
        }
        this.#spread(index, step, sample, inputGradient, below, sampleCount);
        recurrent = this.#recurrentGradient(index, step, sample, inputGradient);
      }
    }
    return below;
  }

  #emptyState(index: number, neuronCount: number): Values[] {
    const names = assertDefined(this.#neurons[index], "neuron").state;
    return Array.from({ length: neuronCount }, () => Object.fromEntries(names.map((name) => [name, 0])));
  }

  /** One neuron, one step backwards: replaces the carried state gradient, returns dLoss/dInput. */
  #backwardNeuron(index: number, at: number, spikeGradient: number, carried: Values): number {
    const neuron = assertDefined(this.#neurons[index], "neuron");
    const adjoint = assertDefined(this.#adjoints[index], "adjoint");
    const environment = assertDefined(assertDefined(this.#records[index], "record").environments[at], "environment");
    const extended: Values = { ...environment, "gradient.spike": spikeGradient };
    for (const name of neuron.state) extended[`gradient.${name}`] = carried[name] ?? 0;
    adjoint.surrogates.forEach((argument, k) => {
      extended[`surrogate.${k}`] = surrogateDerivative(this.#options.surrogate, evaluateFloat(argument, environment));
    });
    for (const name of neuron.state)
      carried[name] = evaluateFloat(assertDefined(adjoint.gradients[name], name), extended);
    return evaluateFloat(assertDefined(adjoint.gradients["input"], "input"), extended);
  }

  /** From dLoss/dInput of one step to the weights and to the spikes of the layer below. */
  #spread(
    index: number,
    step: number,
    sample: number,
    gradient: Float32Array,
    below: Float32Array,
    sampleCount: number,
  ): void {
    const { weights, weightGradient, biasGradient } = assertDefined(this.layers[index], "parameters");
    const neuronCount = gradient.length;
    const inputCount = weights.length / neuronCount;
    const addTo = (target: Float32Array, row: number, factor: number): void => {
      for (let n = 0; n < neuronCount; n++)
        target[row * neuronCount + n] = (target[row * neuronCount + n] ?? 0) + factor * (gradient[n] ?? 0);
    };
    for (const i of this.#firing(index, step, sample)) addTo(weightGradient, i, 1);
    if (index === 0 && this.#input?.kind === "direct") {
      for (let i = 0; i < inputCount; i++) addTo(weightGradient, i, this.#input.values[sample * inputCount + i] ?? 0);
    }
    if (biasGradient !== undefined) addTo(biasGradient, 0, 1);
    if (index === 0) return;
    for (let i = 0; i < inputCount; i++) {
      let total = 0;
      for (let n = 0; n < neuronCount; n++) total += (gradient[n] ?? 0) * (weights[i * neuronCount + n] ?? 0);
      below[(step * sampleCount + sample) * inputCount + i] = total;
    }
  }

  /** What this step's input gradient means for the layer's own spikes one step earlier. */
  #recurrentGradient(index: number, step: number, sample: number, gradient: Float32Array): Float32Array<ArrayBuffer> {
    const { recurrentWeights, recurrentGradient } = assertDefined(this.layers[index], "parameters");
    const earlier = new Float32Array(gradient.length);
    if (recurrentWeights === undefined || recurrentGradient === undefined || step === 0) return earlier;
    const size = gradient.length;
    for (const i of firingNeurons(this.spikesOf(index), step - 1, sample)) {
      for (let n = 0; n < size; n++)
        recurrentGradient[i * size + n] = (recurrentGradient[i * size + n] ?? 0) + (gradient[n] ?? 0);
    }
    for (let i = 0; i < size; i++) {
      let total = 0;
      for (let n = 0; n < size; n++) total += (gradient[n] ?? 0) * (recurrentWeights[i * size + n] ?? 0);
      earlier[i] = total;
    }
    return earlier;
  }

  #readOut(sampleCount: number, spikeCounts: Float32Array): Float32Array {
    if (this.#network.readout.kind === "count") return spikeCounts.slice();
    const classes = classCount(this.#network);
    const last = this.#network.layers.length - 1;
    const neuron = assertDefined(this.#neurons[last], "neuron");
    const { environments } = assertDefined(this.#records[last], "record");
    const outputs = new Float32Array(sampleCount * classes);
    const row = (this.#network.stepCount - 1) * sampleCount * classes;
    return outputs.map((_, i) =>
      evaluateFloat(assertDefined(neuron.next["v"], "v"), assertDefined(environments[row + i], "environment")),
    );
  }
}

/** Evaluation with every result rounded to 32 bits, as SIMD kernels do. */
function evaluateFloat(expression: Expression, environment: Values): number {
  switch (expression.op) {
    case "constant":
      return fround(expression.value);
    case "reference":
      return fround(assertDefined(environment[expression.name], expression.name));
    case "add":
      return fround(evaluateFloat(expression.a, environment) + evaluateFloat(expression.b, environment));
    case "sub":
      return fround(evaluateFloat(expression.a, environment) - evaluateFloat(expression.b, environment));
    case "mul":
      return fround(evaluateFloat(expression.a, environment) * evaluateFloat(expression.b, environment));
    case "above":
      return evaluateFloat(expression.a, environment) > evaluateFloat(expression.b, environment) ? 1 : 0;
    case "select":
      return evaluateFloat(expression.condition, environment) !== 0
        ? evaluateFloat(expression.a, environment)
        : evaluateFloat(expression.b, environment);
    default:
      return expression satisfies never;
  }
}

function roundedParameters(layer: DenseLayer): Values {
  return Object.fromEntries(Object.entries(layer.neuron.parameters).map(([name, value]) => [name, fround(value)]));
}

function copyParameters(layer: DenseLayer): LayerParameters {
  const { weights, bias, recurrentWeights } = layer;
  return {
    weights: weights.data.slice(),
    weightGradient: new Float32Array(weights.data.length),
    ...(bias === undefined ? {} : { bias: bias.data.slice(), biasGradient: new Float32Array(bias.data.length) }),
    ...(recurrentWeights === undefined
      ? {}
      : {
          recurrentWeights: recurrentWeights.data.slice(),
          recurrentGradient: new Float32Array(recurrentWeights.data.length),
        }),
  };
}

function forEachSpike(train: SpikeTrain, visit: (step: number, sample: number, neuron: number) => void): void {
  for (let step = 0; step < train.stepCount; step++) {
    for (let sample = 0; sample < train.sampleCount; sample++) {
      for (const neuron of firingNeurons(train, step, sample)) visit(step, sample, neuron);
    }
  }
}
