import { assertDefined } from "../../base/index.ts";
import { storedGroups, type MappedMemory, type Mapping } from "../family/index.ts";
import { countEvents, sumOverSpikes, type EventTrace, type LayerEvents } from "../golden/index.ts";

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

/** Count the work of every layer; `hdl/` does exactly these reads and writes. */
export function countWork(mapping: Mapping, trace: EventTrace): readonly LayerWork[] {
  const { layers } = countEvents(mapping.network, trace);
  return mapping.layers.map((layer, index) => {
    const events = assertDefined(layers[index], "events");
    const { wordReads, pointerReads } = fetches(mapping, trace, { index, events });
    const steps = trace.stepCount * trace.sampleCount;
    const updates = steps * layer.groups;
    const accesses: MemoryAccesses[] = [];
    const access = (memory: MappedMemory | undefined, item: string, reads: number, writes: number): void => {
      if (memory !== undefined) accesses.push({ memory, item, reads, writes });
    };
    const find = (role: MappedMemory["role"]): MappedMemory | undefined => layer.memories.find((m) => m.role === role);
    access(find("row-pointers"), "row pointer", pointerReads, 0);
    if (mapping.choice.family === "dense") {
      // A spike sets its bit; the walk over a step reads and clears every bit.
      access(find("events"), "spike bit", steps * layer.inputCount, events.spikesIn + steps * layer.inputCount);
    }
    access(find("weights"), "weight word", wordReads, 0);
    access(find("accumulator"), "accumulator", wordReads + updates, wordReads + updates);
    access(find("state"), "state", updates, updates);
    const tokens = events.spikesOut + steps;
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
  const layer = assertDefined(mapping.network.layers[index], "layer");
  const { lanes, groups } = assertDefined(mapping.layers[index], "layer");
  const steps = trace.stepCount * trace.sampleCount;
  if (mapping.choice.family === "dense") return { wordReads: steps * layer.inputCount * groups, pointerReads: 0 };
  if (mapping.choice.weightStorage === "dense") return { wordReads: events.spikesIn * groups, pointerReads: 0 };
  const input = index === 0 ? trace.input : assertDefined(trace.layers[index - 1], "input");
  const perRow = storedGroups(layer, lanes).map((stored) => stored.length);
  // The end of a step is a token too, and every token looks up a pointer.
  return { wordReads: sumOverSpikes(input, perRow), pointerReads: events.spikesIn + steps };
}
