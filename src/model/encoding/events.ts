// Event recordings as spikes: which step and which input an event belongs to. Batches and streams read the same two functions.

import { UserError } from "../../base/index.ts";
import { setSpike, type SpikeTrain } from "../tensor/index.ts";

/** Events of one recording, in order of time. */
export interface EventRecording {
  /** Microseconds. */
  readonly times: Uint32Array;
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  /** 1 = brighter, 0 = darker. */
  readonly polarity: Uint8Array;
}

/** How events become inputs. */
export interface EventBinning {
  readonly window: EventWindow;
  /** `merged` forgets whether a pixel became brighter or darker. */
  readonly polarity: "both" | "merged";
  /** `planes`: all pixels of the darker events, then all of the brighter ones; `pixels`: the two of a pixel side by side. */
  readonly layout: "planes" | "pixels";
}

/** What a step is. Time begins at the first event. */
export type EventWindow =
  /** As many equal parts of the recording as the network has steps. */
  | { readonly kind: "equal" }
  | { readonly kind: "time"; readonly microseconds: number }
  /** So many events, whatever time they take. */
  | { readonly kind: "count"; readonly events: number };

/** The sensor, and the side of the squares of pixels that become one. */
export interface EventGrid {
  readonly height: number;
  readonly width: number;
  readonly pool: number;
}

/** Inputs of a network that sees such events. */
export function eventInputCount({ height, width, pool }: EventGrid, { polarity }: EventBinning): number {
  return (polarity === "both" ? 2 : 1) * Math.ceil(height / pool) * Math.ceil(width / pool);
}

/** The input of an event, or undefined outside the sensor. */
export function eventInput(
  { height, width, pool }: EventGrid,
  binning: Pick<EventBinning, "polarity" | "layout">,
  event: { readonly x: number; readonly y: number; readonly polarity: number },
): number | undefined {
  const { x, y } = event;
  if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
  const columns = Math.ceil(width / pool);
  const pixel = Math.floor(y / pool) * columns + Math.floor(x / pool);
  if (binning.polarity === "merged") return pixel;
  if (binning.layout === "pixels") return 2 * pixel + event.polarity;
  return event.polarity * columns * Math.ceil(height / pool) + pixel;
}

/** Write a recording into row `sample`. Events after the last step are lost. @param shift  Added to every (x, y). */
export function encodeRecording(
  recording: EventRecording,
  binning: EventBinning,
  task: {
    readonly grid: EventGrid;
    readonly spikes: SpikeTrain;
    readonly sample: number;
    readonly shift?: readonly [number, number];
  },
): void {
  const { grid, spikes, sample, shift = [0, 0] } = task;
  const { times, x, y, polarity } = recording;
  const start = times[0] ?? 0;
  const duration = (times.at(-1) ?? 0) - start + 1;
  for (let e = 0; e < times.length; e++) {
    const elapsed = (times[e] ?? 0) - start;
    const step =
      binning.window.kind === "equal"
        ? Math.min(spikes.stepCount - 1, Math.floor((elapsed * spikes.stepCount) / duration))
        : windowStep(binning.window, e, elapsed);
    if (step >= spikes.stepCount) return;
    const event = { x: (x[e] ?? 0) + shift[0], y: (y[e] ?? 0) + shift[1], polarity: polarity[e] ?? 0 };
    const input = eventInput(grid, binning, event);
    if (input !== undefined) setSpike(spikes, step, sample, input);
  }
}

/** The events of one finished step. */
export interface EventStep {
  readonly step: number;
  /** Inputs that fire, ascending. */
  readonly inputs: Uint32Array;
  /** Events of each of them: 1 or more. */
  readonly counts: Uint32Array;
}

/** Turns events into steps while they arrive; a step is given out as soon as no more events can belong to it. */
export interface EventStream {
  /** Take more events, in order of time; gives every step that they finish, silent ones included. */
  push(events: EventRecording): Iterable<EventStep>;
  /** The step that is still open, if any event came. */
  end(): EventStep | undefined;
}

/**
 * Open a stream of steps.
 * @throws `encoding/needs-end` for equal parts, which are known only when the recording has ended
 */
export function openEventStream(grid: EventGrid, binning: EventBinning): EventStream {
  const { window } = binning;
  if (window.kind === "equal") {
    throw new UserError(
      "encoding/needs-end",
      'encoding.bins: equal parts of a recording are known only at its end; use "window" or "count" for a stream',
    );
  }
  let start: number | undefined;
  let seen = 0;
  let open = 0;
  let counts = new Map<number, number>();
  const finish = (): EventStep => {
    const inputs = Uint32Array.from(counts.keys()).sort();
    const finished = { step: open, inputs, counts: Uint32Array.from(inputs, (input) => counts.get(input) ?? 0) };
    counts = new Map();
    return finished;
  };
  return {
    *push({ times, x, y, polarity }) {
      for (let e = 0; e < times.length; e++) {
        const time = times[e] ?? 0;
        start ??= time;
        const step = windowStep(window, seen++, time - start);
        for (; open < step; open++) yield finish();
        const event = { x: x[e] ?? 0, y: y[e] ?? 0, polarity: polarity[e] ?? 0 };
        const input = eventInput(grid, binning, event);
        if (input !== undefined) counts.set(input, (counts.get(input) ?? 0) + 1);
      }
    },
    end: () => (start === undefined ? undefined : finish()),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The step of event number `index`, `elapsed` microseconds after the first. */
function windowStep(window: Exclude<EventWindow, { kind: "equal" }>, index: number, elapsed: number): number {
  return Math.floor(window.kind === "time" ? elapsed / window.microseconds : index / window.events);
}
