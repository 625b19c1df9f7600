import { assertDefined } from "../../base/index.ts";
import { eventCount, isConvolution, type IntegerLayer } from "../golden/index.ts";
import { visitedWords } from "./conv-walk.ts";
import type { HardwareChoice } from "./family.ts";
import { readsEveryRow, storedGroups, storesBlocks } from "./geometry.ts";

/** How a layer's weight fetch spends cycles. `hdl/fetch_*.sv` does exactly this. */
export interface FetchTiming {
  /** Cycles from the acceptance of a spike of event i to that of the next token. */
  readonly spikeCycles: (event: number) => number;
  /** Words of weights that a spike of event i reads. */
  readonly spikeWords: (event: number) => number;
  /** Cycles between the acceptance of a step's end and the first cycle in which the update pass may start, minus one. */
  readonly closingCycles: number;
  /** Words of weights that the end of a step reads. */
  readonly closingWords: number;
}

/** Cycles in which the weight fetch drains after a step; the `DrainCycles` of `hdl/layer_core.sv`. */
export function drainCycles(layer: IntegerLayer, choice: HardwareChoice): number {
  if (layer.convolution !== undefined) return 1;
  return storesBlocks(layer, choice) ? 2 : 0;
}

export function fetchTiming(layer: IntegerLayer, choice: HardwareChoice, lanes: number): FetchTiming {
  const closingCycles = drainCycles(layer, choice);
  if (isConvolution(layer)) {
    const visited = visitedWords(layer, lanes);
    const spikeWords = (event: number): number => assertDefined(visited[event], "input");
    const spikeCycles = (event: number): number => Math.max(spikeWords(event), 1) + 1;
    return { spikeCycles, spikeWords, closingCycles, closingWords: 0 };
  }
  const groups = Math.ceil(layer.neuronCount / lanes);
  const rowCycles = Math.max(groups, 2);
  if (readsEveryRow(choice)) {
    const events = eventCount(layer);
    return {
      spikeCycles: () => 1,
      spikeWords: () => 0,
      closingCycles: events * rowCycles,
      closingWords: events * groups,
    };
  }
  if (!storesBlocks(layer, choice)) {
    return { spikeCycles: () => rowCycles, spikeWords: () => groups, closingCycles, closingWords: 0 };
  }
  const stored = Uint32Array.from(storedGroups(layer, lanes), (found) => found.length);
  const spikeWords = (event: number): number => assertDefined(stored[event], "row of an event");
  const spikeCycles = (event: number): number => Math.max(spikeWords(event) + 1, 2);
  return { spikeCycles, spikeWords, closingCycles, closingWords: 0 };
}
