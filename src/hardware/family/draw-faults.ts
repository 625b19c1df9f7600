// Random faults of one kind at a rate, for campaigns.

import type { RandomStream } from "../../base/index.ts";
import { stateBitsOf } from "../../model/neuron/index.ts";
import type { Fault } from "../golden/index.ts";
import type { Mapping } from "./family.ts";
import { weightPlace } from "./fault-places.ts";

/** What a campaign can disturb, and what its rate is a share of. */
export const faultKinds = {
  "weight-bit": "stored weight bits that are flipped, for good",
  "state-bit": "state bits that flip before a step, each time anew",
  "stuck-bit": "state bits that are stuck at 0 or 1",
  "dead-lane": "lanes that never fire",
  "lost-event": "events that get lost on the way into a layer",
  "spurious-event": "steps that end with one event from nowhere, at each layer",
} as const;

export type FaultKind = keyof typeof faultKinds;

export interface DrawOptions {
  readonly kind: FaultKind;
  /** 0…1, a share of what `faultKinds` says. */
  readonly rate: number;
  /** Samples that will run, one after the other. */
  readonly sampleCount: number;
  readonly random: RandomStream;
}

/** The faults of a trial; each position is hit with probability `rate`, independently. */
export function drawFaults(mapping: Mapping, { kind, rate, sampleCount, random }: DrawOptions): Fault[] {
  const { network } = mapping;
  return network.layers.flatMap((layer, index): Fault[] => {
    const { neuronCount, weightBits, weights } = layer;
    const bits = stateBitsOf(layer.neuron);
    const lanes = mapping.layers[index]?.lanes ?? 1;
    switch (kind) {
      case "weight-bit":
        return hits(weights.length * weightBits, rate, random)
          .map((at) => ({ weight: Math.floor(at / weightBits), bit: at % weightBits }))
          .filter(({ weight, bit }) => weightPlace(mapping, index, weight, bit) !== undefined)
          .map((place) => ({ kind, layer: index, ...place }));
      case "state-bit":
        return hits(sampleCount * network.stepCount * neuronCount * bits, rate, random).map((at) => {
          const [moment, place] = [Math.floor(at / (neuronCount * bits)), at % (neuronCount * bits)];
          const [sample, step] = [Math.floor(moment / network.stepCount), moment % network.stepCount];
          return { kind, layer: index, neuron: Math.floor(place / bits), bit: place % bits, sample, step };
        });
      case "stuck-bit":
        return hits(neuronCount * bits, rate, random).map((at) => ({
          ...{ kind, layer: index, neuron: Math.floor(at / bits), bit: at % bits },
          value: random.integer(2) === 0 ? 0 : 1,
        }));
      case "dead-lane":
        return hits(lanes, rate, random).map((lane) => ({ kind, layer: index, lane, lanes }));
      case "lost-event":
      case "spurious-event": {
        const share = Math.min(65_535, Math.round(rate * 65_536));
        const [drop, spurious] = kind === "lost-event" ? [share, 0] : [0, share];
        return share === 0
          ? []
          : [{ kind: "lossy-events", layer: index, drop, spurious, seed: 1 + random.integer(65_535) }];
      }
      default:
        return kind satisfies never;
    }
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** Which of `count` positions are hit: the gaps between hits are geometric, so that rare faults cost little. */
export function hits(count: number, rate: number, random: RandomStream): number[] {
  const found: number[] = [];
  if (rate <= 0) return found;
  const gap = (): number => (rate >= 1 ? 0 : Math.floor(Math.log1p(-random.uniform()) / Math.log1p(-rate)));
  for (let at = gap(); at < count; at += 1 + gap()) found.push(at);
  return found;
}
