// Where the faults of a network lie in the memories of a mapped design.

import { assertDefined, UserError } from "../../base/index.ts";
import { isConvolution, type Fault, type IntegerLayer } from "../golden/index.ts";
import type { MemoryFault } from "../rtl/index.ts";
import type { Mapping } from "./family.ts";
import { geometryOf, storedGroups, storesBlocks } from "./geometry.ts";

/** A bit of a memory in the design. */
export interface MemoryPlace {
  readonly instance: string;
  readonly word: number;
  readonly bit: number;
}

/** The memory bit of bit `bit` of a weight; undefined when compressed rows do not store it. */
export function weightPlace(mapping: Mapping, index: number, weight: number, bit: number): MemoryPlace | undefined {
  const layer = assertDefined(mapping.network.layers[index], "layer");
  const { lanes } = assertDefined(mapping.layers[index], "mapped layer");
  const instance = `u_fetch_${index}.u_weights`;
  if (isConvolution(layer)) {
    return { instance, word: Math.floor(weight / lanes), bit: (weight % lanes) * layer.weightBits + bit };
  }
  const [input, neuron] = [Math.floor(weight / layer.neuronCount), weight % layer.neuronCount];
  const at = (neuron % lanes) * layer.weightBits + bit;
  const group = Math.floor(neuron / lanes);
  if (!storesBlocks(layer, mapping.choice)) {
    return { instance, word: input * geometryOf(layer, lanes).groups + group, bit: at };
  }
  const word = blockEntries(layer, lanes).get(`${input} ${group}`);
  return word === undefined ? undefined : { instance: `u_fetch_${index}.u_entries`, word, bit: at };
}

/** The instance of a layer's state memory; protection keeps three copies. */
export function stateMemory(index: number, copy: number): string {
  return `u_layer_${index}.u_states.gen_copy[${copy}].u_ram`;
}

/** Bits of a word of a layer's weight memory, without parity. */
export function storedBits(mapping: Mapping, index: number): number {
  const layer = assertDefined(mapping.network.layers[index], "layer");
  const { wordBits, groupBits } = geometryOf(layer, assertDefined(mapping.layers[index], "mapped layer").lanes);
  return storesBlocks(layer, mapping.choice) ? groupBits + wordBits : wordBits;
}

/**
 * The memory faults of a list, as a simulator takes them; those of streams and lanes are left out: `emit` prints them.
 * @throws `faults/not-stored` when a weight is not in memory
 */
export function memoryFaults(mapping: Mapping, faults: readonly Fault[]): MemoryFault[] {
  const places = faults.flatMap((fault) => memoryFault(mapping, fault));
  // A stuck bit stays stuck when it is hit.
  return [...places.filter(({ edit }) => edit === "flip"), ...places.filter(({ edit }) => edit !== "flip")];
}

// ---------------------------------------------------------------------------------------------------------------------

function memoryFault(mapping: Mapping, fault: Fault): MemoryFault[] {
  switch (fault.kind) {
    case "weight-bit": {
      const place = weightPlace(mapping, fault.layer, fault.weight, fault.bit);
      if (place !== undefined) return [{ ...place, edit: "flip", when: "loaded" }];
      throw new UserError(
        "faults/not-stored",
        `layer ${fault.layer}, weight ${fault.weight}: compressed rows do not store it`,
      );
    }
    case "state-bit": {
      const { layer, sample, step } = fault;
      return [{ ...statePlace(mapping, fault), edit: "flip", when: { layer, at: { sample, step } } }];
    }
    case "stuck-bit":
      return [{ ...statePlace(mapping, fault), edit: fault.value, when: { layer: fault.layer, at: "always" } }];
    case "dead-lane":
    case "lossy-events":
      return [];
    default:
      return fault satisfies never;
  }
}

function statePlace(
  mapping: Mapping,
  { layer: index, neuron, bit }: { readonly layer: number; readonly neuron: number; readonly bit: number },
): MemoryPlace {
  const layer = assertDefined(mapping.network.layers[index], "layer");
  const { lanes, stateBits } = geometryOf(layer, assertDefined(mapping.layers[index], "mapped layer").lanes);
  return {
    instance: stateMemory(index, 0),
    word: Math.floor(neuron / lanes),
    bit: (neuron % lanes) * stateBits + bit,
  };
}

const entriesOf = new WeakMap<IntegerLayer, Map<number, ReadonlyMap<string, number>>>();

/** Where compressed rows hold each stored group; kept per layer and lanes, because campaigns ask often. */
function blockEntries(layer: IntegerLayer, lanes: number): ReadonlyMap<string, number> {
  const known = entriesOf.get(layer) ?? new Map<number, ReadonlyMap<string, number>>();
  entriesOf.set(layer, known);
  const found = known.get(lanes);
  if (found !== undefined) return found;
  const entries = new Map<string, number>();
  storedGroups(layer, lanes).forEach((groups, input) => {
    for (const group of groups) entries.set(`${input} ${group}`, entries.size);
  });
  known.set(lanes, entries);
  return entries;
}
