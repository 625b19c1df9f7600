import type { Delays } from "../../model/network/index.ts";
import type { SourcePlan } from "./source-plan.ts";

export interface DelayPlan {
  readonly delays: Delays;
  /** Spikes as they were sent; the layer's `input` holds them delayed. */
  readonly sent: SourcePlan;
  /** Where the entries of each input begin, in bytes, and where the last ends: [input + 1]. */
  readonly starts: number;
  /** Row and steps, two words for each row, input by input. */
  readonly entries: number;
  /** dLoss/dArriving of the rows, [tile of rows][row][width]; absent where nobody reads it. */
  readonly gradient: number | undefined;
  /** Rows of weights on a tile. */
  readonly width: number;
}

/** @param width  Of the tiles of rows; absent for the first layer, behind which nobody learns. */
export function planDelay(
  memory: { take(bytes: number): number },
  delays: Delays,
  parts: { readonly sent: SourcePlan; readonly rows: number; readonly width: number | undefined },
): DelayPlan {
  const { sent, rows, width = 16 } = parts;
  const tiles = Math.ceil(delays.sources.length / width);
  return {
    delays,
    sent,
    starts: memory.take(4 * (sent.count + 1)),
    entries: memory.take(8 * delays.sources.length),
    gradient: parts.width === undefined ? undefined : memory.take(4 * tiles * rows * width),
    width,
  };
}
