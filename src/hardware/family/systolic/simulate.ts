// Cycles by simulation: the list, the loader, the waves and the neurons of every layer, one clock cycle at a time. It knows
// nothing of the closed form in `predict.ts`.

import { assertDefined } from "../../../base/index.ts";
import { firingNeurons } from "../../../model/tensor/index.ts";
import { arriving, type EventTrace } from "../../golden/index.ts";
import { wordSpikes } from "../event-control/word-spikes.ts";
import type { CycleReport, Mapping } from "../family.ts";
import { arrayRows, sampleTiles, type Tile } from "./tiles.ts";

export function simulateCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const { layers } = mapping;
  const { sampleCount, stepCount } = trace;
  const sampleCycles = new Uint32Array(sampleCount);
  const stepEnds = new Uint32Array(sampleCount * layers.length * stepCount);
  for (let sample = 0; sample < sampleCount; sample++) {
    let start = collect(mapping, trace, sample);
    layers.forEach((layer, l) => {
      const machine = new ArrayMachine(mapping, trace, { index: l, sample });
      const { handed, closed } = machine.run(start);
      stepEnds.fill(handed, (sample * layers.length + l) * stepCount, (sample * layers.length + l + 1) * stepCount);
      start = handed + layer.lanes;
      // The readout takes the end of the sample, then reads and sends every count, and the decision.
      sampleCycles[sample] = closed + 1 + 2 * layer.neuronCount;
    });
  }
  return { sampleCycles, stepEnds };
}

// ---------------------------------------------------------------------------------------------------------------------

/** What `hdl/time_words.sv` does: returns the cycle in which it looks at the last input. */
function collect(mapping: Mapping, trace: EventTrace, sample: number): number {
  const input = arriving(mapping.network, trace, 0);
  const tokens = Array.from({ length: trace.stepCount }, (_, t) => [...firingNeurons(input, t, sample), "end"]).flat();
  let phase: "collect" | "wait" | "scan" = "collect";
  let looked = 0;
  // The host port shows its first token in cycle 1; an input's word shows one cycle after it was asked for.
  for (let cycle = 1; ; cycle++) {
    if (phase === "collect") {
      tokens.pop();
      if (tokens.length === 0) phase = "wait";
    } else if (phase === "wait") phase = "scan";
    else if (++looked === mapping.network.inputCount) return cycle + 1;
  }
}

/** A layer that has the whole sample before it. */
class ArrayMachine {
  readonly #tiles: readonly Tile[];
  readonly #rows: number;
  readonly #columns: number;
  readonly #stepCount: number;
  /** Spikes that leave as events; shape [group, step]. */
  readonly #fired: readonly (readonly number[])[];
  readonly #isLast: boolean;

  constructor(
    mapping: Mapping,
    trace: EventTrace,
    { index, sample }: { readonly index: number; readonly sample: number },
  ) {
    const { lanes, inputCount } = assertDefined(mapping.layers[index], "layer");
    this.#tiles = sampleTiles(mapping, trace, index, sample);
    this.#rows = arrayRows(inputCount, lanes);
    this.#columns = lanes;
    this.#stepCount = trace.stepCount;
    this.#fired = wordSpikes(assertDefined(trace.layers[index], "spikes"), sample, lanes);
    this.#isLast = index === mapping.layers.length - 1;
  }

  /** From the cycle in which its list is complete. */
  run(start: number): { readonly handed: number; readonly closed: number } {
    let cycle = start + 2;
    let handed = 0;
    let busyUntil = 0;
    for (const group of this.#fired) {
      cycle = this.#stream(cycle) + this.#rows + this.#columns;
      // A sum is taken, and a cycle later the neurons do its step, unless the spikes before still leave.
      let [taken, applying] = [0, false];
      for (let done = 0; done < this.#stepCount; cycle++) {
        const leaves = applying && (!this.#isLast || cycle >= busyUntil);
        if (leaves) {
          handed = cycle;
          busyUntil = cycle + Math.max(1, group[done] ?? 0);
          done++;
        }
        if (applying && !leaves) continue;
        applying = taken < this.#stepCount;
        if (applying) taken++;
      }
    }
    return { handed, closed: busyUntil + 1 };
  }

  /** Load and run all tiles; returns the first cycle in which nothing moves any more. */
  #stream(begin: number): number {
    /** Rows on their way from the list to the array, by the cycle in which they are there. */
    const arriving: { readonly at: number; readonly tile: number; readonly isLast: boolean }[] = [];
    let [loading, row, isClosed] = [0, 0, false];
    let ready: number | undefined;
    let waves = 0;
    for (let cycle = begin; ; cycle++) {
      const isDone = loading === this.#tiles.length && arriving.length === 0 && ready === undefined && waves === 0;
      if (isDone) return cycle;
      const takes = ready !== undefined && waves <= 1;
      const tile = this.#tiles[loading];
      const reads = tile !== undefined && (!isClosed || takes);
      if (waves > 0) waves--;
      if (takes) {
        waves = this.#tiles[ready ?? 0]?.steps.length ?? 0;
        ready = undefined;
        isClosed = false;
      }
      if (arriving[0]?.at === cycle) {
        const arrived = arriving.shift();
        if (arrived?.isLast === true) ready = arrived.tile;
      }
      if (!reads) continue;
      row++;
      const isLast = row === tile.rows;
      arriving.push({ at: cycle + 2, tile: loading, isLast });
      if (!isLast) continue;
      isClosed = true;
      row = 0;
      loading++;
    }
  }
}
