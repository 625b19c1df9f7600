// Cycles in closed form. A step costs a layer: Σ spike cycles + closing + 2 + Σ_words (window − 1 + max(1, spikes)); the layers
// are tied by the hand-over of whole steps, a max-plus recurrence over (layer, step). All times count from the cycle in which
// the host's first word of the sample is accepted.

import { assertDefined } from "../../base/index.ts";
import type { EventTrace } from "../golden/index.ts";
import type { CycleReport, Mapping } from "./family.ts";
import { layerCycles, type LayerCycles } from "./layer-cycles.ts";

/**
 * Cycles of every sample and step in closed form. Host assumed always ready, samples one after the other.
 * @param skipped  Steps whose update pass is left out: their end is taken in one cycle and handed over in the next. No core does so yet: it would need to know
 *                 that its pass before changed nothing. Shape [layer][sample, step].
 */
export function predictCycles(mapping: Mapping, trace: EventTrace, skipped?: readonly Uint8Array[]): CycleReport {
  const { network, choice, layers } = mapping;
  const works = layers.map(({ lanes }, index) => ({
    ...layerCycles(network, choice, trace, { index, lanes }),
    skipped: skipped?.[index],
  }));
  const recurrence = new PipelineRecurrence(works, trace.stepCount, assertDefined(layers.at(-1), "last").neuronCount);
  const sampleCycles = new Uint32Array(trace.sampleCount);
  const stepEnds = new Uint32Array(trace.sampleCount * layers.length * trace.stepCount);
  for (let sample = 0; sample < trace.sampleCount; sample++) {
    sampleCycles[sample] = recurrence.run(sample);
    stepEnds.set(recurrence.handed, sample * recurrence.handed.length);
  }
  return { sampleCycles, stepEnds };
}

/** The host port holds one word: the first layer sees a token one cycle after the host. */
const hostCycles = 1;
/** From an end token handed over to the next layer's first acceptance: written, read, shown. */
const handOverCycles = 2;

interface LayerWork extends LayerCycles {
  readonly skipped?: Uint8Array | undefined;
}

/** How the layers of a pipeline wait for each other. */
export class PipelineRecurrence {
  /** When layer l handed over the end of step t in the sample that ran last. Shape [layer, step]. */
  readonly handed: Float64Array;
  /** When layer l took the end of step t out of the FIFO in front. Shape [layer, step]. */
  readonly #taken: Float64Array;
  readonly #works: readonly LayerWork[];
  readonly #stepCount: number;
  readonly #classCount: number;

  constructor(works: readonly LayerWork[], stepCount: number, classCount: number) {
    this.#works = works;
    this.#stepCount = stepCount;
    this.#classCount = classCount;
    this.handed = new Float64Array(works.length * stepCount);
    this.#taken = new Float64Array(works.length * stepCount);
  }

  /** Cycles of one sample. */
  run(sample: number): number {
    const [steps, handed, taken] = [this.#stepCount, this.handed, this.#taken];
    const last = this.#works.length - 1;
    for (let t = 0; t < steps; t++) {
      for (let l = 0; l <= last; l++) {
        const { accumulate, taken: takenAfter, slots, closingCycles, skipped } = this.#works[l] as LayerWork;
        const at = l * steps + t;
        const ready = t === 0 ? hostCycles : (handed[at - 1] ?? 0) + 1;
        const available = l === 0 ? hostCycles : (handed[at - steps] ?? 0) + handOverCycles;
        const first = Math.max(ready, available);
        const end = first + (accumulate[sample * steps + t] ?? 0);
        taken[at] = first + (takenAfter[sample * steps + t] ?? 0);
        // Fewer than two whole steps wait behind the layer.
        const room = t < 2 || l === last ? 0 : (taken[at + steps - 2] ?? 0) + 1;
        if (skipped?.[sample * steps + t] === 1) {
          handed[at] = Math.max(end + 1, room);
          continue;
        }
        const start = Math.max(end + 1 + closingCycles, room);
        handed[at] = start + 2 + (slots[sample * steps + t] ?? 0);
      }
    }
    // Then the readout reads and sends each count, and the decision.
    return (handed[handed.length - 1] ?? 0) + 1 + 2 * this.#classCount;
  }
}
