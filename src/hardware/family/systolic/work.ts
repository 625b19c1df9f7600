import { assertDefined } from "../../../base/index.ts";
import { countEvents, type EventTrace } from "../../golden/index.ts";
import type { MappedMemory, Mapping } from "../family.ts";
import type { LayerWork, MemoryAccesses } from "../work.ts";
import { sampleTiles, type Tile } from "./tiles.ts";

/** A weight is read once per sample in which its input fired at all, not once per spike. */
export function countWork(mapping: Mapping, trace: EventTrace): readonly LayerWork[] {
  const { layers } = countEvents(mapping.network, trace);
  const { sampleCount, stepCount } = trace;
  return mapping.layers.map(({ groups, lanes, memories, inputCount, neuronCount }, index) => {
    const events = assertDefined(layers[index], "events");
    let [rows, waves, kept] = [0, 0, 0];
    for (let sample = 0; sample < sampleCount; sample++) {
      const tiles = sampleTiles(mapping, trace, index, sample);
      rows += tiles.reduce((sum, tile) => sum + tile.rows, 0);
      waves += tiles.reduce((sum, { steps }) => sum + steps.length, 0);
      kept += tiles.filter((tile, i) => follows(tiles[i - 1], tile)).length;
    }
    const updates = sampleCount * stepCount * groups;
    const accesses: MemoryAccesses[] = [];
    const access = (role: MappedMemory["role"], item: string, reads: number, writes: number): void => {
      for (const memory of memories) if (memory.role === role) accesses.push({ memory, item, reads, writes });
    };
    access("events", "list entry", rows * groups, rows);
    access("weights", "weight row", rows * groups, 0);
    access("accumulator", "sum", (waves - kept) * groups + updates, waves * groups + updates);
    const words = events.spikesIn + sampleCount * inputCount;
    access("spikes", "word of steps", words, words);
    access("bias", "bias", updates, 0);
    const readouts = events.spikesOut + sampleCount * neuronCount;
    access("counts", "count", readouts, readouts);
    return { events, accesses, executedAdditions: events.spikesIn * groups * lanes };
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** Whether the first wave of a tile finds the sum of its step still in the array: no cycle lies between, and the step is the same. */
function follows(before: Tile | undefined, { rows, steps }: Tile): boolean {
  return before !== undefined && before.steps.length >= rows + 2 && before.steps.at(-1) === steps[0];
}
