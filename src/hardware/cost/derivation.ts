// Energy as a sum anyone can check: events counted in a trace, times a published constant each. The headline is the lines added
// from first to last.

import { assertDefined, quantity, unsignedBits, type Quantity } from "../../base/index.ts";
import { countEvents, sumOverSpikes, type EventTrace, type IntegerLayer } from "../golden/index.ts";
import { geometryOf, type MappedMemory, type Mapping } from "../family/index.ts";
import { storedGroups } from "../family/index.ts";
import { updateAdditions } from "./neuron-work.ts";
import type { CostProfile } from "./profile.ts";

/** One line: energy = count × unit energy. */
export interface EnergyLine {
  readonly layer: string;
  readonly event: string;
  /** Events per inference: the mean over the samples of the trace. */
  readonly count: number;
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

/** Energy per inference of a mapped design. Counts come from the trace; kind "estimated" because the constants are not its own. */
export function deriveEnergy(mapping: Mapping, trace: EventTrace, profile: CostProfile): EnergyDerivation {
  const events = countEvents(mapping.network, trace);
  const samples = Math.max(1, trace.sampleCount);
  const lines: EnergyLine[] = [];
  mapping.network.layers.forEach((layer, index) => {
    const add = (event: string, total: number, unit: number): void => {
      lines.push(line(layer.name, event, total / samples, unit, profile));
    };
    const counted = assertDefined(events.layers[index], "events");
    if (profile.synapticOperation !== undefined) {
      add("effective synaptic operation", counted.effectiveSynapticOperations, profile.synapticOperation);
    }
    if (profile.neuronUpdate !== undefined) add("membrane update", counted.neuronUpdates, profile.neuronUpdate);
    if (profile.add === undefined || profile.memoryBit === undefined) return;
    const geometry = geometryOf(layer, assertDefined(mapping.layers[index], "layer").lanes);
    const work = layerWork(mapping, trace, index);
    const perAccess = (role: MappedMemory["role"]): number => {
      const memory = assertDefined(mapping.layers[index], "layer").memories.find((m) => m.role === role);
      return memory === undefined
        ? 0
        : memory.width * assertDefined(profile.memoryBit, "memory")(memory.depth * memory.width);
    };
    const steps = trace.stepCount * trace.sampleCount;
    const updates = steps * geometry.groups;
    if (work.pointerReads > 0) add("row pointer read", work.pointerReads, perAccess("row-pointers"));
    add("weight word read", work.wordReads, perAccess("weights"));
    add("accumulator read", work.wordReads + updates, perAccess("accumulator"));
    add("accumulator write", work.wordReads + updates, perAccess("accumulator"));
    add(`addition, ${geometry.sumBits} bit`, work.wordReads * geometry.lanes, profile.add(geometry.sumBits));
    add("state read", updates, perAccess("state"));
    add("state write", updates, perAccess("state"));
    for (const { bits, count } of updateAdditions(layer.neuron)) {
      add(`update operation, ${bits} bit`, steps * layer.neuronCount * count, profile.add(bits));
    }
    const tokens = counted.spikesOut + steps;
    if (index < mapping.network.layers.length - 1) {
      add("event written", tokens, perAccess("events"));
      add("event read", tokens, perAccess("events"));
    } else {
      add("count read", counted.spikesOut, perAccess("counts"));
      add("count written", counted.spikesOut, perAccess("counts"));
    }
  });
  return { profile: profile.name, lines, total: total(lines, profile) };
}

/**
 * The same layer sizes as an artificial network, one pass, every weight multiplied: the honest comparison, priced by the same table.
 * Activations have 8 bits, weights as many as the spiking layers.
 */
export function deriveBaseline(mapping: Mapping, profile: CostProfile): EnergyDerivation | undefined {
  const lines: EnergyLine[] = [];
  for (const layer of mapping.network.layers) {
    const add = (event: string, count: number, unit: number): void => {
      lines.push(line(layer.name, event, count, unit, profile));
    };
    const synapses = layer.inputCount * layer.neuronCount;
    if (profile.multiplyAccumulate !== undefined) add("multiply-accumulate", synapses, profile.multiplyAccumulate);
    if (profile.add === undefined || profile.multiply === undefined || profile.memoryBit === undefined) continue;
    const sumBits = layer.weightBits + 8 + unsignedBits(layer.inputCount);
    add("weight read", synapses, layer.weightBits * profile.memoryBit(synapses * layer.weightBits));
    add(`multiplication, ${layer.weightBits} × 8 bit`, synapses, profile.multiply(layer.weightBits, 8));
    add(`addition, ${sumBits} bit`, synapses, profile.add(sumBits));
    add("activation read", layer.inputCount, 8 * profile.memoryBit(layer.inputCount * 8));
    add("activation write", layer.neuronCount, 8 * profile.memoryBit(layer.neuronCount * 8));
  }
  return lines.length === 0 ? undefined : { profile: profile.name, lines, total: total(lines, profile) };
}

// ---------------------------------------------------------------------------------------------------------------------

function line(layer: string, event: string, count: number, unit: number, profile: CostProfile): EnergyLine {
  return {
    layer,
    event,
    count,
    unitEnergy: quantity(unit, "J", "estimated", profile.source),
    energy: quantity(count * unit, "J", "estimated", `${event} × ${profile.name}`),
    source: profile.source,
  };
}

function total(lines: readonly EnergyLine[], profile: CostProfile): Quantity {
  const sum = lines.reduce((energy, l) => energy + l.energy.value, 0);
  return quantity(sum, "J", "estimated", `counts of the golden trace × ${profile.name}`);
}

/** Memory words that the weight fetch of a layer reads over the whole trace. */
function layerWork(
  mapping: Mapping,
  trace: EventTrace,
  index: number,
): { readonly wordReads: number; readonly pointerReads: number } {
  const layer: IntegerLayer = assertDefined(mapping.network.layers[index], "layer");
  const { lanes, groups } = assertDefined(mapping.layers[index], "layer");
  const input = index === 0 ? trace.input : assertDefined(trace.layers[index - 1], "input");
  if (mapping.choice.family === "dense") {
    return { wordReads: trace.stepCount * trace.sampleCount * layer.inputCount * groups, pointerReads: 0 };
  }
  const spikes = sumOverSpikes(input, new Uint8Array(layer.inputCount).fill(1));
  if (mapping.choice.weightStorage === "dense") return { wordReads: spikes * groups, pointerReads: 0 };
  const perRow = storedGroups(layer, lanes).map((stored) => stored.length);
  return { wordReads: sumOverSpikes(input, perRow), pointerReads: spikes };
}
