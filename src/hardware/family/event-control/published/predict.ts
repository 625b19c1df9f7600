import { assertDefined } from "../../../../base/index.ts";
import { broadcastCycles, type EventControlTimes, type EventControlWork } from "./machine.ts";

/**
 * The event controllers in closed form: a recurrence over (layer, step), without defects.
 *
 *     offer(l, t)   = start(l, t) + 1 + spikes(l, t) · (4 · neurons per unit + 2)
 *     hand(l, t)    = max(offer(l, t), hand(l + 1, t − 1) + 1) + 2        a buffer is seen to be free one cycle later
 *     start(0, t)   = hand(0, t − 1) + 2
 *     start(l, t)   = max(hand(l − 1, t) + 1, hand(l, t − 1) + 2) + 1
 *     end(t)        = hand(last, t) + 1
 *
 * @source The structure: SNN-DSE, git 8a2fc2b, event controllers; equals `simulateEventControl`, cycle by cycle
 */
export function predictEventControl({ neuronsPerUnit, spikes }: EventControlWork): EventControlTimes {
  const starts = spikes.map((): number[] => []);
  const hands = spikes.map((): number[] => []);
  const last = spikes.length - 1;
  const never = Number.NEGATIVE_INFINITY;
  const steps = spikes[0]?.length ?? 0;
  for (let t = 0; t < steps; t++) {
    spikes.forEach((ofLayer, l) => {
      const count = ofLayer[t];
      // Behind the end of a cut trace nothing is known.
      if (count === undefined) return;
      const before = hands[l]?.[t - 1] ?? never;
      const start = l === 0 ? Math.max(0, before + 2) : Math.max((hands[l - 1]?.[t] ?? never) + 1, before + 2) + 1;
      const offer = start + 1 + count * broadcastCycles(assertDefined(neuronsPerUnit[l], "neurons per unit"));
      const free = l === last ? never : (hands[l + 1]?.[t - 1] ?? never) + 1;
      starts[l]?.push(start);
      hands[l]?.push(Math.max(offer, free) + 2);
    });
  }
  const ends = (hands[last] ?? []).map((hand) => hand + 1);
  return { starts, ends, totalCycles: ends.at(-1) ?? 0 };
}
