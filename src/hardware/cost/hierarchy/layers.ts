import { assertDefined, signedBits } from "../../../base/index.ts";
import {
  countEvents,
  eventCount,
  sumCount,
  weightColumns,
  type EventTrace,
  type IntegerNetwork,
} from "../../golden/index.ts";
import type { HierarchyLayer } from "./hierarchy.ts";

/** What a memory hierarchy moves in a trace, layer by layer, in means over its samples; dense layers and convolutions. */
export function hierarchyLayers(network: IntegerNetwork, trace: EventTrace): readonly HierarchyLayer[] {
  const { layers } = countEvents(network, trace);
  return network.layers.map((layer, index): HierarchyLayer => {
    const events = assertDefined(layers[index], "events");
    const columns = weightColumns(layer);
    const perSample = (count: number): number => count / trace.sampleCount;
    return {
      name: layer.name,
      matrix: {
        rows: layer.weights.length / columns,
        columns,
        bits: layer.weightBits,
        values: layer.weights,
      },
      stepCount: trace.stepCount,
      inputCount: eventCount(layer),
      neuronCount: layer.neuronCount,
      sumCount: sumCount(layer),
      spikesIn: perSample(events.spikesIn + events.spikesFedBack),
      reachedOperations: perSample(events.reachedSynapticOperations),
      effectiveOperations: perSample(events.effectiveSynapticOperations),
      sumBits: signedBits(layer.accumulator),
    };
  });
}
