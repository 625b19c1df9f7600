// Cycles in closed form: a tile takes as long as its steps or as loading the next one, whichever is longer; then the array drains
// and the neurons of the group do all steps. A layer begins when the one below has handed over the whole sample.

import { assertDefined } from "../../../base/index.ts";
import { countRow } from "../../../model/tensor/index.ts";
import { arriving, type EventTrace } from "../../golden/index.ts";
import { wordSpikes } from "../event-control/word-spikes.ts";
import type { CycleReport, Mapping } from "../family.ts";
import { arrayRows, sampleTiles, type Tile } from "./tiles.ts";

export function predictCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const { layers, network } = mapping;
  const { sampleCount, stepCount } = trace;
  const sampleCycles = new Uint32Array(sampleCount);
  const stepEnds = new Uint32Array(sampleCount * layers.length * stepCount);
  const input = arriving(network, trace, 0);
  const last = layers.length - 1;
  const { inputCount } = network;
  for (let sample = 0; sample < sampleCount; sample++) {
    // A token of the host per cycle, then a look at every input.
    let start = inputCount + 2;
    for (let step = 0; step < stepCount; step++) start += countRow(input, step, sample) + 1;
    layers.forEach((layer, l) => {
      const spikes = assertDefined(trace.layers[l], "spikes");
      const tiles = sampleTiles(mapping, trace, l, sample);
      const holds = l === last ? wordSpikes(spikes, sample, layer.lanes) : undefined;
      const rows = arrayRows(layer.inputCount, layer.lanes);
      const { handed, hold } = runGroups(start + 2, tiles, { ...layer, rows, stepCount, holds });
      stepEnds.fill(handed, (sample * layers.length + l) * stepCount, (sample * layers.length + l + 1) * stepCount);
      start = handed + layer.lanes;
      // The last spikes, the end behind them; then the readout reads and sends each count, and the decision.
      if (l === last) sampleCycles[sample] = handed + hold + 2 + 2 * layer.neuronCount;
    });
  }
  return { sampleCycles, stepEnds };
}

// ---------------------------------------------------------------------------------------------------------------------

/** When the last step of the last group leaves, and for how many cycles its spikes hold the sender. */
function runGroups(
  begin: number,
  tiles: readonly Tile[],
  array: {
    readonly groups: number;
    readonly lanes: number;
    readonly rows: number;
    readonly stepCount: number;
    /** Spikes of each group and step where they leave as events; elsewhere nothing waits. */
    readonly holds: readonly (readonly number[])[] | undefined;
  },
): { readonly handed: number; readonly hold: number } {
  let [cycle, left, hold] = [begin, 0, 1];
  for (let group = 0; group < array.groups; group++) {
    cycle = streamTiles(cycle, tiles) + array.rows + array.lanes;
    for (let step = 0; step < array.stepCount; step++) {
      left = step === 0 ? Math.max(cycle + 1, left + hold) : left + hold;
      hold = Math.max(1, array.holds?.[group]?.[step] ?? 1);
    }
    cycle = left + 1;
  }
  return { handed: left, hold };
}

/** The cycle after the last wave of the last tile. */
function streamTiles(begin: number, tiles: readonly Tile[]): number {
  let [wave, steps] = [begin + 1, 0];
  for (const tile of tiles) {
    wave += Math.max(tile.rows + 2, steps);
    steps = tile.steps.length;
  }
  return tiles.length === 0 ? begin : wave + steps;
}
