import { firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";
import { windowCells, type Geometry } from "./geometry.ts";

/**
 * Cycles of the update pass and the encoder for one step: Σ over words of (positions of a window − 1) + max(1, spikes).
 * @param handed  What the layer hands over.
 */
export function sampleSlots(
  handed: SpikeTrain,
  step: number,
  sample: number,
  { lanes, window }: Pick<Geometry, "lanes" | "window">,
): number {
  const words = Math.ceil(handed.neuronCount / lanes);
  const firing = firingNeurons(handed, step, sample);
  const busy = new Set(firing.map((neuron) => Math.floor(neuron / lanes)));
  return words * windowCells(window) + firing.length - busy.size;
}
