// Runs the kernels of one compiled network in order. Layer by layer, all steps of a layer at once: a tile of weights is read once
// for a whole batch.

import { assertDefined, BugError } from "../../base/index.ts";
import { classCount, type Network } from "../../model/network/index.ts";
import { rowStart, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type { Phase, ThreadTeam } from "../../platform/index.ts";
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
import { updateScalars, type UpdateStep } from "../optimizer.ts";
import { rowBlock } from "./backward.ts";
import { LayerMemory } from "./layer-memory.ts";
import { scalar, type LayerPlan, type Plan, type SourcePlan } from "./plan.ts";
import { trainedOf, type Program } from "./program.ts";
import { tableDensity } from "./tables.ts";

export class WasmExecutor implements Executor {
  readonly #network: Network;
  readonly #options: CompileOptions;
  readonly #plan: Plan;
  readonly #program: Program;
  readonly #team: ThreadTeam;
  readonly #memory: LayerMemory;
  #input: NetworkInput | undefined;
  /** How each layer summed in the last forward pass. */
  readonly #methods: LayerActivity["method"][] = [];
  #trained = false;
  #stale = true;

  constructor(parts: {
    readonly network: Network;
    readonly options: CompileOptions;
    readonly plan: Plan;
    readonly program: Program;
    readonly team: ThreadTeam;
    readonly memory: WebAssembly.Memory;
  }) {
    this.#network = parts.network;
    this.#options = parts.options;
    this.#plan = parts.plan;
    this.#program = parts.program;
    this.#team = parts.team;
    this.#memory = new LayerMemory(parts.memory, parts.plan.maxSampleCount);
    this.#plan.layers.forEach((plan) => this.#memory.load(plan));
    this.#makeEffective();
  }

  [Symbol.dispose](): void {
    this.#input = undefined;
    this.#team[Symbol.dispose]();
  }

  async forward(input: NetworkInput, { training }: { readonly training: boolean }): Promise<ForwardResult> {
    checkInput(this.#network, this.#options, input);
    this.#input = input;
    this.#trained = training;
    const samples = sampleCountOf(input);
    this.#arrive(input, samples);
    const activity = this.#plan.layers.map((layer) => this.#forwardLayer(layer, samples, training));
    return { outputs: this.#outputs(samples), activity, ...this.#perStep(samples) };
  }

  async backward(gradient: OutputGradient, options: { readonly update?: UpdateStep } = {}): Promise<void> {
    if (this.#input === undefined || !this.#trained) throw new BugError("backward without a training forward pass");
    const samples = sampleCountOf(this.#input);
    const { layers } = this.#plan;
    if (options.update !== undefined) this.#setScalars(options.update);
    if (this.#stale) this.#transpose();
    const prefix = options.update === undefined ? "gradient" : "learn";
    for (const layer of layers.toReversed()) {
      this.#prepareBackward(layer, gradient, samples);
      const units = layer.recurrent === undefined ? layer.tiles * samples : Math.ceil(samples / rowBlock);
      const phases = [
        this.#program.phase(`backward${layer.index}`, units, samples),
        this.#program.phase(`${prefix}.small${layer.index}`, layer.tiles, samples),
        ...this.#learnPhases(layer, prefix, samples),
      ];
      this.#team.run(phases);
    }
    if (options.update !== undefined) this.#stale = true;
  }

  update(step: UpdateStep): void {
    this.#setScalars(step);
    this.#team.run(
      this.#plan.layers.flatMap((layer) =>
        trainedOf(layer).map(([name, { floats }]) =>
          this.#program.phase(`update.${name}${layer.index}`, floats / 8, 0),
        ),
      ),
    );
    this.#stale = true;
  }

  read(kind: ArrayKind): LayerArrays[] {
    return this.#plan.layers.map((layer) => this.#memory.read(layer, kind));
  }

  write(kind: ArrayKind, layers: readonly LayerArrays[]): void {
    this.#plan.layers.forEach((layer, l) => this.#memory.write(layer, kind, assertDefined(layers[l], "arrays")));
    if (kind === "masters") this.#makeEffective();
    this.#stale = true;
  }

  setTransform(layer: number, key: TransformedKey, transform: WeightTransform): void {
    const plan = assertDefined(this.#plan.layers[layer], "layer");
    const array = key === "weights" ? plan.weights : assertDefined(plan.recurrent, "recurrent weights");
    this.#memory.setTransform(plan, array, transform);
    this.#makeEffective();
    this.#stale = true;
  }

  spikesOf(layer: number): SpikeTrain {
    const { output } = assertDefined(this.#plan.layers[layer], "layer");
    const { stepCount, sampleRows } = this.#plan;
    const sampleCount = this.#input === undefined ? 0 : sampleCountOf(this.#input);
    const train = spikeTrain({ stepCount, sampleCount, neuronCount: output.count });
    for (let step = 0; step < stepCount; step++) {
      for (let sample = 0; sample < sampleCount; sample++) {
        const from = output.bits / 4 + (sample * sampleRows + step) * output.words;
        const to = rowStart(train, step, sample);
        train.words.set(this.#memory.words.subarray(from, from + output.words), to);
      }
    }
    return train;
  }

  addNeuronSpikes(layer: number, totals: Float64Array): void {
    const { output } = assertDefined(this.#plan.layers[layer], "layer");
    const { stepCount, sampleRows } = this.#plan;
    const sampleCount = this.#input === undefined ? 0 : sampleCountOf(this.#input);
    const { words } = this.#memory;
    for (let sample = 0; sample < sampleCount; sample++) {
      const from = output.bits / 4 + sample * sampleRows * output.words;
      for (let w = 0; w < stepCount * output.words; w++) {
        let bits = words[from + w] ?? 0;
        const first = (w % output.words) * 32;
        while (bits !== 0) {
          const neuron = first + 31 - Math.clz32(bits & -bits);
          totals[neuron] = (totals[neuron] ?? 0) + 1;
          bits &= bits - 1;
        }
      }
    }
  }

  spikeCountsOf(layer: number): Float32Array {
    const train = this.spikesOf(layer);
    const counts = new Float32Array(train.sampleCount * train.neuronCount);
    for (let row = 0; row < train.stepCount * train.sampleCount; row++) {
      const start = (row % train.sampleCount) * train.neuronCount;
      for (let w = 0; w < train.rowWords; w++) {
        let bits = train.words[row * train.rowWords + w] ?? 0;
        while (bits !== 0) {
          const at = start + w * 32 + 31 - Math.clz32(bits & -bits);
          counts[at] = (counts[at] ?? 0) + 1;
          bits &= bits - 1;
        }
      }
    }
    return counts;
  }

  /** Values from masters, where they differ. */
  #makeEffective(): void {
    const phases = this.#plan.layers.flatMap((layer) =>
      trainedOf(layer)
        .filter(([, { transform }]) => transform !== undefined)
        .map(([name, { floats }]) => this.#program.phase(`effective.${name}${layer.index}`, floats / 8, 0)),
    );
    this.#team.run(phases);
  }

  /** The batch as bits, or as currents. */
  #arrive(input: NetworkInput, samples: number): void {
    const { arrival, stepCount, chunkCount, layers } = this.#plan;
    const first = assertDefined(layers[0], "first layer");
    const phase = (name: string, units: number): Phase => this.#program.phase(name, units, samples);
    switch (input.kind) {
      case "spikes":
        this.#memory.words.set(input.spikes.words, arrival / 4);
        this.#team.run([phase("reorderWords", samples * stepCount), phase("spikesInput", chunkCount)]);
        break;
      case "bytes":
        this.#memory.bytes.set(input.values, arrival);
        this.#team.run([phase("packBytes", samples * stepCount), phase("spikesInput", chunkCount)]);
        break;
      case "direct":
        this.#memory.floats.set(input.values, arrival / 4);
        this.#team.run([phase("direct", first.tiles * samples)]);
        break;
      default:
        input satisfies never;
    }
  }

  #forwardLayer(layer: LayerPlan, samples: number, training: boolean): LayerActivity {
    const { index, recurrent, output, input } = layer;
    for (const address of layer.state) this.#memory.clearSamples(layer, address);
    const phase = (name: string, units: number): Phase => this.#program.phase(name, units, samples);
    const { stepCount, chunkCount } = this.#plan;
    const rows = samples * stepCount;
    const inputDensity = this.#isDirect(layer) ? 1 : this.#spikeCount(input) / (rows * input.count);
    const method = this.#methodOf(layer, inputDensity);
    this.#methods[index] = method;
    const suffix = { direct: "Direct", events: `Events${index}`, tables: `Tables${index}` }[method];
    const isListed = this.#plan.layers[index - 1]?.recurrent !== undefined;
    this.#team.run([
      // A recurrent layer below has made its row lists on the way.
      ...(method === "events" && !isListed ? [phase(`rows${sourceOf(index)}`, rows)] : []),
      phase(`${training ? "train" : "infer"}${suffix}`, recurrent === undefined ? layer.tiles * samples : samples),
      phase(`spikes${sourceOf(index + 1)}`, chunkCount),
    ]);
    return { spikeCount: this.#spikeCount(output), inputDensity, method };
  }

  #isDirect({ index }: LayerPlan): boolean {
    return index === 0 && this.#input?.kind === "direct";
  }

  #methodOf(layer: LayerPlan, density: number): LayerActivity["method"] {
    if (this.#isDirect(layer)) return "direct";
    const { method = "auto" } = this.#options;
    if (layer.recurrent !== undefined) return "events";
    return method === "auto" ? (density > tableDensity ? "tables" : "events") : method;
  }

  /** As counted by the last `spikes` phase. */
  #spikeCount({ totals }: SourcePlan): number {
    return this.#memory.words.subarray(totals / 4, totals / 4 + this.#plan.chunkCount).reduce((a, b) => a + b, 0);
  }

  #learnPhases(layer: LayerPlan, prefix: string, samples: number): Phase[] {
    const { index, tiles, inputCount, neuronCount, recurrent, input } = layer;
    const phase = (name: string, units: number): Phase => this.#program.phase(name, units, samples);
    const { chunkCount } = this.#plan;
    const columns = (source: string): Phase[] => [
      phase(`countColumns${source}`, chunkCount),
      phase(`placeColumns${source}`, 1),
      phase(`fillColumns${source}`, chunkCount),
    ];
    switch (assertDefined(this.#methods[index], "method")) {
      case "direct":
        return [phase(`${prefix}.direct`, tiles * inputCount)];
      case "tables":
        return [phase(`transposeBits${index}`, input.words), phase(`${prefix}.tables${index}`, tiles)];
      case "events":
        return [
          ...columns(sourceOf(index)),
          phase(`${prefix}.events${index}`, tiles * inputCount),
          ...(recurrent === undefined
            ? []
            : [...columns(sourceOf(index + 1)), phase(`${prefix}.recurrent${index}`, tiles * neuronCount)]),
        ];
    }
  }

  #prepareBackward(layer: LayerPlan, gradient: OutputGradient, samples: number): void {
    const isLast = layer.index === this.#plan.layers.length - 1;
    const memory = this.#memory;
    memory.clearSamples(layer, layer.staticGradient);
    memory.clearSamples(layer, layer.inputGradientSum);
    for (const address of layer.carried) memory.clearSamples(layer, address);
    for (const { perSample } of layer.parameters.values()) memory.clearSamples(layer, perSample);
    const regularizer = gradient.layerSpikes?.[layer.index];
    if (regularizer !== undefined) memory.addSamples(layer, layer.staticGradient, regularizer, samples);
    if (!isLast) return;
    if (gradient.outputs !== undefined) {
      const potential = assertDefined(layer.carried[layer.neuron.state.indexOf("v")] ?? layer.carried[0], "potential");
      const target = this.#network.readout.kind === "membrane" ? potential : layer.staticGradient;
      memory.addSamples(layer, target, gradient.outputs, samples);
    }
    if (layer.perStep === undefined) return;
    const shape = { ...this.#plan, samples };
    memory.writeRows(layer, layer.perStep.spike, gradient.spikes, shape);
    memory.writeRows(layer, layer.perStep.potentialGradient, gradient.potentials, shape);
  }

  #setScalars(step: UpdateStep): void {
    const { optimizer } = this.#options;
    if (optimizer === undefined) throw new BugError("compiled without an optimizer");
    const values = updateScalars(optimizer, step);
    for (const [name, index] of Object.entries(scalar)) {
      this.#memory.floats[this.#plan.scalars / 4 + index] = values[name as keyof typeof scalar];
    }
  }

  /** Weights as the backward pass reads them. */
  #transpose(): void {
    const phases = this.#plan.layers.flatMap((layer) => {
      const { index, neuronCount } = layer;
      const below = this.#plan.layers[index - 1];
      return [
        ...(below === undefined ? [] : [this.#program.phase(`transpose${index}`, below.tiles * neuronCount, 0)]),
        ...(layer.recurrent === undefined
          ? []
          : [this.#program.phase(`transposeRecurrent${index}`, layer.tiles * neuronCount, 0)]),
      ];
    });
    this.#team.run(phases);
    this.#stale = false;
  }

  #outputs(samples: number): Float32Array {
    const last = assertDefined(this.#plan.layers.at(-1), "last layer");
    const potential = last.state[last.neuron.state.indexOf("v")];
    const from = this.#network.readout.kind === "count" ? last.counts : potential;
    if (last.recurrent !== undefined && this.#network.readout.kind === "count") {
      return this.spikeCountsOf(last.index);
    }
    return this.#memory.readSamples(last, assertDefined(from, "outputs"), samples, classCount(this.#network));
  }

  #perStep(samples: number): Pick<ForwardResult, "perStep"> {
    const last = assertDefined(this.#plan.layers.at(-1), "last layer");
    if (last.perStep === undefined) return {};
    const potentials = this.#memory.readRows(last, last.perStep.potential, { ...this.#plan, samples });
    const train = this.spikesOf(last.index);
    const spikes = Float32Array.from(potentials, (_, i) => {
      const n = i % train.neuronCount;
      const word = train.words[Math.floor(i / train.neuronCount) * train.rowWords + (n >>> 5)] ?? 0;
      return (word >>> (n & 31)) & 1;
    });
    return { perStep: { spikes, potentials } };
  }
}

/** Kernels of spike sources are named after them: the input of layer 0, or the layer before. */
function sourceOf(layer: number): string {
  return layer === 0 ? "Input" : String(layer - 1);
}
