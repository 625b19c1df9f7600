// Random faults as a design with protection meets them: what hits its memories, and what is left of that for the network.

import { assertDefined } from "../../base/index.ts";
import type { Fault, IntegerLayer } from "../golden/index.ts";
import type { MemoryFault } from "../rtl/index.ts";
import { drawFaults, hits, type DrawOptions } from "./draw-faults.ts";
import type { Mapping } from "./family.ts";
import { memoryFaults, stateMemory, storedBits, weightPlace, type MemoryPlace } from "./fault-places.ts";

/** The faults of a trial. */
export interface Disturbance {
  /** Bits that were hit, protection or not; a lossy stream or a dead lane counts as one. */
  readonly hitCount: number;
  /** What the network notices: for the golden model, and for `emit`. */
  readonly faults: readonly Fault[];
  /** What happens in the memories of the design. */
  readonly memory: readonly MemoryFault[];
}

/** Draw faults; a protected memory has more bits that can be hit, and lets fewer of the hits through. */
export function disturb(mapping: Mapping, options: DrawOptions): Disturbance {
  const { kind } = options;
  const protection = mapping.choice.protection ?? [];
  if (kind === "weight-bit" && protection.includes("parity")) return disturbWords(mapping, options);
  if ((kind === "state-bit" || kind === "stuck-bit") && protection.includes("triple")) {
    return disturbCopies(mapping, options);
  }
  const faults = drawFaults(mapping, options);
  return { hitCount: faults.length, faults, memory: memoryFaults(mapping, faults) };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Weight words with a parity bit: an odd number of hits is noticed and the word reads as 0; an even number is not. */
function disturbWords(mapping: Mapping, { rate, random }: DrawOptions): Disturbance {
  const faults: Fault[] = [];
  const memory: MemoryFault[] = [];
  mapping.network.layers.forEach((layer, index) => {
    const parityBit = storedBits(mapping, index);
    const words = weightWords(mapping, index);
    // Every bit that can be hit: those of weights, then the word's parity.
    const places = words.flatMap(({ weights }, position) => [
      ...weights.flatMap(({ start }) =>
        Array.from({ length: layer.weightBits }, (_, i) => [position, start + i] as const),
      ),
      [position, parityBit] as const,
    ]);
    const hitPlaces = hits(places.length, rate, random).map((at) => assertDefined(places[at], "place"));
    for (const [position, found] of Map.groupBy(hitPlaces, ([word]) => word)) {
      const { instance, word, weights } = assertDefined(words[position], "word");
      const flipped = new Set(found.map(([, bit]) => bit));
      for (const bit of flipped) memory.push({ instance, word, bit, edit: "flip", when: "loaded" });
      const isNoticed = found.length % 2 === 1;
      for (const { weight, start } of weights) {
        for (let bit = 0; bit < layer.weightBits; bit++) {
          const isSet = (((layer.weights[weight] ?? 0) >> bit) & 1) === 1;
          if (isNoticed ? isSet : flipped.has(start + bit))
            faults.push({ kind: "weight-bit", layer: index, weight, bit });
        }
      }
    }
  });
  return { hitCount: memory.length, faults, memory };
}

/** State in three copies: a bit is wrong where two of them are. */
function disturbCopies(mapping: Mapping, options: DrawOptions): Disturbance {
  const faults: Fault[] = [];
  const memory: MemoryFault[] = [];
  const seen = new Map<string, Fault[]>();
  for (let copy = 0; copy < 3; copy++) {
    for (const fault of drawFaults(mapping, options)) {
      if (fault.kind !== "state-bit" && fault.kind !== "stuck-bit") continue;
      const at = memoryFaults(mapping, [fault])[0];
      if (at !== undefined) memory.push({ ...at, instance: stateMemory(fault.layer, copy) });
      const [moment, value] =
        fault.kind === "state-bit" ? [`${fault.sample} ${fault.step}`, "flip"] : ["", fault.value];
      const key = `${fault.layer} ${fault.neuron} ${fault.bit} ${moment} ${value}`;
      seen.set(key, [...(seen.get(key) ?? []), fault]);
    }
  }
  for (const copies of seen.values()) if (copies.length >= 2) faults.push(assertDefined(copies[0], "fault"));
  return { hitCount: memory.length, faults, memory };
}

interface WeightWord extends Omit<MemoryPlace, "bit"> {
  /** The weights in it and the lowest bit of each. */
  readonly weights: { readonly weight: number; readonly start: number }[];
}

/** The words of a layer's weight memory, in the order of their first weight. */
function weightWords(mapping: Mapping, index: number): readonly WeightWord[] {
  const layer: IntegerLayer = assertDefined(mapping.network.layers[index], "layer");
  const words = new Map<number, WeightWord>();
  for (let weight = 0; weight < layer.weights.length; weight++) {
    const place = weightPlace(mapping, index, weight, 0);
    if (place === undefined) continue;
    const word = words.get(place.word) ?? { instance: place.instance, word: place.word, weights: [] };
    words.set(place.word, word);
    word.weights.push({ weight, start: place.bit });
  }
  return [...words.values()];
}
