import { assertDefined } from "../../../base/index.ts";
import { countEvents, type EventTrace } from "../../golden/index.ts";
import type { MappedMemory, Mapping } from "../family.ts";
import type { LayerWork, MemoryAccesses } from "../work.ts";
import { walkedRows } from "./walk.ts";

/** A row of all weights for every input that is walked over; neurons add it when the input fired. */
export function countWork(mapping: Mapping, trace: EventTrace): readonly LayerWork[] {
  const { layers } = countEvents(mapping.network, trace);
  const steps = trace.stepCount * trace.sampleCount;
  return mapping.layers.map(({ memories, neuronCount }, index) => {
    const events = assertDefined(layers[index], "events");
    const rows = walkedRows(mapping, trace, index);
    let walked = 0;
    for (let sample = 0; sample < trace.sampleCount; sample++) {
      for (let step = 0; step < trace.stepCount; step++) walked += rows(step, sample);
    }
    const added = events.spikesIn + events.spikesFedBack;
    const accesses: MemoryAccesses[] = [];
    const access = (role: MappedMemory["role"], item: string, reads: number, writes: number): void => {
      const memory = memories.find((m) => m.role === role);
      if (memory !== undefined) accesses.push({ memory, item, reads, writes });
    };
    access("weights", "weight row", walked, 0);
    access("bias", "bias", steps, 0);
    const readouts = events.spikesOut + trace.sampleCount * neuronCount;
    access("counts", "count", readouts, readouts);
    return { events, accesses, executedAdditions: added * neuronCount };
  });
}
