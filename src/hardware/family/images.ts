import { assertDefined } from "../../base/index.ts";
import type { IntegerLayer } from "../golden/index.ts";
import { addressBits, geometryOf, storedGroups } from "./geometry.ts";
import { entryCount } from "./memory.ts";

/** Memory words as hexadecimal digits, most significant first. */
export type MemoryImage = readonly bigint[];

/** Dense rows: word `input · groups + g` holds the weights of group g, lane 0 in the low bits. */
export function denseImage(layer: IntegerLayer, lanes: number): MemoryImage {
  const { groups } = geometryOf(layer, lanes);
  const words: bigint[] = [];
  for (let input = 0; input < layer.inputCount; input++) {
    for (let g = 0; g < groups; g++) words.push(groupWord(layer, lanes, input, g));
  }
  return words;
}

/** Compressed rows: one word {group, weights} per stored group, and one word {count, start} per input. */
export function blocksImages(
  layer: IntegerLayer,
  lanes: number,
): { readonly entries: MemoryImage; readonly pointers: MemoryImage } {
  const { wordBits } = geometryOf(layer, lanes);
  const startBits = BigInt(addressBits(entryCount(layer, lanes)));
  const entries: bigint[] = [];
  const pointers: bigint[] = [];
  storedGroups(layer, lanes).forEach((groups, input) => {
    // An empty row has no start; 0 keeps the word inside its width.
    const start = groups.length === 0 ? 0 : entries.length;
    pointers.push((BigInt(groups.length) << startBits) | BigInt(start));
    for (const g of groups) entries.push((BigInt(g) << BigInt(wordBits)) | groupWord(layer, lanes, input, g));
  });
  if (entries.length === 0) entries.push(0n);
  return { entries, pointers };
}

/** A `$readmemh` file. */
export function imageText(image: MemoryImage, width: number): string {
  const digits = Math.ceil(width / 4);
  return `${image.map((word) => word.toString(16).padStart(digits, "0")).join("\n")}\n`;
}

/** The bytes that fill a memory over the host port, low bits of a word first. */
export function imageBytes(image: MemoryImage, width: number): number[] {
  const bytes = Math.ceil(width / 8);
  return image.flatMap((word) => Array.from({ length: bytes }, (_, i) => Number((word >> BigInt(8 * i)) & 0xffn)));
}

// ---------------------------------------------------------------------------------------------------------------------

function groupWord(layer: IntegerLayer, lanes: number, input: number, group: number): bigint {
  let word = 0n;
  for (let lane = 0; lane < lanes; lane++) {
    const neuron = group * lanes + lane;
    if (neuron >= layer.neuronCount) continue;
    const weight = assertDefined(layer.weights[input * layer.neuronCount + neuron], "weight");
    word |= BigInt.asUintN(layer.weightBits, BigInt(weight)) << BigInt(lane * layer.weightBits);
  }
  return word;
}
