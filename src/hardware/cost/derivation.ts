// Energy as a sum anyone can check: events counted in a trace, times a published constant each. The headline is the lines added
// from first to last.

import { assertDefined, quantity, unsignedBits, type Quantity } from "../../base/index.ts";
import { geometryOf, type LayerWork, type Mapping } from "../family/index.ts";
import type { EventTrace } from "../golden/index.ts";
import { countWork } from "./accesses.ts";
import { updateAdditions } from "./neuron-work.ts";
import { unitEnergy, type CostKey, type CostProfile } from "./profile.ts";

/** One line: energy = count × unit energy. For static power the unit is a power in watts and the count a time in seconds. */
export interface EnergyLine {
  readonly layer: string;
  readonly event: string;
  /** Events per inference: the mean over the samples of the trace. */
  readonly count: number;
  /** The same mean as a fraction of integers, so that no rounding is hidden: events counted, over samples. */
  readonly exactCount?: { readonly total: number; readonly samples: number };
  readonly unitEnergy: Quantity;
  readonly energy: Quantity;
  readonly source: string;
}

export interface EnergyDerivation {
  readonly profile: string;
  readonly lines: readonly EnergyLine[];
  /** The lines added from first to last. */
  readonly total: Quantity;
}

/**
 * Energy per inference of a mapped design, dynamic part. Counts come from the trace; kind "estimated" because the constants are
 * not its own. Executed is what is paid: adding a zero costs as much as adding a weight, because no gated energy is published.
 */
export function deriveEnergy(mapping: Mapping, trace: EventTrace, profile: CostProfile): EnergyDerivation {
  const samples = Math.max(1, trace.sampleCount);
  const work = countWork(mapping, trace);
  const lines = mapping.network.layers.flatMap((layer, index) =>
    layerEvents(mapping, index, assertDefined(work[index], "work")).flatMap(({ event, total, key, size, words }) => {
      const unit = unitEnergy(profile, key, size);
      return unit === undefined
        ? []
        : [countedLine({ layer: layer.name, event, total, samples, unit: scale(unit, words) })];
    }),
  );
  return derivationOf(profile, lines, `counts of the golden trace × ${profile.name}`);
}

/**
 * The same layer sizes as an artificial network, one pass, every weight multiplied, priced by the same table. Activations have 8
 * bits, weights as many as the spiking layers. Partial sums stay in registers at no charge, which favors this side.
 */
export function deriveBaseline(mapping: Mapping, profile: CostProfile): EnergyDerivation | undefined {
  const lines = mapping.network.layers.flatMap((layer) => {
    const synapses = layer.inputCount * layer.neuronCount;
    const sumBits = layer.weightBits + 8 + unsignedBits(layer.inputCount);
    const bit = (event: string, total: number, width: number, bits: number): PricedEvent => ({
      event,
      total,
      key: "memory-bit",
      size: bits,
      words: width,
    });
    const events: readonly PricedEvent[] = [
      { event: "multiply-accumulate", total: synapses, key: "multiply-accumulate", size: 0, words: 1 },
      bit("weight read", synapses, layer.weightBits, synapses * layer.weightBits),
      {
        event: `multiplication, ${layer.weightBits} × 8 bit`,
        total: synapses,
        key: "multiply",
        size: layer.weightBits * 8,
        words: 1,
      },
      { event: `addition, ${sumBits} bit`, total: synapses, key: "add", size: sumBits, words: 1 },
      bit("activation read", layer.inputCount, 8, layer.inputCount * 8),
      bit("activation write", layer.neuronCount, 8, layer.neuronCount * 8),
    ];
    return events.flatMap(({ event, total, key, size, words }) => {
      const unit = unitEnergy(profile, key, size);
      return unit === undefined
        ? []
        : [countedLine({ layer: layer.name, event, total, samples: 1, unit: scale(unit, words) })];
    });
  });
  return lines.length === 0
    ? undefined
    : derivationOf(profile, lines, `one pass of the artificial network × ${profile.name}`);
}

/** A derivation from its lines; the total is nothing but their sum, from first to last. */
export function derivationOf(
  { name }: Pick<CostProfile, "name">,
  lines: readonly EnergyLine[],
  source: string,
): EnergyDerivation {
  const sum = (part: (line: EnergyLine) => number): number => lines.reduce((energy, line) => energy + part(line), 0);
  const value = sum(({ energy }) => energy.value);
  const low = sum(({ energy }) => energy.band?.low ?? energy.value);
  const high = sum(({ energy }) => energy.band?.high ?? energy.value);
  const band = low === value && high === value ? undefined : { low, high };
  return { profile: name, lines, total: quantity(value, "J", "estimated", source, band) };
}

// ---------------------------------------------------------------------------------------------------------------------

/** An event before it has a price: `words` of unit energy of `key` at `size`. */
interface PricedEvent {
  readonly event: string;
  readonly total: number;
  readonly key: CostKey;
  readonly size: number;
  readonly words: number;
}

/** Everything that a layer's hardware is charged for, in a fixed order. */
function layerEvents(mapping: Mapping, index: number, work: LayerWork): readonly PricedEvent[] {
  const layer = assertDefined(mapping.network.layers[index], "layer");
  const { sumBits } = geometryOf(layer, assertDefined(mapping.layers[index], "layer").lanes);
  const { events, accesses, executedAdditions } = work;
  const effective = events.effectiveSynapticOperations;
  const plain = (event: string, total: number, key: CostKey, size = 0): PricedEvent => ({
    event,
    total,
    key,
    size,
    words: 1,
  });
  const memory = accesses.flatMap(({ memory: { depth, width }, item, reads, writes }) =>
    [
      { verb: "read", total: reads },
      { verb: "write", total: writes },
    ].flatMap(({ verb, total }): PricedEvent[] =>
      total === 0 ? [] : [{ event: `${item} ${verb}`, total, key: "memory-bit", size: depth * width, words: width }],
    ),
  );
  return [
    plain("effective synaptic operation", effective, "synaptic-operation"),
    plain("membrane update", events.neuronUpdates, "membrane-update"),
    ...memory,
    plain(`addition of a weight, ${sumBits} bit`, effective, "add", sumBits),
    plain(`addition of zero, ${sumBits} bit`, executedAdditions - effective, "add", sumBits),
    ...updateAdditions(layer.neuron).map(({ bits, count }) =>
      plain(`update operation, ${bits} bit`, events.neuronUpdates * count, "add", bits),
    ),
  ];
}

/** The price of a word from the price of a bit. */
function scale(unit: Quantity, words: number): Quantity {
  return words === 1 ? unit : quantity(unit.value * words, unit.unit, unit.kind, unit.source);
}

function countedLine(options: {
  readonly layer: string;
  readonly event: string;
  readonly total: number;
  readonly samples: number;
  readonly unit: Quantity;
}): EnergyLine {
  const { layer, event, total, samples, unit } = options;
  const count = total / samples;
  const band = unit.band === undefined ? undefined : { low: count * unit.band.low, high: count * unit.band.high };
  return {
    layer,
    event,
    count,
    exactCount: { total, samples },
    unitEnergy: unit,
    energy: quantity(count * unit.value, "J", unit.kind, unit.source, band),
    source: unit.source,
  };
}
