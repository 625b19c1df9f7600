import { quantity, type Quantity } from "../../base/index.ts";
import { countEvents, type EventTrace, type IntegerNetwork } from "../golden/index.ts";

/** Where published studies put the point at which spikes stop saving energy, in their words and numbers. */
export const breakEvens: readonly { readonly text: string; readonly source: string }[] = [
  {
    text: "integrate-and-fire networks compete with artificial ones only at 0.15 to 1.38 spikes per synapse and inference",
    source: "M. Dampfhoffer et al., 2023, as quoted by later work",
  },
  {
    text: "VGG-16 at 6 time steps needs more than 93 % activation sparsity, beyond 16 steps more than 97 %",
    source: "Yan et al., 2024, as quoted by later work",
  },
];

/** Spikes that a synapse carries per inference, mean over the non-zero synapses: the axis of the published break-evens. */
export function spikesPerSynapse(network: IntegerNetwork, trace: EventTrace): Quantity {
  const operations = countEvents(network, trace).layers.reduce((sum, l) => sum + l.effectiveSynapticOperations, 0);
  const synapses = network.layers.reduce(
    (sum, { weights }) => sum + weights.filter((weight) => weight !== 0).length,
    0,
  );
  const value = synapses === 0 ? 0 : operations / synapses / Math.max(1, trace.sampleCount);
  const source = `${operations} synaptic operations of ${trace.sampleCount} samples over ${synapses} non-zero synapses, golden model`;
  return quantity(value, "1", "simulated", source);
}

/** The measured spikes per synapse next to the published break-evens, as one sentence per fact. */
export function breakEvenNote(network: IntegerNetwork, trace: EventTrace): string {
  const measured = `This network: ${spikesPerSynapse(network, trace).value.toPrecision(3)} spikes per synapse and inference.`;
  return [measured, ...breakEvens.map(({ text, source }) => `Published: ${text} (${source}).`)].join(" ");
}
