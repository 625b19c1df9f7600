import { assertDefined } from "../../base/index.ts";
import { firingNeurons } from "../../model/tensor/index.ts";
import { arriving, handedOver, type EventTrace, type IntegerNetwork } from "../golden/index.ts";
import type { HardwareChoice } from "./family.ts";
import { fetchTiming } from "./fetch.ts";
import { geometryOf } from "./geometry.ts";
import { sampleSlots } from "./slots.ts";

/** What one layer does in each step, in cycles; it depends on its own lanes only. Arrays have shape [sample, step]. */
export interface LayerCycles {
  /** From the first token that it may take to the end of the step. */
  readonly accumulate: Uint32Array;
  /** From the first token to the moment the end of the step leaves the FIFO in front; earlier where own spikes follow. */
  readonly taken: Uint32Array;
  /** Of the update pass and the encoder. */
  readonly slots: Uint32Array;
  readonly closingCycles: number;
}

/** The work of layer `index` with `lanes` lanes over a whole trace. */
export function layerCycles(
  network: IntegerNetwork,
  choice: HardwareChoice,
  trace: EventTrace,
  { index, lanes }: { readonly index: number; readonly lanes: number },
): LayerCycles {
  const layer = assertDefined(network.layers[index], "layer");
  const timing = fetchTiming(layer, choice, lanes);
  const geometry = geometryOf(layer, lanes);
  const [below, handed] = [arriving(network, trace, index), handedOver(network, trace, index)];
  const { sampleCount, stepCount } = trace;
  const accumulate = new Uint32Array(sampleCount * stepCount);
  const taken = new Uint32Array(accumulate.length);
  const slots = new Uint32Array(accumulate.length);
  const cost = (sum: number, event: number): number => sum + timing.spikeCycles(event);
  for (let sample = 0; sample < sampleCount; sample++) {
    for (let step = 0; step < stepCount; step++) {
      const at = sample * stepCount + step;
      const events = firingNeurons(below, step, sample);
      const forward = events.reduce(cost, 0);
      accumulate[at] = forward;
      taken[at] = forward;
      slots[at] = sampleSlots(handed, step, sample, geometry);
      if (layer.isRecurrent !== true || step === 0) continue;
      // The join takes the end when it shows behind the last spike; the layer's own spikes come from the next cycle on.
      const last = events.at(-1);
      const shown = last === undefined ? 0 : forward - timing.spikeCycles(last) + 1;
      const own = firingNeurons(handed, step - 1, sample).map((neuron) => layer.inputCount + neuron);
      taken[at] = shown;
      accumulate[at] = own.reduce(cost, Math.max(forward, shown + 1));
    }
  }
  return { accumulate, taken, slots, closingCycles: timing.closingCycles };
}
