// Compares what a simulator shows with what the golden model and the cycle model say, event by event.

import { assertDefined } from "../../base/index.ts";
import { countRow, firingNeurons, hasSpike, type SpikeTrain } from "../../model/tensor/index.ts";
import { handedOver, type EventTrace, type IntegerNetwork } from "../golden/index.ts";
import { decisionFlag } from "./host-word.ts";

/** The first thing that differs. */
export interface Mismatch {
  readonly what:
    | "unexpected spike"
    | "missing spike"
    | "repeated spike"
    | "cycle of a step's end"
    | "class count"
    | "decision"
    | "cycles of a sample"
    | "no end";
  readonly sample: number;
  readonly layer?: string;
  readonly neuron?: number;
  readonly step?: number;
  /** Cycles since the sample's first word was accepted. */
  readonly cycle: number;
  readonly expected: string;
  readonly got: string;
}

/** The cycles that the design is expected to take; see `CycleReport` of the families. */
export interface ExpectedCycles {
  /** Shape [sample]. */
  readonly sampleCycles: Uint32Array;
  /** Shape [sample, layer, step]. */
  readonly stepEnds: Uint32Array;
}

/** Watches one sample after the other; stops listening after the first mismatch. */
export class EventChecker {
  readonly #network: IntegerNetwork;
  readonly #trace: EventTrace;
  /** What each layer should hand over. */
  readonly #handed: readonly SpikeTrain[];
  /** Undefined when cycles are not compared. */
  readonly #cycles: ExpectedCycles | undefined;
  #sample = 0;
  #steps: number[] = [];
  /** Shape [layer, step]. */
  #seen: Set<number>[][] = [];
  #results = 0;
  mismatch: Mismatch | undefined;
  spikesCompared = 0;
  stepsCompared = 0;

  constructor(network: IntegerNetwork, trace: EventTrace, cycles: ExpectedCycles | undefined) {
    this.#network = network;
    this.#trace = trace;
    this.#handed = network.layers.map((_, l) => handedOver(network, trace, l));
    this.#cycles = cycles;
  }

  begin(sample: number): void {
    this.#sample = sample;
    this.#steps = this.#network.layers.map(() => 0);
    this.#seen = this.#network.layers.map(() => Array.from({ length: this.#trace.stepCount }, () => new Set()));
    this.#results = 0;
  }

  /** A layer handed over a spike of step `shown`, or the end of all steps up to it; by default, of the step that it is in. */
  event(layer: number, cycle: number, isEnd: boolean, address: number, shown?: number): void {
    if (this.mismatch !== undefined) return;
    const open = this.#steps[layer] ?? 0;
    const step = shown ?? open;
    if (isEnd) {
      for (let ended = open; ended <= Math.max(open, step); ended++) this.#endStep(layer, ended, cycle);
      return;
    }
    const seen = this.#seen[layer]?.[step];
    const spikes = assertDefined(this.#handed[layer], "spikes");
    if (
      seen === undefined ||
      step < open ||
      address >= spikes.neuronCount ||
      !hasSpike(spikes, step, this.#sample, address)
    ) {
      return this.#fail({
        what: "unexpected spike",
        layer,
        step,
        neuron: address,
        cycle,
        expected: "silent",
        got: "spike",
      });
    }
    if (seen.has(address)) {
      return this.#fail({
        what: "repeated spike",
        layer,
        step,
        neuron: address,
        cycle,
        expected: "once",
        got: "twice",
      });
    }
    seen.add(address);
    this.spikesCompared++;
  }

  /** A word of the result stream; returns true when the sample is complete. */
  result(cycle: number, word: number): boolean {
    if (this.mismatch !== undefined) return true;
    const classCount = assertDefined(this.#network.layers.at(-1), "last layer").neuronCount;
    if ((word & decisionFlag) === 0) {
      const expected = this.#trace.counts[this.#sample * classCount + this.#results] ?? -1;
      if (word !== expected || this.#results >= classCount) {
        this.#fail({
          what: "class count",
          neuron: this.#results,
          cycle,
          expected: String(expected),
          got: String(word),
        });
        return true;
      }
      this.#results++;
      return false;
    }
    const decided = word & ~decisionFlag;
    const expected = this.#trace.decisions[this.#sample] ?? -1;
    if (decided !== expected || this.#results !== classCount) {
      this.#fail({ what: "decision", cycle, expected: String(expected), got: String(decided) });
    } else if (this.#cycles !== undefined && this.#cycles.sampleCycles[this.#sample] !== cycle) {
      const predicted = this.#cycles.sampleCycles[this.#sample];
      this.#fail({ what: "cycles of a sample", cycle, expected: String(predicted), got: String(cycle) });
    } else {
      const open = this.#steps.findIndex((steps) => steps !== this.#trace.stepCount);
      if (open >= 0) {
        const steps = this.#steps[open] ?? 0;
        const expectedSteps = `${this.#trace.stepCount} steps`;
        this.#fail({ what: "no end", layer: open, cycle, step: steps, expected: expectedSteps, got: `${steps} steps` });
      }
    }
    return true;
  }

  /** The sample never came to its decision. */
  timeout(cycle: number): void {
    if (this.mismatch !== undefined) return;
    const layer = this.#steps.findIndex((steps) => steps < this.#trace.stepCount);
    this.#fail({
      what: "no end",
      ...(layer < 0 ? {} : { layer, step: this.#steps[layer] ?? 0 }),
      cycle,
      expected: "a decision",
      got: "none",
    });
  }

  #endStep(layer: number, step: number, cycle: number): void {
    if (this.mismatch !== undefined) return;
    const spikes = assertDefined(this.#handed[layer], "spikes");
    if (step >= spikes.stepCount) {
      return this.#fail({ what: "no end", layer, step, cycle, expected: `${spikes.stepCount} steps`, got: "one more" });
    }
    const seen = assertDefined(this.#seen[layer]?.[step], "seen");
    if (countRow(spikes, step, this.#sample) !== seen.size) {
      const neuron = firingNeurons(spikes, step, this.#sample).find((n) => !seen.has(n)) ?? -1;
      return this.#fail({ what: "missing spike", layer, step, neuron, cycle, expected: "spike", got: "silent" });
    }
    const index = (this.#sample * this.#network.layers.length + layer) * spikes.stepCount + step;
    const expected = this.#cycles?.stepEnds[index];
    if (expected !== undefined && expected !== cycle) {
      return this.#fail({
        what: "cycle of a step's end",
        layer,
        step,
        cycle,
        expected: String(expected),
        got: String(cycle),
      });
    }
    seen.clear();
    this.#steps[layer] = step + 1;
    this.stepsCompared++;
  }

  #fail(found: Omit<Mismatch, "sample" | "layer"> & { readonly layer?: number }): void {
    const { layer, ...rest } = found;
    const name = layer === undefined ? undefined : this.#network.layers[layer]?.name;
    this.mismatch = { ...rest, sample: this.#sample, ...(name === undefined ? {} : { layer: name }) };
  }
}

/** One line for people. */
export function describeMismatch(m: Mismatch): string {
  const where = [
    `sample ${m.sample}`,
    m.layer === undefined ? undefined : `layer "${m.layer}"`,
    m.neuron === undefined ? undefined : `neuron ${m.neuron}`,
    m.step === undefined ? undefined : `step ${m.step}`,
    `cycle ${m.cycle}`,
  ];
  return `${m.what}: ${where.filter((part) => part !== undefined).join(", ")}: expected ${m.expected}, got ${m.got}`;
}
