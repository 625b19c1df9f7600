// Event-driven WASM back end: index lists of the firing inputs, weight rows added in vector registers, the neuron's update
// fused behind the gather. One thread; sums run in the order of the reference, so spikes agree bit for bit.

import { assertDefined, BugError } from "../../base/index.ts";
import { classCount, denseLayers, validateNetwork, type Network } from "../../model/network/index.ts";
import { rowStart, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type { Backend, CompileOptions, Executor, ForwardResult, LayerParameters, NetworkInput } from "../backend.ts";
import { checkInput, sampleCountOf } from "../batch.ts";
import { printModule } from "../kernel/print-wasm.ts";
import { layerKernels } from "./kernels.ts";
import { planMemory, type EventLists, type LayerPlan, type Matrix, type Plan } from "./plan.ts";

export const wasmBackend: Backend = {
  name: "wasm",
  compile: async (network, options) => {
    validateNetwork(network);
    const plan = planMemory(network, options.maxSampleCount);
    const kernels = denseLayers(network).flatMap((layer, index) =>
      layerKernels(layer, assertDefined(plan.layers[index], "plan"), {
        ...options,
        stepCount: network.stepCount,
        index,
        values: plan.values,
      }),
    );
    const memory = new WebAssembly.Memory({ initial: Math.ceil(plan.byteCount / 65536) + 1 });
    const { instance } = await WebAssembly.instantiate(printModule(kernels), { host: { memory } });
    return new WasmExecutor(
      network,
      options,
      plan,
      memory,
      instance.exports as Readonly<Record<string, KernelFunction>>,
    );
  },
};

// ---------------------------------------------------------------------------------------------------------------------

type KernelFunction = (a: number, b: number, c: number, d: number) => void;

class WasmExecutor implements Executor {
  readonly layers: readonly LayerParameters[];
  readonly #network: Network;
  readonly #options: CompileOptions;
  readonly #plan: Plan;
  readonly #floats: Float32Array;
  readonly #words: Int32Array;
  readonly #kernels: Readonly<Record<string, KernelFunction>>;
  #input: NetworkInput | undefined;
  #trained = false;

  constructor(
    network: Network,
    options: CompileOptions,
    plan: Plan,
    memory: WebAssembly.Memory,
    kernels: Readonly<Record<string, KernelFunction>>,
  ) {
    this.#network = network;
    this.#options = options;
    this.#plan = plan;
    this.#kernels = kernels;
    this.#floats = new Float32Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.layers = denseLayers(network).map(({ weights, bias, recurrentWeights }) => ({
      weights: weights.data.slice(),
      weightGradient: new Float32Array(weights.data.length),
      ...(bias === undefined ? {} : { bias: bias.data.slice(), biasGradient: new Float32Array(bias.data.length) }),
      ...(recurrentWeights === undefined
        ? {}
        : {
            recurrentWeights: recurrentWeights.data.slice(),
            recurrentGradient: new Float32Array(recurrentWeights.data.length),
          }),
    }));
    this.weightsChanged();
  }

  [Symbol.dispose](): void {
    this.#input = undefined;
  }

  weightsChanged(): void {
    this.#plan.layers.forEach((plan, index) => {
      const { weights, recurrentWeights } = assertDefined(this.layers[index], "parameters");
      this.#write(plan.weights, weights, plan.neuronCount);
      if (plan.transposed !== undefined) this.#writeTransposed(plan.transposed, weights, plan.neuronCount);
      if (plan.recurrent !== undefined && recurrentWeights !== undefined) {
        this.#write(plan.recurrent.weights, recurrentWeights, plan.neuronCount);
        this.#writeTransposed(plan.recurrent.transposed, recurrentWeights, plan.neuronCount);
      }
    });
  }

  async forward(input: NetworkInput, { training }: { readonly training: boolean }): Promise<ForwardResult> {
    checkInput(this.#network, this.#options, input);
    this.#input = input;
    this.#trained = training;
    const samples = sampleCountOf(input);
    const spikeCounts = this.#plan.layers.map((plan, index) => {
      this.#prepare(plan, index, input, samples);
      const kernel = `${training ? "train" : "infer"}${index}`;
      if (plan.recurrent === undefined) this.#run(kernel, 0, samples, 0, this.#plan.stepCount);
      else this.#forwardStepwise(plan, plan.recurrent.lists, kernel, samples);
      return this.#read(plan.counts, samples, plan.neuronCount);
    });
    const last = assertDefined(this.#plan.layers.at(-1), "last layer");
    const potential = last.stateNames.indexOf("v");
    const outputs =
      this.#network.readout.kind === "count"
        ? assertDefined(spikeCounts.at(-1), "counts").slice()
        : this.#read(assertDefined(last.state[potential], "potential"), samples, classCount(this.#network));
    return { outputs, spikeCounts };
  }

  async backward(
    outputGradient: Float32Array,
    spikeGradient: readonly (Float32Array | undefined)[] = [],
  ): Promise<void> {
    if (this.#input === undefined || !this.#trained) throw new BugError("backward without a training forward pass");
    const samples = sampleCountOf(this.#input);
    const { layers, stepCount } = this.#plan;
    for (let index = layers.length - 1; index >= 0; index--) {
      const plan = assertDefined(layers[index], "plan");
      const isLast = index === layers.length - 1;
      this.#prepareBackward(plan, isLast ? outputGradient : undefined, spikeGradient[index], samples);
      if (isLast) this.#clear(plan.spikeGradient, samples * stepCount);
      if (plan.recurrent === undefined) this.#run(`backward${index}`, 0, samples, 0, stepCount);
      else {
        for (let step = stepCount - 1; step >= 0; step--) {
          this.#run(`backward${index}`, 0, samples, step, step + 1);
          if (step > 0) this.#run(`earlier${index}`, 0, samples, step, 0);
        }
      }
      this.#weightGradients(plan, index, samples);
      const below = layers[index - 1];
      if (below !== undefined) {
        const { address, stride } = below.spikeGradient;
        this.#run(`inputs${index}`, 0, samples, address, stride);
      }
    }
  }

  spikesOf(layer: number): SpikeTrain {
    const plan = assertDefined(this.#plan.layers[layer], "plan");
    const { stepCount } = this.#plan;
    const sampleCount = this.#input === undefined ? 0 : sampleCountOf(this.#input);
    const train = spikeTrain({ stepCount, sampleCount, neuronCount: plan.neuronCount });
    for (let step = 0; step < stepCount; step++) {
      for (let sample = 0; sample < sampleCount; sample++) {
        const to = rowStart(train, step, sample);
        const from = (plan.masks.address + (sample * stepCount + step) * plan.masks.stride) / 4;
        for (let tile = 0; tile < plan.tiles; tile++) {
          const word = to + (tile >> 1);
          const bits = (this.#words[from + tile] ?? 0) << (16 * (tile & 1));
          train.words[word] = (train.words[word] ?? 0) | bits;
        }
      }
    }
    return train;
  }

  #run(name: string, a: number, b: number, c: number, d: number): void {
    assertDefined(this.#kernels[name], `kernel ${name}`)(a, b, c, d);
  }

  /** Event lists, bias and direct input, zero state. */
  #prepare(plan: LayerPlan, index: number, input: NetworkInput, samples: number): void {
    const bias = assertDefined(this.layers[index], "parameters").bias;
    for (let sample = 0; sample < samples; sample++) {
      const start = (plan.base.address + sample * plan.base.stride) / 4;
      this.#floats.fill(0, start, start + plan.base.stride / 4);
      if (bias !== undefined) this.#floats.set(bias, start);
    }
    this.#clear(plan.counts, samples);
    for (const matrix of plan.state) this.#clear(matrix, samples);
    if (index > 0) this.#listHidden(assertDefined(this.#plan.layers[index - 1], "below"), plan, samples);
    else if (input.kind === "spikes") this.#listSpikes(input.spikes, plan);
    else {
      this.#emptyLists(plan.lists, samples * this.#plan.stepCount);
      this.#write(this.#plan.values, input.values, this.#network.inputCount);
      this.#run("direct", 0, samples, 0, 0);
    }
  }

  #emptyLists(lists: EventLists, rows: number): void {
    this.#words.fill(0, lists.start / 4, lists.start / 4 + rows);
    this.#words.fill(0, lists.end / 4, lists.end / 4 + rows);
  }

  /** Index lists of a packed spike train. Hot. */
  #listSpikes(train: SpikeTrain, plan: LayerPlan): void {
    const words = this.#words;
    const { lists, weights } = plan;
    const [start, end, index] = [lists.start >> 2, lists.end >> 2, lists.index >> 2];
    let next = 0;
    for (let sample = 0; sample < train.sampleCount; sample++) {
      for (let step = 0; step < train.stepCount; step++) {
        const row = sample * train.stepCount + step;
        words[start + row] = next * 4;
        const from = rowStart(train, step, sample);
        for (let w = 0; w < train.rowWords; w++) {
          let bits = train.words[from + w] ?? 0;
          while (bits !== 0) {
            const low = bits & -bits;
            words[index + next++] = (w * 32 + 31 - Math.clz32(low)) * weights.stride;
            bits ^= low;
          }
        }
        words[end + row] = next * 4;
      }
    }
  }

  /** Index lists of the spikes that the layer below left as tile masks. Hot. */
  #listHidden(below: LayerPlan, plan: LayerPlan, samples: number): void {
    const words = this.#words;
    const { lists, weights } = plan;
    const rows = samples * this.#plan.stepCount;
    let next = 0;
    for (let row = 0; row < rows; row++) {
      words[(lists.start >> 2) + row] = next * 4;
      next = this.#listRow(below, row, lists, weights.stride, next);
      words[(lists.end >> 2) + row] = next * 4;
    }
  }

  #listRow(source: LayerPlan, row: number, lists: EventLists, stride: number, first: number): number {
    const words = this.#words;
    const from = (source.masks.address + row * source.masks.stride) >> 2;
    const index = lists.index >> 2;
    let next = first;
    for (let tile = 0; tile < source.tiles; tile++) {
      let bits = words[from + tile] ?? 0;
      while (bits !== 0) {
        const low = bits & -bits;
        words[index + next++] = (tile * 16 + 31 - Math.clz32(low)) * stride;
        bits ^= low;
      }
    }
    return next;
  }

  /** A recurrent layer runs step by step: the spikes of a step are events of the next. */
  #forwardStepwise(plan: LayerPlan, lists: EventLists, kernel: string, samples: number): void {
    const { stepCount } = this.#plan;
    const stride = assertDefined(plan.recurrent, "recurrent").weights.stride;
    this.#emptyLists(lists, samples * stepCount);
    let next = 0;
    for (let step = 0; step < stepCount; step++) {
      this.#run(kernel, 0, samples, step, step + 1);
      if (step === stepCount - 1) break;
      for (let sample = 0; sample < samples; sample++) {
        const row = sample * stepCount + step;
        this.#words[(lists.start >> 2) + row + 1] = next * 4;
        next = this.#listRow(plan, row, lists, stride, next);
        this.#words[(lists.end >> 2) + row + 1] = next * 4;
      }
    }
  }

  #prepareBackward(
    plan: LayerPlan,
    outputGradient: Float32Array | undefined,
    spikeGradient: Float32Array | undefined,
    samples: number,
  ): void {
    this.#clear(plan.staticGradient, samples);
    plan.carried.forEach((matrix) => this.#clear(matrix, samples));
    if (spikeGradient !== undefined) this.#write(plan.staticGradient, spikeGradient, plan.neuronCount);
    if (outputGradient === undefined) return;
    if (this.#network.readout.kind === "membrane") {
      const potential = assertDefined(plan.carried[plan.stateNames.indexOf("v")], "potential");
      this.#write(potential, outputGradient, plan.neuronCount);
    } else {
      const both =
        spikeGradient === undefined ? outputGradient : outputGradient.map((g, i) => g + (spikeGradient[i] ?? 0));
      this.#write(plan.staticGradient, both, plan.neuronCount);
    }
  }

  #weightGradients(plan: LayerPlan, index: number, samples: number): void {
    const target = assertDefined(this.layers[index], "parameters");
    this.#clear(plan.weightGradient, plan.inputCount);
    this.#run(`weights${index}`, 0, samples, 0, 0);
    if (index === 0 && this.#input?.kind === "direct") this.#run("directWeights", 0, samples, 0, 0);
    target.weightGradient.set(this.#read(plan.weightGradient, plan.inputCount, plan.neuronCount));
    if (plan.recurrent !== undefined) {
      this.#clear(plan.recurrent.gradient, plan.neuronCount);
      this.#run(`recurrent${index}`, 0, samples, 0, 0);
      target.recurrentGradient?.set(this.#read(plan.recurrent.gradient, plan.neuronCount, plan.neuronCount));
    }
    if (target.biasGradient === undefined) return;
    target.biasGradient.fill(0);
    const rows = this.#read(plan.inputGradient, samples * this.#plan.stepCount, plan.neuronCount);
    rows.forEach((value, i) => {
      const n = i % plan.neuronCount;
      if (target.biasGradient !== undefined) target.biasGradient[n] = (target.biasGradient[n] ?? 0) + value;
    });
  }

  #clear(matrix: Matrix, rows: number): void {
    this.#floats.fill(0, matrix.address / 4, (matrix.address + rows * matrix.stride) / 4);
  }

  /** Rows of `columns` values into padded rows. */
  #write(matrix: Matrix, values: Float32Array, columns: number): void {
    const stride = matrix.stride / 4;
    const start = matrix.address / 4;
    for (let row = 0; row * columns < values.length; row++) {
      this.#floats.set(values.subarray(row * columns, (row + 1) * columns), start + row * stride);
    }
  }

  #writeTransposed(matrix: Matrix, values: Float32Array, columns: number): void {
    const stride = matrix.stride / 4;
    const start = matrix.address / 4;
    for (let i = 0; i < values.length; i++) {
      this.#floats[start + (i % columns) * stride + Math.floor(i / columns)] = values[i] ?? 0;
    }
  }

  #read(matrix: Matrix, rows: number, columns: number): Float32Array {
    const values = new Float32Array(rows * columns);
    const stride = matrix.stride / 4;
    const start = matrix.address / 4;
    for (let row = 0; row < rows; row++) {
      const from = start + row * stride;
      values.set(this.#floats.subarray(from, from + columns), row * columns);
    }
    return values;
  }
}
