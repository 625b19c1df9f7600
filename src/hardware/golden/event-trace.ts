import { assertDefined } from "../../base/index.ts";
import type { SpikeTrain } from "../../model/tensor/index.ts";
import type { IntegerNetwork } from "./integer-network.ts";
import { uniteSpikes } from "./pooling.ts";

/** What happened, as integers: the spikes of the neurons of every layer, step and sample. Costs and cycles are functions of it. */
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

/** The events that layer `index` hands over: its spikes, united where the next layer sees their union. */
export function handedOver(network: IntegerNetwork, trace: EventTrace, index: number): SpikeTrain {
  return uniteSpikes(assertDefined(trace.layers[index], "spikes"), network.layers[index]?.union);
}

/** The spikes of a recurrent layer that reach itself: all but those of the last step; of another layer, none. */
export function fedBack(network: IntegerNetwork, trace: EventTrace, index: number): SpikeTrain {
  const spikes = assertDefined(trace.layers[index], "spikes");
  return { ...spikes, stepCount: network.layers[index]?.isRecurrent === true ? spikes.stepCount - 1 : 0 };
}

/** The events that arrive at layer `index` from below. */
export function arriving(network: IntegerNetwork, trace: EventTrace, index: number): SpikeTrain {
  return index === 0 ? uniteSpikes(trace.input, network.inputUnion) : handedOver(network, trace, index - 1);
}
