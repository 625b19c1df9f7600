import type { SpikeTrain } from "../../model/tensor/index.ts";

/** What happened, as integers: the spikes of every layer, step and sample. Costs and cycles are functions of it. */
export interface EventTrace {
  readonly stepCount: number;
  readonly sampleCount: number;
  /** Spikes into the first layer, shape [step, sample, input]. */
  readonly input: SpikeTrain;
  /** Spikes of each layer, shape [step, sample, neuron]. */
  readonly layers: readonly SpikeTrain[];
  /** Spikes of the last layer summed over steps, shape [sample, class]. */
  readonly counts: Int32Array;
  /** Decision per sample: the class with the highest count, the lowest such class on a tie. */
  readonly decisions: Uint16Array;
}
