import type { Delays } from "../../model/network/index.ts";
import { firingNeurons, hasSpike, type SpikeTrain } from "../../model/tensor/index.ts";

/** What arrives at a layer's synapses in one step: 1 for a spike, or what it carries, 0 for silence. */
export function arrivingSpikes(
  spikes: SpikeTrain,
  delays: Delays | undefined,
  step: number,
  sample: number,
  graded?: Float32Array,
): Float32Array {
  const { sampleCount, neuronCount } = spikes;
  const carried = (sent: number, source: number): number =>
    graded === undefined ? 1 : (graded[(sent * sampleCount + sample) * neuronCount + source] ?? 0);
  if (delays !== undefined) {
    return Float32Array.from(delays.sources, (source, row) => {
      const sent = step - (delays.steps[row] ?? 0);
      return sent >= 0 && hasSpike(spikes, sent, sample, source) ? carried(sent, source) : 0;
    });
  }
  const values = new Float32Array(spikes.neuronCount);
  for (const i of firingNeurons(spikes, step, sample)) values[i] = carried(step, i);
  return values;
}

/** Adds dLoss/dArriving of one step to dLoss/dSpike of whoever sent it. Shape of `target`: [step, sample, input]. */
export function sendBack(
  target: Float32Array,
  gradient: Float32Array,
  delays: Delays | undefined,
  place: { readonly step: number; readonly sample: number; readonly sampleCount: number; readonly inputCount: number },
): void {
  gradient.forEach((g, row) => {
    const sent = place.step - (delays?.steps[row] ?? 0);
    if (sent < 0) return;
    const at = (sent * place.sampleCount + place.sample) * place.inputCount + (delays?.sources[row] ?? row);
    target[at] = (target[at] ?? 0) + g;
  });
}
