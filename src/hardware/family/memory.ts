import { unsignedBits } from "../../base/index.ts";
import { eventCount, isConvolution, sumCount, type IntegerLayer, type IntegerNetwork } from "../golden/index.ts";
import { ramBlocks, ramKinds } from "../target/index.ts";
import { convFetch } from "./conv-walk.ts";
import type { HardwareChoice, MappedMemory } from "./family.ts";
import { addressBits, geometryOf, readsEveryRow, storedGroups, storesBlocks } from "./geometry.ts";

const { "ice40-ebr": blockRam, "ice40-spram": singlePortRam } = ramKinds;

/** A memory of a layer. */
export function memoryOf(
  layer: IntegerLayer,
  shape: {
    readonly role: MappedMemory["role"];
    readonly depth: number;
    readonly width: number;
    /** Default: all of them. */
    readonly logicalBits?: number | undefined;
    /** Default: block RAM. */
    readonly place?: MappedMemory["place"] | undefined;
  },
): MappedMemory {
  const { role, depth, width, logicalBits = depth * width, place = "block-ram" } = shape;
  const ram = place === "single-port-ram" ? singlePortRam : blockRam;
  const blocks = place === "registers" ? 0 : ramBlocks(ram, depth, width);
  const allocatedBits = place === "registers" ? depth * width : blocks * ram.bits;
  return {
    name: `${layer.name} ${role}`,
    layer: layer.name,
    role,
    depth,
    width,
    place,
    logicalBits,
    allocatedBits,
    blocks,
  };
}

/** The memories of one layer, its weights in block RAM or in the large single-port RAM. */
export function layerMemories(
  network: IntegerNetwork,
  index: number,
  choice: HardwareChoice,
  weightPlace: "block-ram" | "single-port-ram",
): MappedMemory[] {
  const layer = network.layers[index];
  if (layer === undefined) return [];
  const geometry = geometryOf(layer, choice.lanes[index] ?? 1);
  const { groups, sumGroups, groupBits, lanes, sumBits, stateBits, wordBits, fifoDepth, addressBits: bits } = geometry;
  const memory = (
    role: MappedMemory["role"],
    depth: number,
    width: number,
    logicalBits?: number,
    place?: MappedMemory["place"],
  ): MappedMemory => memoryOf(layer, { role, depth, width, logicalBits, place });
  const found: MappedMemory[] = [];
  const parity = choice.protection?.includes("parity") === true ? 1 : 0;
  if (isConvolution(layer)) {
    const { depth, countBits, addressBits: start } = convFetch(layer, lanes);
    const { rows, columns, channels } = layer.convolution.input;
    found.push(memory("weights", depth, wordBits + parity, layer.weights.length * layer.weightBits, weightPlace));
    found.push(memory("row-pointers", rows, countBits + start + groupBits));
    found.push(memory("row-pointers", columns, countBits + start + groupBits));
    if (layer.convolution.groups > 1) found.push(memory("row-pointers", channels, start + groupBits));
  } else if (storesBlocks(layer, choice)) {
    const entries = entryCount(layer, lanes);
    const width = groupBits + wordBits;
    found.push(memory("weights", entries, width + parity, entries * width, weightPlace));
    found.push(memory("row-pointers", eventCount(layer), unsignedBits(groups) + addressBits(entries)));
  } else {
    const logical = layer.weights.length * layer.weightBits;
    found.push(memory("weights", eventCount(layer) * groups, wordBits + parity, logical, weightPlace));
  }
  if (readsEveryRow(choice)) found.push(memory("events", eventCount(layer), 1));
  if (layer.isRecurrent === true) found.push(memory("feedback", layer.neuronCount + 1, bits + 2));
  if (layer.bias !== undefined) {
    const { words, biasBits } = geometry;
    found.push(memory("bias", words, lanes * biasBits, layer.bias.length * biasBits));
  }
  found.push(memory("accumulator", sumGroups, lanes * sumBits, sumCount(layer) * sumBits));
  const copies = choice.protection?.includes("triple") === true ? 3 : 1;
  for (let i = 0; i < copies; i++) {
    found.push(memory("state", groups, lanes * stateBits, layer.neuronCount * stateBits));
  }
  if (index === network.layers.length - 1) {
    found.push(memory("counts", layer.neuronCount, unsignedBits(network.stepCount)));
  } else found.push(memory("events", fifoDepth, bits + 2));
  return found;
}

/** Counting looks at every weight, and fitting asks for the same count often. Layers do not change. */
const counted = new WeakMap<IntegerLayer, Map<number, number>>();

/** Stored groups of compressed rows; at least one word, so that the memory exists. */
export function entryCount(layer: IntegerLayer, lanes: number): number {
  const ofLayer = counted.get(layer) ?? new Map<number, number>();
  counted.set(layer, ofLayer);
  const count =
    ofLayer.get(lanes) ??
    Math.max(
      1,
      storedGroups(layer, lanes).reduce((sum, row) => sum + row.length, 0),
    );
  ofLayer.set(lanes, count);
  return count;
}
