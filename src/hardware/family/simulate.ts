// Cycles by simulation: queues, handshakes and state machines, one clock cycle at a time. It knows nothing of the closed form
// in `predict.ts`, and a test holds the two, and the RTL, to each other.

import { assert, assertDefined } from "../../base/index.ts";
import { firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";
import { arriving, handedOver, type EventTrace } from "../golden/index.ts";
import type { CycleReport, Mapping } from "./family.ts";
import { fetchTiming, type FetchTiming } from "./fetch.ts";
import { geometryOf, windowCells, type Geometry } from "./geometry.ts";

/** Cycles of every sample and step, by simulating the pipeline. Host always ready, samples one after the other. */
export function simulateCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const layerCount = mapping.layers.length;
  const sampleCycles = new Uint32Array(trace.sampleCount);
  const stepEnds = new Uint32Array(trace.sampleCount * layerCount * trace.stepCount);
  const { network, choice, layers } = mapping;
  const parts: PipelineParts = {
    timings: network.layers.map((layer, l) => fetchTiming(layer, choice, assertDefined(layers[l], "layer").lanes)),
    handed: network.layers.map((_, l) => handedOver(network, trace, l)),
    input: arriving(network, trace, 0),
  };
  for (let sample = 0; sample < trace.sampleCount; sample++) {
    const pipeline = new Pipeline(mapping, trace, sample, parts);
    sampleCycles[sample] = pipeline.run((layer, step, cycle) => {
      stepEnds[(sample * layerCount + layer) * trace.stepCount + step] = cycle;
    });
  }
  return { sampleCycles, stepEnds };
}

// ---------------------------------------------------------------------------------------------------------------------

/** An event: the address of a spike, or the end of a step. */
type Token = number | "end";

/** Where a layer takes its tokens from. */
interface Source {
  readonly head: Token | undefined;
  pop(): void;
}

/** What `hdl/recurrent_join.sv` does: own spikes of the step before, between the spikes from below and the end of the step. */
class RecurrentJoin implements Source {
  readonly own: StepFifo;
  readonly #below: Source;
  readonly #offset: number;
  #phase: "first" | "forward" | "feedback" = "first";
  #next: "forward" | "feedback" | undefined;

  constructor(below: Source, layer: { readonly inputCount: number; readonly neuronCount: number }) {
    this.#below = below;
    this.#offset = layer.inputCount;
    this.own = new StepFifo(layer.neuronCount + 1);
  }

  get head(): Token | undefined {
    if (this.#phase === "feedback") {
      const own = this.own.head;
      return typeof own === "number" ? own + this.#offset : own;
    }
    // Once the end is held, the next step's first token shows behind it: not before the own spikes.
    const below = this.#next === "feedback" ? "end" : this.#below.head;
    return below === "end" && this.#phase === "forward" ? undefined : below;
  }

