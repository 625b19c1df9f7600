import { assertDefined } from "../../../base/index.ts";
import { countEvents, type EventTrace } from "../../golden/index.ts";
import type { MappedMemory, Mapping } from "../family.ts";
import type { LayerWork, MemoryAccesses } from "../work.ts";

/** Every group of neurons reads the whole list; only its spikes fetch weights. */
export function countWork(mapping: Mapping, trace: EventTrace): readonly LayerWork[] {
  const { layers } = countEvents(mapping.network, trace);
  const steps = trace.stepCount * trace.sampleCount;
  return mapping.layers.map(({ groups, lanes, memories, neuronCount }, index) => {
    const events = assertDefined(layers[index], "events");
    const entries = events.spikesIn + steps;
    const accesses: MemoryAccesses[] = [];
    const access = (role: MappedMemory["role"], item: string, counts: { reads: number; writes: number }): void => {
      const memory = memories.find((m) => m.role === role);
      if (memory !== undefined) accesses.push({ memory, item, ...counts });
    };
    access("events", "list entry", { reads: entries * groups, writes: entries });
    access("weights", "weight word", { reads: events.spikesIn * groups, writes: 0 });
    access("bias", "bias", { reads: steps * groups, writes: 0 });
    access("spikes", "spike word", { reads: steps * groups, writes: steps * groups });
    const readouts = events.spikesOut + trace.sampleCount * neuronCount;
    access("counts", "count", { reads: readouts, writes: readouts });
    return { events, accesses, executedAdditions: events.spikesIn * groups * lanes };
  });
}
