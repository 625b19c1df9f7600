// Every encoding, in the order of the reference table.

import type { Coding } from "../coding.ts";
import { burst, type BurstEncoding } from "./burst.ts";
import { delta, type DeltaEncoding } from "./delta.ts";
import { direct, type DirectEncoding } from "./direct.ts";
import { events, type EventsEncoding } from "./events.ts";
import { intensityLatency, type IntensityLatencyEncoding } from "./intensity-latency.ts";
import { latency, type LatencyEncoding } from "./latency.ts";
import { phase, type PhaseEncoding } from "./phase.ts";
import { population, type PopulationEncoding } from "./population.ts";
import { rankOrder, type RankOrderEncoding } from "./rank-order.ts";
import { rate, type RateEncoding } from "./rate.ts";
import { sendOnDelta, type SendOnDeltaEncoding } from "./send-on-delta.ts";
import { threshold, type ThresholdEncoding } from "./threshold.ts";

/** How values or events become spikes. */
export type Encoding =
  | RateEncoding
  | LatencyEncoding
  | RankOrderEncoding
  | IntensityLatencyEncoding
  | ThresholdEncoding
  | DirectEncoding
  | DeltaEncoding
  | SendOnDeltaEncoding
  | PopulationEncoding
  | PhaseEncoding
  | BurstEncoding
  | EventsEncoding;

export const codings: { readonly [Kind in Encoding["kind"]]: Coding<Extract<Encoding, { kind: Kind }>> } = {
  rate,
  latency,
  rankOrder,
  intensityLatency,
  threshold,
  direct,
  delta,
  sendOnDelta,
  population,
  phase,
  burst,
  events,
};
