// Runs the kernels of one compiled network in order, for one part of a sequence. Layer by layer, all steps of a layer at once: a
// tile of weights is read once for a whole batch.

import { assertDefined, BugError } from "../../base/index.ts";
import { classCount, type Network } from "../../model/network/index.ts";
import { asFloats, rowStart, spikesPerNeuron, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type { Phase, ThreadTeam } from "../../platform/index.ts";
import type {
  ArrayKind,
  CompileOptions,
  LayerArrays,
  NetworkInput,
  OutputGradient,
  TransformedKey,
  WeightTransform,
} from "../backend.ts";
import { updateScalars, type UpdateStep } from "../optimizer.ts";
import { writeConstants } from "./code.ts";
import { arriveDirectly } from "./convolution/direct.ts";
import { convolutionPhases } from "./convolution/phases.ts";
import { densePhases } from "./dense-phases.ts";
import { LayerMemory } from "./layer-memory.ts";
import type { Call, LayerPhases, Method, Part } from "./layer-phases.ts";
import { scalar, type LayerPlan, type Plan } from "./plan.ts";
import type { SourcePlan } from "./source-plan.ts";
import { carryGradients, clearState, restoreState, saveState, type SequenceState } from "./sequence-state.ts";
import { trainedOf, type Program } from "./program.ts";

/** What a part leaves: spike counts of the last layer or its potential after the last step, and what every layer did. */
export interface PartResult {
  readonly outputs: Float32Array;
  readonly activity: readonly PartActivity[];
}

export interface PartActivity {
  readonly spikeCount: number;
  /** Spikes that arrived; with direct input all inputs at every step. */
  readonly arrivedCount: number;
  readonly method: Method;
}

export class Engine {
  readonly plan: Plan;
  readonly #network: Network;
  readonly #options: CompileOptions;
  readonly #program: Program;
  readonly #team: ThreadTeam;
  readonly #memory: LayerMemory;
  readonly #phases: readonly LayerPhases[];
  /** How each layer summed in the last forward pass. */
  readonly #methods: Method[] = [];
  #isDirect = false;
  #part: Part = { samples: 0, steps: 0, training: false };
  #stale = true;
  /** What the last layer sent since the state was cleared, where that is more than spikes. Shape [sample, class]. */
  #sent: Float32Array | undefined;

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
    this.plan = parts.plan;
    this.#program = parts.program;
    this.#team = parts.team;
    this.#memory = new LayerMemory(parts.memory, parts.plan.maxSampleCount);
    writeConstants(this.#memory.words);
    this.#phases = this.plan.layers.map((layer) =>
      (layer.convolution === undefined ? densePhases : convolutionPhases)(this.plan, layer),
    );
    this.plan.layers.forEach((plan) => this.#memory.load(plan));
    this.#makeEffective();
  }

  [Symbol.dispose](): void {
    this.#team[Symbol.dispose]();
  }

  /** Whether the last layer's spikes carry more than bits. */
  get isGraded(): boolean {
    return this.plan.layers.at(-1)?.output.graded !== undefined;
  }

  /** The state before the first step of a sequence. */
  clearState(): void {
    clearState(this.#memory, this.plan);
    this.#sent = undefined;
  }

  /** @param input  Of this part only. */
  forward(input: NetworkInput, part: Part): PartResult {
    this.#part = part;
    this.#isDirect = input.kind === "direct";
    this.#arrive(input);
    const activity = this.plan.layers.map((layer) => this.#forwardLayer(layer));
    return { outputs: this.#outputs(), activity };
  }

  /**
   * Go back through the part that the last training forward pass left.
   * @param isLast    Nothing comes after this part.
   * @param update    Let weights learn on the way.
   */
  backward(
    gradient: OutputGradient,
    options: { readonly isLast: boolean; readonly update?: UpdateStep | undefined },
  ): void {
    if (!this.#part.training) throw new BugError("backward without a training forward pass");
    if (options.update !== undefined) this.#setScalars(options.update);
    if (this.#stale) this.#transpose();
    for (const layer of this.plan.layers.toReversed()) {
      this.#prepareBackward(layer, gradient, options.isLast);
      const method = assertDefined(this.#methods[layer.index], "method");
      this.#run(this.#phasesOf(layer).backward(this.#part, method, options.update !== undefined));
    }
    if (options.update !== undefined) this.#stale = true;
  }

  update(step: UpdateStep): void {
    this.#setScalars(step);
    this.#team.run(
      this.plan.layers.flatMap((layer) =>
        trainedOf(layer).map(([name, { floats }]) => this.#phase(`update.${name}${layer.index}`, floats / 8)),
      ),
    );
    this.#stale = true;
  }

  read(kind: ArrayKind): LayerArrays[] {
    return this.plan.layers.map((layer) => this.#memory.read(layer, kind));
  }

  write(kind: ArrayKind, layers: readonly LayerArrays[]): void {
    this.plan.layers.forEach((layer, l) => this.#memory.write(layer, kind, assertDefined(layers[l], "arrays")));
    if (kind === "masters") this.#makeEffective();
    this.#stale = true;
  }

  setTransform(layer: number, key: TransformedKey, transform: WeightTransform): void {
    const plan = assertDefined(this.plan.layers[layer], "layer");
    const array = key === "weights" ? plan.weights : assertDefined(plan.recurrent, "recurrent weights").weights;
    this.#memory.setTransform(array, transform);
    this.#makeEffective();
    this.#stale = true;
  }

  saveState(): SequenceState {
    return saveState(this.#memory, this.plan);
  }

  restoreState(saved: SequenceState): void {
    restoreState(this.#memory, this.plan, saved);
  }

  /** Gradients go on from the last part into the one before, which has so many steps. */
  carryGradients(stepsBefore: number): void {
    carryGradients(this.#memory, this.plan, this.#part.samples, stepsBefore);
  }

  /** Spikes of layer `layer` in the last part, shape [step, sample, neuron]. */
  spikesOf(layer: number): SpikeTrain {
    const { output } = assertDefined(this.plan.layers[layer], "layer");
    const { samples, steps } = this.#part;
    const train = spikeTrain({ stepCount: steps, sampleCount: samples, neuronCount: output.count });
    for (let step = 0; step < steps; step++) {
      for (let sample = 0; sample < samples; sample++) {
        const from = output.bits / 4 + (sample * this.plan.sampleRows + step) * output.words;
        train.words.set(this.#memory.words.subarray(from, from + output.words), rowStart(train, step, sample));
      }
    }
    return train;
  }

  /** What the last layer sent in every step of the last part: bits, or what they carried. Shape [step, sample, class]. */
  sent(): Float32Array {
    const last = assertDefined(this.plan.layers.at(-1), "last layer");
    const { graded } = last.output;
    if (graded === undefined) return asFloats(this.spikesOf(last.index));
    const { samples, steps } = this.#part;
    return this.#memory.readRows(last, graded.values, { ...this.plan, stepCount: steps, samples });
  }

  /** Potentials of the last layer after every step of the last part. Shape [step, sample, class]. */
  potentials(): Float32Array {
    const last = assertDefined(this.plan.layers.at(-1), "last layer");
    const { potential } = assertDefined(last.perStep, "compiled for every step");
    const { samples, steps } = this.#part;
    return this.#memory.readRows(last, potential, { ...this.plan, stepCount: steps, samples });
  }

  #phasesOf({ index }: LayerPlan): LayerPhases {
    return assertDefined(this.#phases[index], "phases");
  }

  #run(calls: readonly Call[]): void {
    this.#team.run(calls.map(([name, units]) => this.#phase(name, units)));
  }

  #phase(name: string, units: number): Phase {
    return this.#program.phase(name, units, this.#part);
  }

  /** Values from masters, where they differ. */
  #makeEffective(): void {
    const phases = this.plan.layers.flatMap((layer) =>
      trainedOf(layer)
        .filter(([, { transform }]) => transform !== undefined)
        .map(([name, { floats }]) => this.#phase(`effective.${name}${layer.index}`, floats / 8)),
    );
    this.#team.run(phases);
  }

  /** The batch as bits, or as currents. */
  #arrive(input: NetworkInput): void {
    const { arrival, chunkCount, layers } = this.plan;
    const { samples, steps } = this.#part;
    const first = assertDefined(layers[0], "first layer");
    switch (input.kind) {
      case "spikes":
        this.#memory.words.set(input.spikes.words, arrival / 4);
        this.#team.run([this.#phase("reorderWords", samples * steps), this.#phase("spikesInput", chunkCount)]);
        break;
      case "bytes":
        this.#memory.bytes.set(input.values, arrival);
        this.#team.run([this.#phase("packBytes", samples * steps), this.#phase("spikesInput", chunkCount)]);
        break;
      case "direct":
        arriveDirectly(this.#memory.floats, this.plan, input.values);
        this.#run(this.#phasesOf(first).direct(this.#part));
        break;
      default:
        input satisfies never;
    }
  }

  #forwardLayer(layer: LayerPlan): PartActivity {
    const { index, output, delay } = layer;
    const input = delay?.sent ?? layer.input;
    const rows = this.#part.samples * this.#part.steps;
    const isDirect = index === 0 && this.#isDirect;
    const arrivedCount = isDirect ? rows * input.count : this.#spikeCount(input);
    const method = this.#methodOf(layer, arrivedCount / (rows * input.count));
    this.#methods[index] = method;
    this.#run(this.#phasesOf(layer).forward(this.#part, method));
    this.#run([[`spikes${index}`, this.plan.chunkCount]]);
    return { spikeCount: this.#spikeCount(output), arrivedCount, method };
  }

  #methodOf(layer: LayerPlan, density: number): Method {
    if (layer.index === 0 && this.#isDirect) return "direct";
    const phases = this.#phasesOf(layer);
    const { method = "auto" } = this.#options;
    const wanted = method === "auto" ? phases.methodFor(density, this.#part) : method;
    return phases.allows(wanted, this.#part) ? wanted : "events";
  }

  /** As counted by the last `spikes` phase. */
  #spikeCount({ totals }: SourcePlan): number {
    return this.#memory.words.subarray(totals / 4, totals / 4 + this.plan.chunkCount).reduce((a, b) => a + b, 0);
  }

  #prepareBackward(layer: LayerPlan, gradient: OutputGradient, isLastPart: boolean): void {
    const memory = this.#memory;
    const { samples, steps } = this.#part;
    const shape = { ...this.plan, stepCount: steps, samples };
    memory.clearSamples(layer, layer.staticGradient);
    memory.clearSamples(layer, layer.inputGradientSum);
    if (isLastPart) {
      for (const address of layer.carried) memory.clearSamples(layer, address);
      const below = layer.convolution?.below;
      if (below !== undefined) memory.clear(below.gradient, below.gradientBytes * this.plan.maxSampleCount);
      if (layer.recurrent !== undefined) memory.clearRow(layer, assertDefined(layer.saved[0], "slot 0"), shape, steps);
    }
    for (const { perSample } of layer.parameters.values()) memory.clearSamples(layer, perSample);
    const regularizer = gradient.layerSpikes?.[layer.index];
    if (regularizer !== undefined) memory.addSamples(layer, layer.staticGradient, regularizer, samples);
    if (layer.index !== this.plan.layers.length - 1) return;
    if (gradient.outputs !== undefined) this.#addOutputGradient(layer, gradient.outputs, isLastPart);
    if (layer.perStep === undefined) return;
    memory.writeRows(layer, layer.perStep.spike, gradient.spikes, shape);
    memory.writeRows(layer, layer.perStep.potentialGradient, gradient.potentials, shape);
  }

  /** Counts meet every step alike, a final potential only the last. */
  #addOutputGradient(layer: LayerPlan, outputs: Float32Array, isLastPart: boolean): void {
    const { samples } = this.#part;
    if (this.#network.readout.kind === "count") {
      this.#memory.addSamples(layer, layer.staticGradient, outputs, samples);
    } else if (isLastPart) {
      const potential = layer.carried[layer.neuron.state.indexOf("v")];
      this.#memory.addSamples(layer, assertDefined(potential, "potential"), outputs, samples);
    }
  }

  #setScalars(step: UpdateStep): void {
    const { optimizer } = this.#options;
    if (optimizer === undefined) throw new BugError("compiled without an optimizer");
    const values = updateScalars(optimizer, step);
    for (const [name, index] of Object.entries(scalar)) {
      this.#memory.floats[this.plan.scalars / 4 + index] = values[name as keyof typeof scalar];
    }
  }

  /** Weights as the backward pass reads them. */
  #transpose(): void {
    this.#run(this.#phases.flatMap((phases) => phases.transpose()));
    this.#stale = false;
  }

  #outputs(): Float32Array {
    const last = assertDefined(this.plan.layers.at(-1), "last layer");
    const { samples } = this.#part;
    if (this.#network.readout.kind === "count" && last.output.graded !== undefined) return this.#sentSoFar();
    if (this.#network.readout.kind === "count" && (last.recurrent ?? last.convolution) !== undefined) {
      return spikesPerNeuron(this.spikesOf(last.index));
    }
    const potential = last.state[last.neuron.state.indexOf("v")];
    const from = this.#network.readout.kind === "count" ? last.counts : potential;
    return this.#memory.readSamples(last, assertDefined(from, "outputs"), samples, classCount(this.#network));
  }

  /** Sums of all parts, step by step: rounded as if there were one. */
  #sentSoFar(): Float32Array {
    const values = this.sent();
    const totals = this.#sent?.slice() ?? new Float32Array(values.length / this.#part.steps);
    values.forEach((value, i) => (totals[i % totals.length] = (totals[i % totals.length] ?? 0) + value));
    return (this.#sent = totals);
  }
}
