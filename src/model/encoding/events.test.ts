import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../../base/index.ts";
import { firingNeurons } from "../tensor/index.ts";
import {
  defaultEncoding,
  encodeEvents,
  eventInputCount,
  openEventStream,
  type Encoding,
  type EventBinning,
  type EventRecording,
  type EventStep,
} from "./index.ts";

const grid = { height: 4, width: 5, pool: 2 };
const both = { polarity: "both", layout: "planes" } as const;

function recordingOf(events: readonly (readonly [number, number, number, number])[]): EventRecording {
  return {
    times: Uint32Array.from(events, ([time]) => time),
    x: Uint16Array.from(events, ([, x]) => x),
    y: Uint16Array.from(events, ([, , y]) => y),
    polarity: Uint8Array.from(events, ([, , , p]) => p),
  };
}

const hand = recordingOf([
  [100, 0, 0, 1],
  [109, 1, 1, 1],
  [110, 4, 3, 0],
  [145, 2, 0, 1],
]);

function rows(encoding: Partial<Extract<Encoding, { kind: "events" }>>, stepCount: number): number[][] {
  const whole = { ...defaultEncoding("events"), ...encoding } as Encoding;
  const encoded = encodeEvents(whole, [hand], { grid, stepCount });
  assert.ok(encoded.kind === "spikes");
  const { spikes } = encoded;
  return Array.from({ length: stepCount }, (_, step) => firingNeurons(spikes, step, 0));
}

test("a recording by hand: parts, windows of time, windows of events", () => {
  assert.equal(eventInputCount(grid, { window: { kind: "equal" }, ...both }), 2 * 2 * 3);
  assert.deepEqual(rows({}, 2), [[5, 6], [7]]);
  assert.deepEqual(rows({ bins: "window", microseconds: 10 }, 4), [[6], [5], [], []]);
  assert.deepEqual(rows({ bins: "count", eventsPerStep: 3 }, 2), [[5, 6], [7]]);
  assert.deepEqual(rows({ polarity: "merged" }, 1), [[0, 1, 5]]);
  assert.deepEqual(rows({ layout: "pixels" }, 1), [[1, 3, 10]]);
});

test("a stream gives the steps of the batch, whatever the size of the pieces", () => {
  const random = randomStream(3, "events");
  let time = 0;
  const events = Array.from({ length: 400 }, () => {
    time += random.integer(9);
    return [time, random.integer(5), random.integer(4), random.integer(2)] as const;
  });
  for (const window of [{ kind: "time", microseconds: 25 } as const, { kind: "count", events: 7 } as const]) {
    const binning: EventBinning = { window, ...both };
    const stream = openEventStream(grid, binning);
    const found: EventStep[] = [];
    for (let at = 0; at < events.length;) {
      const size = 1 + random.integer(40);
      found.push(...stream.push(recordingOf(events.slice(at, at + size))));
      at += size;
    }
    const last = stream.end();
    if (last !== undefined) found.push(last);
    const encoding = {
      ...defaultEncoding("events"),
      bins: window.kind === "time" ? "window" : "count",
      microseconds: 25,
      eventsPerStep: 7,
    } as Encoding;
    const encoded = encodeEvents(encoding, [recordingOf(events)], { grid, stepCount: found.length });
    assert.ok(encoded.kind === "spikes");
    const { spikes } = encoded;
    assert.deepEqual(
      found.map(({ inputs }) => [...inputs]),
      found.map((_, step) => firingNeurons(spikes, step, 0)),
    );
    assert.equal(
      found.flatMap(({ counts }) => [...counts]).reduce((a, b) => a + b, 0),
      400,
    );
  }
});

test("equal parts have no stream, and an empty one has no steps", () => {
  assert.throws(
    () => openEventStream(grid, { window: { kind: "equal" }, ...both }),
    new UserError(
      "encoding/needs-end",
      'encoding.bins: equal parts of a recording are known only at its end; use "window" or "count" for a stream',
    ),
  );
  const stream = openEventStream(grid, { window: { kind: "count", events: 3 }, ...both });
  assert.deepEqual([[...stream.push(recordingOf([]))], stream.end()], [[], undefined]);
});
