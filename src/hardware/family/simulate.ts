// Cycles by simulation: queues, handshakes and state machines, one clock cycle at a time. It knows nothing of the closed form
// in `predict.ts`, and a test holds the two, and the RTL, to each other.

import { assert, assertDefined } from "../../base/index.ts";
import { firingNeurons } from "../../model/tensor/index.ts";
import type { EventTrace } from "../golden/index.ts";
import type { CycleReport, Mapping } from "./family.ts";
import { fetchTiming, type FetchTiming } from "./geometry.ts";

/** Cycles of every sample and step, by simulating the pipeline. Host always ready, samples one after the other. */
export function simulateCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const layerCount = mapping.layers.length;
  const sampleCycles = new Uint32Array(trace.sampleCount);
  const stepEnds = new Uint32Array(trace.sampleCount * layerCount * trace.stepCount);
  const timings = mapping.network.layers.map((layer, l) =>
    fetchTiming(layer, mapping.choice, assertDefined(mapping.layers[l], "layer").lanes),
  );
  for (let sample = 0; sample < trace.sampleCount; sample++) {
    const pipeline = new Pipeline(mapping, trace, sample, timings);
    sampleCycles[sample] = pipeline.run((layer, step, cycle) => {
      stepEnds[(sample * layerCount + layer) * trace.stepCount + step] = cycle;
    });
  }
  return { sampleCycles, stepEnds };
}

// ---------------------------------------------------------------------------------------------------------------------

/** An event: the address of a spike, or the end of a step. */
type Token = number | "end";

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

interface LayerMachine {
  phase: "accumulate" | "update" | "emit";
  step: number;
  /** First cycle in which the present phase may act. */
  from: number;
  /** Spikes per group that the encoder still has to send. */
  pending: number[];
  group: number;
}

class Pipeline {
  readonly #trace: EventTrace;
  readonly #sample: number;
  readonly #timings: readonly FetchTiming[];
  readonly #lanes: readonly number[];
  readonly #classCount: number;
  readonly #fifos: readonly StepFifo[];
  readonly #machines: readonly LayerMachine[];
  /** Words of the host, the first of them visible to the first layer in cycle 1. */
  readonly #host: Token[];

  constructor(mapping: Mapping, trace: EventTrace, sample: number, timings: readonly FetchTiming[]) {
    this.#trace = trace;
    this.#sample = sample;
    this.#timings = timings;
    this.#lanes = mapping.layers.map(({ lanes }) => lanes);
    this.#classCount = assertDefined(mapping.layers.at(-1), "last layer").neuronCount;
    this.#fifos = mapping.layers.slice(0, -1).map(({ neuronCount }) => new StepFifo(2 * (neuronCount + 1)));
    this.#machines = mapping.layers.map(() => ({ phase: "accumulate", step: 0, from: 1, pending: [], group: 0 }));
    this.#host = Array.from({ length: trace.stepCount }, (_, step): Token[] => [
      ...firingNeurons(trace.input, step, sample),
      "end",
    ])
      .flat()
      .reverse();
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
        if (layer === last && ended === this.#trace.stepCount - 1) return cycle + 1 + 2 * this.#classCount;
      }
      for (const fifo of this.#fifos) fifo.clock();
    }
  }

  /** One cycle of one layer; returns the step whose end it handed over. */
  #advance(layer: number, cycle: number): number | undefined {
    const machine = assertDefined(this.#machines[layer], "machine");
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
        return undefined;
      case "emit":
        return this.#emit(layer, machine, cycle);
      default:
        return machine.phase satisfies never;
    }
  }

  #accept(layer: number, machine: LayerMachine, cycle: number): void {
    const token = layer === 0 ? this.#host.at(-1) : this.#fifos[layer - 1]?.head;
    if (token === undefined) return;
    if (layer === 0) this.#host.pop();
    else this.#fifos[layer - 1]?.pop();
    const timing = assertDefined(this.#timings[layer], "timing");
    if (token === "end") {
      machine.phase = "update";
      machine.from = cycle + 1 + timing.closingCycles;
    } else machine.from = cycle + timing.spikeCycles(token);
  }

  #emit(layer: number, machine: LayerMachine, cycle: number): number | undefined {
    const { pending, group } = machine;
    if (group < pending.length) {
      const left = pending[group] ?? 0;
      if (left > 0) this.#fifos[layer]?.push(this.#address(layer, machine));
      pending[group] = left - 1;
      if (left <= 1) machine.group++;
      return undefined;
    }
    this.#fifos[layer]?.push("end");
    machine.phase = "accumulate";
    machine.from = cycle + 1;
    return machine.step++;
  }

  #groupSpikes(layer: number, step: number): number[] {
    const spikes = assertDefined(this.#trace.layers[layer], "spikes");
    const lanes = assertDefined(this.#lanes[layer], "lanes");
    const perGroup = new Array<number>(Math.ceil(spikes.neuronCount / lanes)).fill(0);
    for (const neuron of firingNeurons(spikes, step, this.#sample)) {
      const group = Math.floor(neuron / lanes);
      perGroup[group] = (perGroup[group] ?? 0) + 1;
    }
    return perGroup;
  }

  /** The address that the encoder sends next: lowest lane first. */
  #address(layer: number, machine: LayerMachine): number {
    const spikes = assertDefined(this.#trace.layers[layer], "spikes");
    const lanes = assertDefined(this.#lanes[layer], "lanes");
    const firing = firingNeurons(spikes, machine.step, this.#sample).filter(
      (neuron) => Math.floor(neuron / lanes) === machine.group,
    );
    return assertDefined(firing[firing.length - (machine.pending[machine.group] ?? 0)], "address");
  }
}
