// Cycles in closed form: a step is compressed in Σ max(1, spikes of a word) + 2 cycles, the list of a sample is walked once per
// group, an entry per cycle; a layer begins when the one below has handed over the whole sample.

import { assertDefined } from "../../../base/index.ts";
import { countRow } from "../../../model/tensor/index.ts";
import { arriving, type EventTrace } from "../../golden/index.ts";
import type { CycleReport, Mapping } from "../family.ts";
import { sampleSlots } from "../slots.ts";
import { listSizes } from "./sizes.ts";
import { wordSpikes } from "./word-spikes.ts";

export function predictCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const { layers, network } = mapping;
  const { sampleCount, stepCount } = trace;
  const sampleCycles = new Uint32Array(sampleCount);
  const stepEnds = new Uint32Array(sampleCount * layers.length * stepCount);
  const inputs = layers.map((_, l) => arriving(network, trace, l));
  const sizes = layers.map((_, l) => listSizes(mapping, l));
  const last = layers.length - 1;
  const classes = assertDefined(layers[last], "last layer").neuronCount;
  for (let sample = 0; sample < sampleCount; sample++) {
    let [handed, closed] = [0, 0];
    layers.forEach(({ groups, lanes }, l) => {
      const input = assertDefined(inputs[l], "input");
      const { chunk } = assertDefined(sizes[l], "sizes");
      const steps = Array.from({ length: stepCount }, (_, step) => ({
        spikes: countRow(input, step, sample),
        words: sampleSlots(input, step, sample, { lanes: chunk, window: undefined }),
      }));
      const compressed = l === 0 ? compressHost(steps) : compressWords(steps, handed);
      const sent = l === last ? wordSpikes(assertDefined(trace.layers[l], "spikes"), sample, lanes) : [];
      ({ handed, closed } = walkList(compressed, steps, { groups, sent }));
      stepEnds.fill(handed, (sample * layers.length + l) * stepCount, (sample * layers.length + l + 1) * stepCount);
    });
    // The end of the sample follows the last spikes; then the readout reads and sends each count, and the decision.
    sampleCycles[sample] = closed + 1 + 2 * classes;
  }
  return { sampleCycles, stepEnds };
}

// ---------------------------------------------------------------------------------------------------------------------

interface StepWork {
  readonly spikes: number;
  /** Cycles of its words in the encoder. */
  readonly words: number;
}

/** When the end of the last step is on the list; the host's events fill the next vector while this one is compressed. */
function compressHost(steps: readonly StepWork[]): number {
  let [taken, ended] = [0, 0];
  for (const { spikes, words } of steps) {
    taken = Math.max(taken + spikes + 2, ended + 1);
    ended = taken + words + 2;
  }
  return ended;
}

/** The same behind another layer, whose last word came in cycle `handed`. */
function compressWords(steps: readonly StepWork[], handed: number): number {
  return steps.reduce((cycle, { words }) => cycle + words + 2, handed + 1);
}

/**
 * When the last word leaves, and the end of the sample behind it. Words go into RAM at once; those that are `sent` as events wait
 * for the spikes before them.
 */
function walkList(
  compressed: number,
  steps: readonly StepWork[],
  { groups, sent }: { readonly groups: number; readonly sent: readonly (readonly number[])[] },
): { readonly handed: number; readonly closed: number } {
  let [at, hold] = [compressed + 3, 1];
  for (let group = 0; group < groups; group++) {
    steps.forEach(({ spikes }, step) => {
      at += Math.max(spikes + 1, hold);
      hold = Math.max(1, sent[group]?.[step] ?? 1);
    });
  }
  return { handed: at, closed: at + hold + 1 };
}
