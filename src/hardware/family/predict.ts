// Cycles in closed form. A step costs a layer: Σ spike cycles + closing + 2 + Σ_groups max(1, spikes of the group); the layers
// are tied by the hand-over of whole steps, a max-plus recurrence over (layer, step). All times count from the cycle in which
// the host's first word of the sample is accepted.

import { assertDefined } from "../../base/index.ts";
import { firingNeurons } from "../../model/tensor/index.ts";
import { sampleSlots } from "./slots.ts";
import type { EventTrace } from "../golden/index.ts";
import type { CycleReport, Mapping } from "./family.ts";
import { fetchTiming } from "./geometry.ts";

/** The host port holds one word: the first layer sees a token one cycle after the host. */
const hostCycles = 1;
/** From an end token handed over to the next layer's first acceptance: written, read, shown. */
const handOverCycles = 2;

/** Cycles of every sample and step in closed form. Host assumed always ready, samples one after the other. */
export function predictCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const { network, choice, layers } = mapping;
  const layerCount = layers.length;
  const { stepCount, sampleCount } = trace;
  const timings = network.layers.map((layer, l) => fetchTiming(layer, choice, assertDefined(layers[l], "layer").lanes));
  const sampleCycles = new Uint32Array(sampleCount);
  const stepEnds = new Uint32Array(sampleCount * layerCount * stepCount);
  const classCount = assertDefined(layers.at(-1), "last layer").neuronCount;
  for (let sample = 0; sample < sampleCount; sample++) {
    /** When layer l accepted the end of step t, and when it handed its own over. */
    const accepted = Array.from({ length: layerCount }, () => new Float64Array(stepCount));
    const handed = Array.from({ length: layerCount }, () => new Float64Array(stepCount));
    for (let t = 0; t < stepCount; t++) {
      for (let l = 0; l < layerCount; l++) {
        const timing = assertDefined(timings[l], "timing");
        const input = l === 0 ? trace.input : assertDefined(trace.layers[l - 1], "input");
        const ready = t === 0 ? hostCycles : (handed[l]?.[t - 1] ?? 0) + 1;
        const available = l === 0 ? hostCycles : (handed[l - 1]?.[t] ?? 0) + handOverCycles;
        let end = Math.max(ready, available);
        for (const neuron of firingNeurons(input, t, sample)) end += timing.spikeCycles(neuron);
        const room = t < 2 || l === layerCount - 1 ? 0 : (accepted[l + 1]?.[t - 2] ?? 0) + 1;
        const start = Math.max(end + 1 + timing.closingCycles, room);
        const slots = sampleSlots(
          assertDefined(trace.layers[l], "spikes"),
          t,
          sample,
          assertDefined(layers[l], "layer").lanes,
        );
        assertDefined(accepted[l], "row")[t] = end;
        const over = start + 2 + slots;
        assertDefined(handed[l], "row")[t] = over;
        stepEnds[(sample * layerCount + l) * stepCount + t] = over;
      }
    }
    // Then the readout reads and sends each count, and the decision.
    sampleCycles[sample] = (handed[layerCount - 1]?.[stepCount - 1] ?? 0) + 1 + 2 * classCount;
  }
  return { sampleCycles, stepEnds };
}
