import { firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";

/** Cycles that the encoder needs for one step: Σ over groups of max(1, spikes of the group). */
export function sampleSlots(spikes: SpikeTrain, step: number, sample: number, lanes: number): number {
  const groups = Math.ceil(spikes.neuronCount / lanes);
  const firing = firingNeurons(spikes, step, sample);
  const busy = new Set(firing.map((neuron) => Math.floor(neuron / lanes)));
  return firing.length + groups - busy.size;
}
