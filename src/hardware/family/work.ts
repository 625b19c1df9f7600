import { assertDefined } from "../../base/index.ts";
import {
  arriving,
  countEvents,
  eventCount,
  fedBack,
  isConvolution,
  sumOverSpikes,
  type EventTrace,
  type LayerEvents,
} from "../golden/index.ts";
import type { MappedMemory, Mapping } from "./family.ts";
import { fetchTiming } from "./fetch.ts";
import { geometryOf, readsEveryRow, visitedGroups } from "./geometry.ts";

/** Reads and writes of one memory over a whole trace, whole words. */
export interface MemoryAccesses {
  readonly memory: MappedMemory;
  /** What is read and written, in the singular: "weight word", "accumulator". */
  readonly item: string;
  readonly reads: number;
  readonly writes: number;
}

/** What the hardware of one layer does over a whole trace: integers that follow from the trace and the mapping alone. */
export interface LayerWork {
  readonly events: LayerEvents;
  readonly accesses: readonly MemoryAccesses[];
  /** Additions that all lanes execute: of weights that a spike reached, and of zeros (zero weights, spare lanes, no spike). */
  readonly executedAdditions: number;
}

/** The work of every layer of a pipeline; `hdl/` does exactly these reads and writes. */
export function countWork(mapping: Mapping, trace: EventTrace): readonly LayerWork[] {
  const { layers } = countEvents(mapping.network, trace);
  return mapping.layers.map((layer, index) => {
    const events = assertDefined(layers[index], "events");
    const { wordReads, pointerReads } = fetches(mapping, trace, { index, events });
    const steps = trace.stepCount * trace.sampleCount;
    const network = assertDefined(mapping.network.layers[index], "layer");
    const geometry = geometryOf(network, layer.lanes);
    const updates = steps * visitedGroups(geometry);
    const stateUpdates = geometry.window?.combine === "largest" ? steps * layer.groups : updates;
    const accesses: MemoryAccesses[] = [];
    const access = (memory: MappedMemory | undefined, item: string, reads: number, writes: number): void => {
      if (memory !== undefined) accesses.push({ memory, item, reads, writes });
    };
    const find = (role: MappedMemory["role"]): MappedMemory | undefined => layer.memories.find((m) => m.role === role);
    for (const memory of layer.memories) {
      if (memory.role === "row-pointers") access(memory, "row pointer", pointerReads, 0);
    }
    if (readsEveryRow(mapping.choice)) {
      // A spike sets its bit; the walk over a step reads and clears every bit.
      const bits = steps * eventCount(network);
      access(find("events"), "spike bit", bits, events.spikesIn + events.spikesFedBack + bits);
    }
    access(find("weights"), "weight word", wordReads, 0);
    access(find("accumulator"), "accumulator", wordReads + updates, wordReads + updates);
    access(find("bias"), "bias", updates, 0);
    access(find("state"), "state", stateUpdates, stateUpdates);
    const ownTokens = events.spikesOut + steps;
    access(find("feedback"), "own spike", ownTokens, ownTokens);
    const tokens = events.spikesHandedOver + steps;
    const isLast = index === mapping.layers.length - 1;
    if (!isLast)
      access(
        layer.memories.findLast((m) => m.role === "events"),
        "event",
        tokens,
        tokens,
      );
    // Every spike adds one; at the end of a sample each count is read and cleared.
    const readouts = events.spikesOut + trace.sampleCount * layer.neuronCount;
    if (isLast) access(find("counts"), "count", readouts, readouts);
    return { events, accesses, executedAdditions: wordReads * layer.lanes };
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** Words that the weight fetch reads over the whole trace. */
function fetches(
  mapping: Mapping,
  trace: EventTrace,
  { index, events }: { readonly index: number; readonly events: LayerEvents },
): { readonly wordReads: number; readonly pointerReads: number } {
  const { network, choice } = mapping;
  const layer = assertDefined(network.layers[index], "layer");
  const { lanes } = assertDefined(mapping.layers[index], "layer");
  const steps = trace.stepCount * trace.sampleCount;
  const timing = fetchTiming(layer, choice, lanes);
  const perEvent = Float64Array.from({ length: eventCount(layer) }, (_, event) => timing.spikeWords(event));
  const wordReads =
    steps * timing.closingWords +
    sumOverSpikes(arriving(network, trace, index), perEvent) +
    sumOverSpikes(fedBack(network, trace, index), perEvent.subarray(layer.inputCount));
  const spikes = events.spikesIn + events.spikesFedBack;
  // Compressed rows: the end of a step is a token too, and every token looks up a pointer. Kernels: a row, a column and perhaps
  // a channel of the spike.
  const tables = mapping.layers[index]?.memories.filter(({ role }) => role === "row-pointers").length ?? 0;
  return { wordReads, pointerReads: isConvolution(layer) ? spikes : tables > 0 ? spikes + steps : 0 };
}
