// The event controllers cycle by cycle. Each polls one flag of its input buffer and one of its output buffer; a flag is seen one
// cycle after it changed, as registers do, unless `racingFlags` asks for the published simulator's order.

import { assert, assertDefined } from "../../../../base/index.ts";
import { broadcastCycles, type EventControlDefects, type EventControlTimes, type EventControlWork } from "./machine.ts";

/** Simulate until the last layer has done all steps that `work` names for it. */
export function simulateEventControl(work: EventControlWork, defects: EventControlDefects = {}): EventControlTimes {
  const last = work.spikes.length - 1;
  assert(last >= 1, "event controllers hand over from layer to layer");
  const layers = work.spikes.map((spikes, index): Controller => ({
    index,
    spikes,
    broadcast: broadcastCycles(assertDefined(work.neuronsPerUnit[index], "neurons per unit"), defects),
    state: index === 0 ? "start" : "wait",
    from: 0,
    starts: [],
    ends: [],
  }));
  const flags: Flags = {
    full: layers.map(() => false),
    seen: layers.map(() => false),
    racing: defects.racingFlags === true,
  };
  const wanted = work.spikes[last]?.length ?? 0;
  const ends = assertDefined(layers[last], "last layer").ends;
  const limit = cycleLimit(work);
  for (let cycle = 0; ends.length < wanted; cycle++) {
    assert(cycle <= limit, "the event controllers are stuck");
    layers.forEach(({ index }) => (flags.seen[index] = flags.full[index] === true));
    for (const layer of runOrder(layers, cycle, flags.racing)) {
      if (cycle >= layer.from) advance(layer, { cycle, last, flags, unasked: defects.unaskedEmptySteps === true });
    }
  }
  return { starts: layers.map(({ starts }) => starts), ends, totalCycles: ends.at(-1) ?? 0 };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Controller {
  readonly index: number;
  readonly spikes: readonly number[];
  readonly broadcast: number;
  state: "wait" | "start" | "offer" | "hand over" | "finish";
  /** The cycle in which it acts next. */
  from: number;
  readonly starts: number[];
  readonly ends: number[];
}

/** `full[l]`: a step waits in the buffer behind layer l. */
interface Flags {
  readonly full: boolean[];
  /** The flags at the beginning of the cycle. */
  readonly seen: boolean[];
  readonly racing: boolean;
}

interface Surroundings {
  readonly cycle: number;
  readonly last: number;
  readonly flags: Flags;
  readonly unasked: boolean;
}

/** One action of a controller in its cycle. */
function advance(layer: Controller, { cycle, last, flags, unasked }: Surroundings): void {
  const { index } = layer;
  const isFull = (buffer: number): boolean => (flags.racing ? flags.full : flags.seen)[buffer] === true;
  const go = (state: Controller["state"], cycles: number): void => {
    layer.state = state;
    layer.from = cycle + cycles;
  };
  switch (layer.state) {
    case "wait":
      if (isFull(index - 1)) go("start", 1);
      return;
    case "start": {
      const spikes = layer.spikes[layer.starts.length];
      // Behind the end of a cut trace nothing is known.
      if (spikes === undefined) return;
      layer.starts.push(cycle);
      if (spikes === 0 && index === 0 && unasked) go("hand over", 2);
      else go("offer", 1 + spikes * layer.broadcast);
      return;
    }
    case "offer":
      if (index === last || !isFull(index)) go("hand over", 2);
      return;
    case "hand over":
      if (index < last) flags.full[index] = true;
      if (index > 0) flags.full[index - 1] = false;
      go("finish", 1);
      return;
    case "finish":
      layer.ends.push(cycle);
      go(index === 0 ? "start" : "wait", 1);
      return;
    default:
      layer.state satisfies never;
  }
}

function runOrder(layers: readonly Controller[], cycle: number, racing: boolean): readonly Controller[] {
  if (!racing || cycle % 2 === 0) return layers;
  return [...layers.slice(0, 1), ...layers.slice(1).reverse()];
}

/** No run takes longer: all work one after the other. */
function cycleLimit({ neuronsPerUnit, spikes }: EventControlWork): number {
  return spikes.reduce(
    (sum, steps, l) => steps.reduce((s, n) => s + n * broadcastCycles(neuronsPerUnit[l] ?? 0) + 100, sum),
    1000,
  );
}
