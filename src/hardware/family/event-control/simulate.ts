// Cycles by simulation: words, encoder, spike list and neuron units of every layer, one clock cycle at a time. It knows nothing
// of the closed form in `predict.ts`.

import { assertDefined } from "../../../base/index.ts";
import { countRow, firingNeurons } from "../../../model/tensor/index.ts";
import { arriving, type EventTrace } from "../../golden/index.ts";
import type { CycleReport, Mapping } from "../family.ts";
import { HostRegister } from "../host-register.ts";
import { listSizes } from "./sizes.ts";
import { wordSpikes } from "./word-spikes.ts";

export function simulateCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const { layers } = mapping;
  const { sampleCount, stepCount } = trace;
  const sampleCycles = new Uint32Array(sampleCount);
  const stepEnds = new Uint32Array(sampleCount * layers.length * stepCount);
  for (let sample = 0; sample < sampleCount; sample++) {
    const machine = new ListMachine(mapping, trace, sample);
    sampleCycles[sample] = machine.run((layer, cycle) => {
      stepEnds.fill(
        cycle,
        (sample * layers.length + layer) * stepCount,
        (sample * layers.length + layer + 1) * stepCount,
      );
    });
  }
  return { sampleCycles, stepEnds };
}

// ---------------------------------------------------------------------------------------------------------------------

/** A layer that compresses, then walks its list. */
interface ListLayer {
  /** Spikes of every word of input. Shape [step, word]. */
  readonly words: readonly (readonly number[])[];
  /** Entries up to the end of each step, that end included. Shape [step]. */
  readonly entries: readonly number[];
  /** Spikes of every word that leaves. Shape [group, step]. */
  readonly fired: readonly (readonly number[])[];
  phase: "wait" | "take" | "words" | "end" | "full" | "walk";
  /** First cycle in which the phase acts. */
  from: number;
  step: number;
  word: number;
  /** Cycles for which the encoder still holds a word. */
  encoding: number;
  group: number;
  /** Entries of the present step that were read. */
  read: number;
}

/** A word of spikes that leaves in cycle `at`, or later. */
interface Offer {
  readonly layer: number;
  readonly spikes: number;
  readonly isLast: boolean;
  readonly at: number;
}

class ListMachine {
  readonly #layers: readonly ListLayer[];
  readonly #host: HostRegister;
  readonly #stepCount: number;
  readonly #classCount: number;
  /** Cycles for which the encoder in front of the readout still holds a word. */
  #sending = 0;
  /** Words on their way out of the neuron units, the next one first. */
  #offers: Offer[] = [];
  /** The word that should leave is held up: in this cycle nothing is read. */
  #stands = false;

  constructor(mapping: Mapping, trace: EventTrace, sample: number) {
    const { layers, network } = mapping;
    this.#stepCount = trace.stepCount;
    this.#classCount = assertDefined(layers.at(-1), "last layer").neuronCount;
    const steps = Array.from({ length: trace.stepCount }, (_, step) => step);
    const input = arriving(network, trace, 0);
    this.#host = new HostRegister(steps.flatMap((step) => [...firingNeurons(input, step, sample), "end" as const]));
    this.#layers = layers.map(({ lanes }, l) => {
      const below = arriving(network, trace, l);
      const { chunk, words } = listSizes(mapping, l);
      return {
        words: steps.map((step) => {
          const found = new Array<number>(words).fill(0);
          for (const n of firingNeurons(below, step, sample))
            found[Math.floor(n / chunk)] = (found[Math.floor(n / chunk)] ?? 0) + 1;
          return found;
        }),
        entries: steps.map((step) => countRow(below, step, sample) + 1),
        fired: wordSpikes(assertDefined(trace.layers[l], "spikes"), sample, lanes),
        phase: l === 0 ? "take" : "wait",
        from: 0,
        step: 0,
        word: 0,
        encoding: 0,
        group: 0,
        read: 0,
      };
    });
  }

  /** Returns the cycle of the decision. */
  run(onHandedOver: (layer: number, cycle: number) => void): number {
    const last = this.#layers.length - 1;
    for (let cycle = 0; ; cycle++) {
      const offer = this.#leave(cycle);
      if (offer?.isLast === true) {
        const handed = offer.layer;
        onHandedOver(handed, cycle);
        // The last word takes its time, then the end of the sample; the readout reads and sends every count, and the decision.
        if (handed === last) return cycle + this.#sending + 1 + 1 + 2 * this.#classCount;
        const above = assertDefined(this.#layers[handed + 1], "layer above");
        above.phase = "words";
        above.from = cycle + 2;
      }
      for (const [l, layer] of this.#layers.entries()) if (cycle >= layer.from) this.#advance(l, layer, cycle);
      this.#host.clock();
    }
  }

  /** The word at the end of the pipeline leaves when it may. */
  #leave(cycle: number): Offer | undefined {
    const [offer] = this.#offers;
    // The encoder takes a word in the cycle in which it shows the last spike of the one before.
    const isBusy = offer?.layer === this.#layers.length - 1 && this.#sending > 1;
    this.#stands = offer !== undefined && offer.at <= cycle && isBusy;
    if (this.#sending > 0) this.#sending--;
    if (this.#stands) this.#offers = this.#offers.map((held) => ({ ...held, at: held.at + 1 }));
    if (offer === undefined || offer.at > cycle || this.#stands) return undefined;
    this.#offers.shift();
    if (offer.layer === this.#layers.length - 1) this.#sending = Math.max(1, offer.spikes);
    return offer;
  }

  #advance(index: number, layer: ListLayer, cycle: number): void {
    switch (layer.phase) {
      case "wait":
        return;
      case "take":
        if (!this.#host.full) return;
        this.#host.take();
        layer.phase = "words";
        layer.from = cycle + 1;
        return;
      case "words": {
        if (layer.encoding > 1) {
          layer.encoding--;
          return;
        }
        layer.encoding = Math.max(1, layer.words[layer.step]?.[layer.word] ?? 0);
        layer.word++;
        if (layer.word === layer.words[layer.step]?.length) layer.phase = "end";
        return;
      }
      case "end":
        if (layer.encoding > 0) {
          layer.encoding--;
          return;
        }
        layer.word = 0;
        layer.step = (layer.step + 1) % this.#stepCount;
        layer.phase = layer.step === 0 ? "full" : index === 0 ? "take" : "words";
        return;
      case "full":
        layer.phase = "walk";
        layer.from = cycle + 1;
        return;
      case "walk":
        this.#walk(index, layer, cycle);
        return;
      default:
        layer.phase satisfies never;
    }
  }

  /** Read one entry; the end of a step shows its word two cycles later, and while it is held up nothing is read. */
  #walk(index: number, layer: ListLayer, cycle: number): void {
    if (this.#stands) return;
    layer.read++;
    if (layer.read < (layer.entries[layer.step] ?? 0)) return;
    const isLastStep = layer.step === this.#stepCount - 1;
    const isLast = isLastStep && layer.group === layer.fired.length - 1;
    this.#offers.push({ layer: index, spikes: layer.fired[layer.group]?.[layer.step] ?? 0, isLast, at: cycle + 2 });
    layer.read = 0;
    layer.step = isLastStep ? 0 : layer.step + 1;
    if (isLastStep) layer.group++;
    if (isLast) layer.phase = "wait";
  }
}