  pop(): void {
    if (this.head === "end") this.#next = "forward";
    (this.#phase === "feedback" ? this.own : this.#below).pop();
  }

  /** A cycle in which the layer accumulates: the end of a step is taken and held. */
  hold(): void {
    if (this.#phase !== "forward" || this.#below.head !== "end") return;
    this.#below.pop();
    this.#next = "feedback";
  }

  clock(): void {
    this.own.clock();
    this.#phase = this.#next ?? this.#phase;
    this.#next = undefined;
  }
}

/** The FIFO behind a layer: a step is visible when it is whole; at most two whole steps wait. */
class StepFifo {
  readonly #tokens: Token[] = [];
  readonly #depth: number;
  #head: Token | undefined;
  #steps = 0;
  #popped: Token | undefined;
  #pushed: Token | undefined;

  constructor(depth: number) {
    this.#depth = depth;
  }

  get room(): boolean {
    return this.#steps < 2;
  }

  get head(): Token | undefined {
    return this.#head;
  }

  pop(): void {
    this.#popped = this.#head;
  }

  push(token: Token): void {
    this.#pushed = token;
  }

  /** The clock edge: what happened in this cycle becomes visible in the next. */
  clock(): void {
    const free = this.#head === undefined || this.#popped !== undefined;
    const whole = this.#head === "end" ? this.#steps > 1 : this.#steps > 0;
    if (this.#popped === "end") this.#steps--;
    if (free) this.#head = whole ? this.#tokens.shift() : undefined;
    if (this.#pushed !== undefined) {
      this.#tokens.push(this.#pushed);
      if (this.#pushed === "end") this.#steps++;
      assert(this.#tokens.length <= this.#depth, "an event FIFO overflowed");
    }
    this.#popped = undefined;
    this.#pushed = undefined;
  }
}

/** Words of the host, the first of them visible to the first layer in cycle 1. */
class HostSource implements Source {
  readonly #tokens: Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = [...tokens].reverse();
  }

  get head(): Token | undefined {
    return this.#tokens.at(-1);
  }

  pop(): void {
    this.#tokens.pop();
  }
}

interface LayerMachine {
  phase: "accumulate" | "update" | "emit";
  step: number;
  /** First cycle of the accumulate phase. */
  accumulates: number;
  /** First cycle in which the present phase may act. */
  from: number;
  /** Addresses that the encoder still has to send, the next one last. Shape [group]. */
  pending: number[][];
  group: number;
  /** Cycles in which the update pass combines positions before the next word is ready. */
  lead: number;
}

/** What all samples of a trace share. */
interface PipelineParts {
  readonly timings: readonly FetchTiming[];
  /** What each layer hands over. */
  readonly handed: readonly SpikeTrain[];
  /** What the first layer takes. */
  readonly input: SpikeTrain;
}

class Pipeline {
  readonly #handed: readonly SpikeTrain[];
  readonly #stepCount: number;
  readonly #sample: number;
  readonly #timings: readonly FetchTiming[];
  readonly #geometries: readonly Geometry[];
  readonly #classCount: number;
  readonly #fifos: readonly StepFifo[];
  readonly #sources: readonly Source[];
  readonly #joins: readonly (RecurrentJoin | undefined)[];
  readonly #machines: readonly LayerMachine[];

  constructor(
    { network, layers }: Mapping,
    trace: EventTrace,
    sample: number,
    { timings, handed, input }: PipelineParts,
  ) {
    this.#handed = handed;
    this.#stepCount = trace.stepCount;
    this.#sample = sample;
    this.#timings = timings;
    this.#geometries = network.layers.map((layer, l) => geometryOf(layer, assertDefined(layers[l], "layer").lanes));
    this.#classCount = assertDefined(layers.at(-1), "last layer").neuronCount;
    this.#fifos = this.#geometries.slice(0, -1).map(({ fifoDepth }) => new StepFifo(fifoDepth));
    const host = new HostSource(
      Array.from({ length: trace.stepCount }, (_, step): Token[] => [
        ...firingNeurons(input, step, sample),
        "end",
      ]).flat(),
    );
    const below = network.layers.map((_, l): Source => (l === 0 ? host : assertDefined(this.#fifos[l - 1], "FIFO")));
    this.#joins = network.layers.map((layer, l) =>
      layer.isRecurrent === true ? new RecurrentJoin(assertDefined(below[l], "source"), layer) : undefined,
    );
    this.#sources = below.map((source, l) => this.#joins[l] ?? source);
    this.#machines = network.layers.map(() => ({
      phase: "accumulate",
      step: 0,
      accumulates: 1,
      from: 1,
      pending: [],
      group: 0,
      lead: 0,
    }));
  }

  /** Returns the cycle of the decision. */
  run(onStepEnd: (layer: number, step: number, cycle: number) => void): number {
    const last = this.#machines.length - 1;
    for (let cycle = 0; ; cycle++) {
      for (let layer = 0; layer <= last; layer++) {
        const ended = this.#advance(layer, cycle);
        if (ended === undefined) continue;
        onStepEnd(layer, ended, cycle);
        // The readout then reads and sends every count, and the decision.
        if (layer === last && ended === this.#stepCount - 1) return cycle + 1 + 2 * this.#classCount;
      }
      for (const fifo of this.#fifos) fifo.clock();
      for (const join of this.#joins) join?.clock();
    }
  }

  /** One cycle of one layer; returns the step whose end it handed over. */
  #advance(layer: number, cycle: number): number | undefined {
    const machine = assertDefined(this.#machines[layer], "machine");
    if (machine.phase === "accumulate" && cycle >= machine.accumulates) this.#joins[layer]?.hold();
    if (cycle < machine.from) return undefined;
    switch (machine.phase) {
      case "accumulate":
        this.#accept(layer, machine, cycle);
        return undefined;
      case "update":
        if (this.#fifos[layer]?.room === false) return undefined;
        machine.phase = "emit";
        machine.from = cycle + 2;
        machine.pending = this.#groupSpikes(layer, machine.step);
        machine.group = 0;
        machine.lead = this.#leadOf(layer);
        return undefined;
      case "emit":
        return this.#emit(layer, machine, cycle);
      default:
        return machine.phase satisfies never;
    }
  }

  #accept(layer: number, machine: LayerMachine, cycle: number): void {
    const source = assertDefined(this.#sources[layer], "source");
    const token = source.head;
    if (token === undefined) return;
    source.pop();
    const timing = assertDefined(this.#timings[layer], "timing");
    if (token === "end") {
      machine.phase = "update";
      machine.from = cycle + 1 + timing.closingCycles;
    } else machine.from = cycle + timing.spikeCycles(token);
  }

  #emit(layer: number, machine: LayerMachine, cycle: number): number | undefined {
    const { pending, group } = machine;
    if (group < pending.length) {
      if (machine.lead > 0) {
        machine.lead--;
        return undefined;
      }
      const left = assertDefined(pending[group], "group");
      const address = left.pop();
      if (address !== undefined) this.#push(layer, address);
      if (left.length > 0) return undefined;
      machine.group++;
      machine.lead = this.#leadOf(layer);
      return undefined;
    }
    this.#push(layer, "end");
    machine.phase = "accumulate";
    machine.from = cycle + 1;
    machine.accumulates = cycle + 1;
    return machine.step++;
  }

  #leadOf(layer: number): number {
    return windowCells(this.#geometries[layer]?.window) - 1;
  }

  /** To the next layer, and back to the layer itself where it is recurrent. */
  #push(layer: number, token: Token): void {
    this.#fifos[layer]?.push(token);
    this.#joins[layer]?.own.push(token);
  }

  #groupSpikes(layer: number, step: number): number[][] {
    const spikes = assertDefined(this.#handed[layer], "spikes");
    const { lanes } = assertDefined(this.#geometries[layer], "geometry");
    const groups = Array.from({ length: Math.ceil(spikes.neuronCount / lanes) }, (): number[] => []);
    for (const neuron of firingNeurons(spikes, step, this.#sample).reverse()) {
      groups[Math.floor(neuron / lanes)]?.push(neuron);
    }
    return groups;
  }
}
