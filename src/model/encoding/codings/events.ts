import type { Coding } from "../coding.ts";
import { choiceField, countField } from "../field.ts";

/** Event recordings as they are, cut into steps; see `EventBinning`. */
export interface EventsEncoding {
  readonly kind: "events";
  readonly bins: "equal" | "window" | "count";
  readonly microseconds: number;
  readonly eventsPerStep: number;
  readonly polarity: "both" | "merged";
  readonly layout: "planes" | "pixels";
}

export const events: Coding<EventsEncoding> = {
  kind: "events",
  summary: "the events of a recording, cut into steps by time or by number",
  fields: {
    bins: choiceField(
      "equal parts of the recording, windows of time, or of events",
      ["equal", "window", "count"],
      "equal",
    ),
    microseconds: countField("length of a window", 1, 30_000),
    eventsPerStep: countField("events of a window by number", 1, 500),
    polarity: choiceField("brighter and darker on inputs of their own, or together", ["both", "merged"], "both"),
    layout: choiceField("order of the inputs: polarity by polarity, or pixel by pixel", ["planes", "pixels"], "planes"),
  },
  binning: ({ bins, microseconds, eventsPerStep, polarity, layout }) => ({
    window:
      bins === "equal"
        ? { kind: "equal" }
        : bins === "window"
          ? { kind: "time", microseconds }
          : { kind: "count", events: eventsPerStep },
    polarity,
    layout,
  }),
};
