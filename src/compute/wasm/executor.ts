// One batch through all its steps: at once, or part after part where memory is short. Parts keep only the state between them; the
// backward pass runs each part forward again before it goes back through it (checkpoints in time), so results stay the same.

import { assertDefined, BugError } from "../../base/index.ts";
import { addLayerArrays, layerInputCount, type Network } from "../../model/network/index.ts";
import { spikesPerNeuron, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type {
  ArrayKind,
  CompileOptions,
  Executor,
  ForwardResult,
  LayerActivity,
  LayerArrays,
  NetworkInput,
  OutputGradient,
  TransformedKey,
  WeightTransform,
} from "../backend.ts";
import { checkInput, sampleCountOf } from "../batch.ts";
import type { UpdateStep } from "../optimizer.ts";
import type { Engine, PartResult } from "./engine.ts";
import type { SequenceState } from "./sequence-state.ts";

export class WasmExecutor implements Executor {
  readonly #network: Network;
  readonly #options: CompileOptions;
  readonly #engine: Engine;
  #input: NetworkInput | undefined;
  #trained = false;
  #states: SequenceState[] = [];
  /** Spikes of each part, layer by layer; only where there are several. */
  #spikes: SpikeTrain[][] = [];

  constructor(network: Network, options: CompileOptions, engine: Engine) {
    this.#network = network;
    this.#options = options;
    this.#engine = engine;
  }

  get memoryBytes(): number {
    return this.#engine.plan.byteCount;
  }

  get timeParts(): number {
    return Math.ceil(this.#network.stepCount / this.#engine.plan.stepCount);
  }

  [Symbol.dispose](): void {
    this.#input = undefined;
    this.#engine[Symbol.dispose]();
  }

  async forward(input: NetworkInput, { training }: { readonly training: boolean }): Promise<ForwardResult> {
    checkInput(this.#network, this.#options, input);
    this.#input = input;
    this.#trained = training;
    this.#states = [];
    this.#spikes = [];
    this.#engine.clearState();
    const results = Array.from({ length: this.timeParts }, (_, part) => {
      if (training && this.timeParts > 1) this.#states.push(this.#engine.saveState());
      return this.#forwardPart(part, input);
    });
    const records = results.map(({ perStep }) => perStep).filter((record) => record !== undefined);
    return {
      outputs: this.#joinOutputs(results.map(({ outputs }) => outputs)),
      activity: this.#network.layers.map((_, layer) => this.#joinActivity(results, layer, sampleCountOf(input))),
      ...(records.length === 0
        ? {}
        : {
            perStep: {
              spikes: joinArrays(records.map(({ spikes }) => spikes)),
              potentials: joinArrays(records.map(({ potentials }) => potentials)),
            },
          }),
    };
  }

  async backward(gradient: OutputGradient, options: { readonly update?: UpdateStep } = {}): Promise<void> {
    const input = this.#input;
    if (input === undefined || !this.#trained) throw new BugError("backward without a training forward pass");
    const last = this.timeParts - 1;
    if (last === 0) return this.#engine.backward(gradient, { isLast: true, update: options.update });
    let total: LayerArrays[] | undefined;
    for (let part = last; part >= 0; part--) {
      if (part < last) {
        this.#engine.carryGradients(this.#rangeOf(part).steps);
        this.#engine.restoreState(assertDefined(this.#states[part], "state"));
        this.#forwardPart(part, input);
      }
      const isLast = part === last || this.#options.truncate === true;
      this.#engine.backward(this.#gradientOf(gradient, part), { isLast });
      total = addLayerArrays(total, this.#engine.read("gradients"));
    }
    this.#engine.write("gradients", assertDefined(total, "gradients"));
    if (options.update !== undefined) this.#engine.update(options.update);
  }

  update(step: UpdateStep): void {
    this.#engine.update(step);
  }

  read(kind: ArrayKind): LayerArrays[] {
    return this.#engine.read(kind);
  }

  write(kind: ArrayKind, layers: readonly LayerArrays[]): void {
    this.#engine.write(kind, layers);
  }

  setTransform(layer: number, key: TransformedKey, transform: WeightTransform): void {
    this.#engine.setTransform(layer, key, transform);
  }

  spikesOf(layer: number): SpikeTrain {
    if (this.timeParts === 1) return this.#engine.spikesOf(layer);
    const parts = this.#spikes.map((layers) => assertDefined(layers[layer], "spikes"));
    const { sampleCount, neuronCount, rowWords } = assertDefined(parts[0], "a forward pass");
    const train = spikeTrain({ stepCount: this.#network.stepCount, sampleCount, neuronCount });
    parts.forEach(({ words }, p) => train.words.set(words, this.#rangeOf(p).first * sampleCount * rowWords));
    return train;
  }

  spikeCountsOf(layer: number): Float32Array {
    return spikesPerNeuron(this.spikesOf(layer));
  }

  addNeuronSpikes(layer: number, totals: Float64Array): void {
    const { words, rowWords } = this.spikesOf(layer);
    for (let i = 0; i < words.length; i++) {
      let bits = words[i] ?? 0;
      const first = (i % rowWords) * 32;
      while (bits !== 0) {
        const neuron = first + 31 - Math.clz32(bits & -bits);
        totals[neuron] = (totals[neuron] ?? 0) + 1;
        bits &= bits - 1;
      }
    }
  }

  #rangeOf(part: number): { readonly first: number; readonly steps: number } {
    const { stepCount } = this.#engine.plan;
    const first = part * stepCount;
    return { first, steps: Math.min(stepCount, this.#network.stepCount - first) };
  }

  #forwardPart(part: number, input: NetworkInput): PartResult & Pick<ForwardResult, "perStep"> {
    const { steps } = this.#rangeOf(part);
    const samples = sampleCountOf(input);
    const result = this.#engine.forward(this.#inputOf(input, part), { samples, steps, training: this.#trained });
    if (this.timeParts > 1) this.#spikes[part] = this.#network.layers.map((_, l) => this.#engine.spikesOf(l));
    if (this.#options.perStep !== true) return result;
    return { ...result, perStep: { spikes: this.#engine.sent(), potentials: this.#engine.potentials() } };
  }

  #inputOf(input: NetworkInput, part: number): NetworkInput {
    if (input.kind === "direct" || this.timeParts === 1) return input;
    const { first, steps } = this.#rangeOf(part);
    if (input.kind === "bytes") {
      const perStep = input.sampleCount * this.#network.inputCount;
      return { ...input, values: input.values.subarray(first * perStep, (first + steps) * perStep) };
    }
    const { sampleCount, neuronCount, rowWords, words } = input.spikes;
    const perStep = sampleCount * rowWords;
    const slice = words.subarray(first * perStep, (first + steps) * perStep);
    return { kind: "spikes", spikes: spikeTrain({ stepCount: steps, sampleCount, neuronCount }, slice) };
  }

  #gradientOf(gradient: OutputGradient, part: number): OutputGradient {
    const { first, steps } = this.#rangeOf(part);
    const cut = (values: Float32Array): Float32Array => {
      const perStep = values.length / this.#network.stepCount;
      return values.subarray(first * perStep, (first + steps) * perStep);
    };
    // A final potential is an output of the last part only, also where gradients do not travel between parts.
    const isSeen = this.#network.readout.kind === "count" || part === this.timeParts - 1;
    return {
      ...(gradient.outputs === undefined || !isSeen ? {} : { outputs: gradient.outputs }),
      ...(gradient.layerSpikes === undefined ? {} : { layerSpikes: gradient.layerSpikes }),
      ...(gradient.spikes === undefined ? {} : { spikes: cut(gradient.spikes) }),
      ...(gradient.potentials === undefined ? {} : { potentials: cut(gradient.potentials) }),
    };
  }

  /** Counts add up; of potentials the last counts, and of sums of graded spikes. */
  #joinOutputs(parts: readonly Float32Array[]): Float32Array {
    const last = assertDefined(parts.at(-1), "outputs");
    if (this.#network.readout.kind !== "count" || this.#engine.isGraded) return last;
    return last.map((_, i) => parts.reduce((sum, part) => sum + (part[i] ?? 0), 0));
  }

  #joinActivity(parts: readonly PartResult[], layer: number, samples: number): LayerActivity {
    const own = parts.map(({ activity }) => assertDefined(activity[layer], "activity"));
    const chances = samples * this.#network.stepCount * layerInputCount(this.#network, layer);
    return {
      spikeCount: own.reduce((sum, { spikeCount }) => sum + spikeCount, 0),
      inputDensity: own.reduce((sum, { arrivedCount }) => sum + arrivedCount, 0) / chances,
      method: assertDefined(own.at(-1), "activity").method,
    };
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function joinArrays(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return assertDefined(parts[0], "part");
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
