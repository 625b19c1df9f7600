// The meaning of training and inference: plain loops over one neuron at a time, in 32-bit float steps, so that every other back
// end can be compared bit for bit. Slow on purpose.

import { assertDefined, BugError } from "../../base/index.ts";
import { classCount, delaysOf, layerInputCount, type Layer, type Network } from "../../model/network/index.ts";
import {
  differentiate,
  evaluateFloat,
  initialState,
  neuronOf,
  sendsBits,
  type Adjoint,
  type Neuron,
} from "../../model/neuron/index.ts";
import { countSpikes, setSpike, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type {
  ArrayKind,
  Backend,
  CompileOptions,
  Executor,
  ForwardResult,
  LayerArrays,
  NetworkInput,
  OutputGradient,
  TransformedKey,
  WeightTransform,
} from "../backend.ts";
import { checkInput, checkRecords, packBytes, sampleCountOf } from "../batch.ts";
import type { UpdateStep } from "../optimizer.ts";
import { compileReadout } from "../readout.ts";
import { surrogateDerivative } from "../surrogate.ts";
import { arrivingSpikes, sendBack } from "./arrivals.ts";
import { normalizeCurrents, normalizeGradient, type NormalizedRecord } from "./normalized.ts";
import { ReferenceParameters } from "./parameters.ts";
import { earlierSpikes, forEachSpike, sentValues, type LayerRecord } from "./record.ts";
import { addRecurrent, recurrentGradient } from "./recurrence.ts";
import { synapsesOf, type Synapses } from "./synapses.ts";

export const referenceBackend: Backend = {
  name: "reference",
  compile: (network, options) =>
    compileReadout(network, options, async (plain, all) => {
      checkRecords(plain, all);
      return new ReferenceExecutor(plain, all);
    }),
};

/** What every layer did in one run from zero state. */
export interface ReferenceRun {
  readonly spikes: readonly SpikeTrain[];
  /** v after each step. Shape [step, sample, neuron]. */
  readonly potentials: readonly Float32Array[];
}

/** Run a batch by the reference and keep everything. */
export async function runReference(network: Network, input: NetworkInput): Promise<ReferenceRun> {
  const options = { surrogate: { kind: "fastSigmoid", slope: 1 }, detachReset: true } as const;
  using executor = new ReferenceExecutor(network, { ...options, maxSampleCount: sampleCountOf(input) });
  await executor.forward(input, { training: false });
  const layers = network.layers.map((_, l) => l);
  return {
    spikes: layers.map((l) => executor.spikesOf(l)),
    potentials: layers.map((l) => executor.potentialsOf(l)),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

type Values = Record<string, number>;

interface Pass {
  readonly sampleCount: number;
  readonly training: boolean;
}

class ReferenceExecutor implements Executor {
  readonly #network: Network;
  readonly #options: CompileOptions;
  readonly #neurons: readonly Neuron[];
  readonly #adjoints: readonly Adjoint[];
  readonly #synapses: readonly Synapses[];
  readonly #parameters: ReferenceParameters;
  #records: LayerRecord[] = [];
  #input: NetworkInput | undefined;

  constructor(network: Network, options: CompileOptions) {
    this.#network = network;
    this.#options = options;
    this.#neurons = network.layers.map((layer) => neuronOf(layer.neuron));
    this.#adjoints = this.#neurons.map((neuron) => differentiate(neuron, options));
    this.#synapses = network.layers.map(synapsesOf);
    this.#parameters = new ReferenceParameters(network.layers, options.optimizer);
  }

  readonly timeParts = 1;
  readonly memoryBytes = undefined;

  [Symbol.dispose](): void {
    this.#records = [];
  }

  async forward(input: NetworkInput, { training }: { readonly training: boolean }): Promise<ForwardResult> {
    checkInput(this.#network, this.#options, input);
    const sampleCount = sampleCountOf(input);
    this.#input =
      input.kind === "bytes" ? { kind: "spikes", spikes: packBytes(this.#network, input.values, sampleCount) } : input;
    this.#records = [];
    this.#network.layers.forEach((layer, index) => {
      this.#records.push(this.#forwardLayer(layer, index, { sampleCount, training }));
    });
    const rows = sampleCount * this.#network.stepCount;
    const activity = this.#network.layers.map((_, index) => {
      const own = countSpikes(this.spikesOf(index));
      const inputs = layerInputCount(this.#network, index);
      if (index === 0 && input.kind === "direct")
        return { spikeCount: own, inputDensity: 1, method: "direct" as const };
      const arrived = countSpikes(index === 0 ? this.#inputSpikes() : this.spikesOf(index - 1));
      return { spikeCount: own, inputDensity: arrived / (rows * inputs), method: "events" as const };
    });
    return { outputs: this.#readOut(sampleCount), activity, ...this.#perStep() };
  }

  async backward(gradient: OutputGradient, options: { readonly update?: UpdateStep } = {}): Promise<void> {
    const input = this.#input;
    if (input === undefined) throw new BugError("backward before forward");
    const sampleCount = sampleCountOf(input);
    const { stepCount } = this.#network;
    const last = this.#network.layers.length - 1;
    const counts = this.#network.readout.kind === "count" ? gradient.outputs : undefined;
    let fromAbove = new Float32Array(0);
    for (let index = last; index >= 0; index--) {
      const layer = assertDefined(this.#network.layers[index], "layer");
      const size = sampleCount * layer.neuronCount;
      const spikes = new Float32Array(stepCount * size);
      for (let i = 0; i < spikes.length; i++) {
        const output = index === last ? (counts?.[i % size] ?? 0) + (gradient.spikes?.[i] ?? 0) : 0;
        spikes[i] = (fromAbove[i] ?? 0) + output + (gradient.layerSpikes?.[index]?.[i % size] ?? 0);
      }
      const potentials = index === last ? this.#potentialGradient(gradient, stepCount * size, size) : undefined;
      fromAbove = this.#backwardLayer(index, spikes, potentials, sampleCount);
    }
    if (options.update !== undefined) this.update(options.update);
  }

  update(step: UpdateStep): void {
    this.#parameters.update(step);
  }

  read(kind: ArrayKind): LayerArrays[] {
    return this.#parameters.read(kind);
  }

  write(kind: ArrayKind, layers: readonly LayerArrays[]): void {
    this.#parameters.write(kind, layers);
  }

  setTransform(layer: number, key: TransformedKey, transform: WeightTransform): void {
    this.#parameters.setTransform(layer, key, transform);
  }

  addNeuronSpikes(layer: number, totals: Float64Array): void {
    forEachSpike(this.spikesOf(layer), (_step, _sample, neuron) => (totals[neuron] = (totals[neuron] ?? 0) + 1));
  }

  spikeCountsOf(layer: number): Float32Array {
    const spikes = this.spikesOf(layer);
    const counts = new Float32Array(spikes.sampleCount * spikes.neuronCount);
    forEachSpike(spikes, (_step, sample, neuron) => {
      const at = sample * spikes.neuronCount + neuron;
      counts[at] = (counts[at] ?? 0) + 1;
    });
    return counts;
  }

  spikesOf(layer: number): SpikeTrain {
    return assertDefined(this.#records[layer], "record").spikes;
  }

  #inputSpikes(): SpikeTrain {
    if (this.#input?.kind !== "spikes") throw new BugError("no spikes arrived");
    return this.#input.spikes;
  }

  /** dLoss/dPotential after each step. Shape [step, sample, class]. */
  #potentialGradient(gradient: OutputGradient, length: number, size: number): Float32Array {
    const potentials = gradient.potentials?.slice() ?? new Float32Array(length);
    if (this.#network.readout.kind !== "membrane") return potentials;
    gradient.outputs?.forEach((g, i) => (potentials[length - size + i] = (potentials[length - size + i] ?? 0) + g));
    return potentials;
  }

  #forwardLayer(layer: Layer, index: number, pass: Pass): LayerRecord {
    const { stepCount } = this.#network;
    const { neuronCount } = layer;
    const { sampleCount } = pass;
    const neuron = assertDefined(this.#neurons[index], "neuron");
    const spikes = spikeTrain({ stepCount, sampleCount, neuronCount });
    const environments = new Array<Values>(stepCount * sampleCount * neuronCount);
    const names = [...neuron.state];
    const graded = sendsBits(neuron) ? undefined : new Float32Array(environments.length);
    const { currents, normalized } = this.#currents(layer, index, pass);
    for (let sample = 0; sample < sampleCount; sample++) {
      const state = Array.from({ length: neuronCount }, (_, n) =>
        Float32Array.from(Object.values(initialState(neuron, this.#parameters.ofNeuron(index, n), evaluateFloat))),
      );
      for (let step = 0; step < stepCount; step++) {
        const row = (step * sampleCount + sample) * neuronCount;
        const arrived = currents.subarray(row, row + neuronCount);
        const earlier = earlierSpikes(spikes, graded, step, sample);
        const sums = addRecurrent(this.#parameters.weights(index), arrived, earlier);
        for (let n = 0; n < neuronCount; n++) {
          const held = assertDefined(state[n], "state");
          const environment: Values = { ...this.#parameters.ofNeuron(index, n), input: sums[n] ?? 0 };
          names.forEach((name, k) => (environment[name] = held[k] ?? 0));
          environments[row + n] = environment;
          const sent = evaluateFloat(neuron.spike, environment);
          if (sent !== 0) setSpike(spikes, step, sample, n);
          if (graded !== undefined) graded[row + n] = sent;
          names.forEach((name, k) => {
            held[k] = evaluateFloat(assertDefined(neuron.next[name], name), environment);
          });
        }
      }
    }
    return {
      spikes,
      environments,
      ...(normalized === undefined ? {} : { normalized }),
      ...(graded === undefined ? {} : { graded }),
    };
  }

  /** What reaches the neurons, without their own spikes. Shape [step, sample, neuron]. */
  #currents(
    layer: Layer,
    index: number,
    pass: Pass,
  ): { readonly currents: Float32Array; readonly normalized?: NormalizedRecord } {
    const synapses = assertDefined(this.#synapses[index], "synapses");
    const arrays = this.#parameters.weights(index);
    const { bias: _bias, ...unbiased } = arrays;
    const currents = new Float32Array(this.#network.stepCount * pass.sampleCount * layer.neuronCount);
    for (let row = 0; row < this.#network.stepCount * pass.sampleCount; row++) {
      const arriving = this.#arriving(index, Math.floor(row / pass.sampleCount), row % pass.sampleCount);
      const of = layer.normalization === undefined ? arrays : unbiased;
      currents.set(synapses.currents(of, arriving), row * layer.neuronCount);
    }
    if (layer.normalization === undefined) return { currents };
    const { running, record, currents: normal } = normalizeCurrents(layer, arrays, currents, pass);
    this.#parameters.setNormalization(index, running);
    return { currents: normal, normalized: record };
  }

  /** What arrives at a layer's synapses in one step: 1 for a spike, 0 for silence, or the direct input. */
  #arriving(index: number, step: number, sample: number): Float32Array {
    const inputCount = layerInputCount(this.#network, index);
    const input = index === 0 ? this.#input : undefined;
    if (input?.kind === "direct") return input.values.subarray(sample * inputCount, (sample + 1) * inputCount);
    const spikes = index === 0 ? this.#inputSpikes() : this.spikesOf(index - 1);
    const delays = delaysOf(assertDefined(this.#network.layers[index], "layer"));
    return arrivingSpikes(spikes, delays, step, sample, index === 0 ? undefined : this.#records[index - 1]?.graded);
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
    const { neuronCount } = layer;
    const record = assertDefined(this.#records[index], "record");
    const gradient = new Float32Array(stepCount * sampleCount * neuronCount);
    this.#parameters.clearGradients(index);
    for (let sample = 0; sample < sampleCount; sample++) {
      const carried = this.#emptyState(index, neuronCount);
      let recurrent = new Float32Array(neuronCount);
      for (let step = stepCount - 1; step >= 0; step--) {
        const row = (step * sampleCount + sample) * neuronCount;
        for (let n = 0; n < neuronCount; n++) {
          const spike = (spikeGradient[row + n] ?? 0) + (recurrent[n] ?? 0);
          const state = assertDefined(carried[n], "gradient");
          if (potentialGradient !== undefined) state["v"] = (state["v"] ?? 0) + (potentialGradient[row + n] ?? 0);
          gradient[row + n] = this.#backwardNeuron(index, { at: row + n, neuron: n }, spike, state);
        }
        const earlier = earlierSpikes(record.spikes, record.graded, step, sample);
        const own = gradient.subarray(row, row + neuronCount);
        recurrent = recurrentGradient(this.#parameters.weights(index), this.#parameters.gradients(index), own, earlier);
      }
    }
    const { normalized } = record;
    if (normalized === undefined) return this.#backwardSynapses(index, gradient, sampleCount);
    const gradients = this.#parameters.gradients(index);
    const { bias: _bias, ...unbiased } = gradients;
    const raw = normalizeGradient(layer, gradients, normalized, gradient);
    return this.#backwardSynapses(index, raw, sampleCount, unbiased);
  }

  /** From dLoss/dCurrent [step, sample, neuron] to the weights, and to the spikes of the layer below. */
  #backwardSynapses(
    index: number,
    gradient: Float32Array,
    sampleCount: number,
    gradients: LayerArrays = this.#parameters.gradients(index),
  ): Float32Array<ArrayBuffer> {
    const { stepCount } = this.#network;
    const { neuronCount } = assertDefined(this.#network.layers[index], "layer");
    const inputCount = layerInputCount(this.#network, index);
    const delays = delaysOf(assertDefined(this.#network.layers[index], "layer"));
    const below = new Float32Array(index === 0 ? 0 : stepCount * sampleCount * inputCount);
    for (let sample = 0; sample < sampleCount; sample++) {
      for (let step = stepCount - 1; step >= 0; step--) {
        const row = step * sampleCount + sample;
        const arriving = this.#synapses[index]?.backward({
          arrays: this.#parameters.weights(index),
          gradients,
          arriving: this.#arriving(index, step, sample),
          gradient: gradient.subarray(row * neuronCount, (row + 1) * neuronCount),
        });
        if (index === 0) continue;
        sendBack(below, assertDefined(arriving, "synapses"), delays, { step, sample, sampleCount, inputCount });
      }
    }
    return below;
  }

  #emptyState(index: number, neuronCount: number): Values[] {
    const names = assertDefined(this.#neurons[index], "neuron").state;
    return Array.from({ length: neuronCount }, () => Object.fromEntries(names.map((name) => [name, 0])));
  }

  /** One neuron, one step backwards: replaces the carried state gradient, returns dLoss/dInput. */
  #backwardNeuron(
    index: number,
    { at, neuron: n }: { readonly at: number; readonly neuron: number },
    spikeGradient: number,
    carried: Values,
  ): number {
    const neuron = assertDefined(this.#neurons[index], "neuron");
    const adjoint = assertDefined(this.#adjoints[index], "adjoint");
    const environment = assertDefined(assertDefined(this.#records[index], "record").environments[at], "environment");
    const extended: Values = { ...environment, "gradient.spike": spikeGradient };
    for (const name of neuron.state) extended[`gradient.${name}`] = carried[name] ?? 0;
    adjoint.surrogates.forEach((argument, k) => {
      extended[`surrogate.${k}`] = surrogateDerivative(this.#options.surrogate, evaluateFloat(argument, environment));
    });
    this.#parameters.addParameterGradients(index, n, (name) =>
      evaluateFloat(assertDefined(adjoint.gradients[name], name), extended),
    );
    for (const name of neuron.state)
      carried[name] = evaluateFloat(assertDefined(adjoint.gradients[name], name), extended);
    return evaluateFloat(assertDefined(adjoint.gradients["input"], "input"), extended);
  }

  #readOut(sampleCount: number): Float32Array {
    const last = this.#network.layers.length - 1;
    if (this.#network.readout.kind === "count") return this.#sentBy(last);
    const size = sampleCount * classCount(this.#network);
    return this.potentialsOf(last).subarray((this.#network.stepCount - 1) * size);
  }

  /** What a layer sent, summed over steps: its spikes, or what they carried. Shape [sample, neuron]. */
  #sentBy(layer: number): Float32Array {
    const { graded } = assertDefined(this.#records[layer], "record");
    const counts = this.spikeCountsOf(layer);
    if (graded === undefined) return counts;
    counts.fill(0);
    graded.forEach((sent, i) => (counts[i % counts.length] = (counts[i % counts.length] ?? 0) + sent));
    return counts;
  }

  /** v of a layer after each step, or zeros where it has none. Shape [step, sample, neuron]. */
  potentialsOf(layer: number): Float32Array {
    const potential = assertDefined(this.#neurons[layer], "neuron").next["v"];
    const { environments } = assertDefined(this.#records[layer], "record");
    const values = new Float32Array(environments.length);
    return potential === undefined
      ? values
      : values.map((_, i) => evaluateFloat(potential, assertDefined(environments[i], "environment")));
  }

  #perStep(): Pick<ForwardResult, "perStep"> {
    if (this.#options.perStep !== true) return {};
    const last = this.#network.layers.length - 1;
    const spikes = sentValues(assertDefined(this.#records[last], "record"));
    return { perStep: { spikes, potentials: this.potentialsOf(last) } };
  }
}
