import { assertDefined } from "../../base/index.ts";
import { eventCount, type ConvolutionLayer, type IntegerLayer } from "../golden/index.ts";
import { convFetch } from "./conv-walk.ts";
import { addressBits, geometryOf, storedGroups } from "./geometry.ts";
import { entryCount } from "./memory.ts";

/** Memory words as hexadecimal digits, most significant first. */
export type MemoryImage = readonly bigint[];

/** A kernel: word `(tap · input channels of a group + channel) · words + w` holds P output channels, lane 0 in the low bits. */
export function kernelImage(layer: ConvolutionLayer, lanes: number): MemoryImage {
  const { weights, weightBits } = layer;
  return Array.from({ length: weights.length / lanes }, (_, word) =>
    packLanes(lanes, weightBits, (lane) => assertDefined(weights[word * lanes + lane], "weight")),
  );
}

/** Where the walk of each row (or column) of the input starts: words {count, weight, group}. */
export function axisImage(layer: ConvolutionLayer, lanes: number, axis: "rows" | "columns"): MemoryImage {
  const fetch = convFetch(layer, lanes);
  const { kernelColumns, input, groups, sums } = layer.convolution;
  const kernelStep = (axis === "rows" ? kernelColumns : 1) * (input.channels / groups) * fetch.words;
  const cellStep = (axis === "rows" ? sums.columns : 1) * fetch.words;
  const [weightBits, groupBits] = [fetch.addressBits, geometryOf(layer, lanes).groupBits];
  return fetch[axis].map(({ count, kernel, cell }) =>
    joinFields([count, fetch.countBits], [kernel * kernelStep, weightBits], [cell * cellStep, groupBits]),
  );
}

/** Where each input channel's weights and its group of output channels start: words {weight, group}. */
export function channelImage(layer: ConvolutionLayer, lanes: number): MemoryImage {
  const { words, tapWords, addressBits: weightBits } = convFetch(layer, lanes);
  const { groupBits } = geometryOf(layer, lanes);
  const { channels } = layer.convolution.input;
  const groupInputs = channels / layer.convolution.groups;
  return Array.from({ length: channels }, (_, channel) => {
    const start = Math.floor(channel / groupInputs) * tapWords;
    return joinFields([(channel % groupInputs) * words + start, weightBits], [start, groupBits]);
  });
}

/** One word of P biases per word of a position. */
export function biasImage(layer: IntegerLayer, lanes: number): MemoryImage {
  const { biasBits, words } = geometryOf(layer, lanes);
  return Array.from({ length: words }, (_, w) =>
    packLanes(lanes, biasBits, (lane) => layer.bias?.[w * lanes + lane] ?? 0),
  );
}

/** Dense rows: word `input · groups + g` holds the weights of group g, lane 0 in the low bits. */
export function denseImage(layer: IntegerLayer, lanes: number): MemoryImage {
  const { groups } = geometryOf(layer, lanes);
  const words: bigint[] = [];
  for (let input = 0; input < eventCount(layer); input++) {
    for (let g = 0; g < groups; g++) words.push(groupWord(layer, lanes, input, g));
  }
  return words;
}

/** Dense columns: word `group · inputs + input`, as families fetch them that stay with a group of neurons. */
export function columnImage(layer: IntegerLayer, lanes: number): MemoryImage {
  const words: bigint[] = [];
  for (let g = 0; g < geometryOf(layer, lanes).groups; g++) {
    for (let input = 0; input < layer.inputCount; input++) words.push(groupWord(layer, lanes, input, g));
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

/** Words of `width` bits with one more bit on top that makes the number of ones even. */
export function withParity(image: MemoryImage, width: number): MemoryImage {
  return image.map((word) => {
    let odd = 0n;
    for (let rest = word; rest !== 0n; rest &= rest - 1n) odd ^= 1n;
    return word | (odd << BigInt(width));
  });
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
  return packLanes(lanes, layer.weightBits, (lane) => {
    const neuron = group * lanes + lane;
    if (neuron >= layer.neuronCount) return 0;
    return assertDefined(layer.weights[input * layer.neuronCount + neuron], "weight");
  });
}

/** Signed values side by side, lane 0 in the low bits. */
function packLanes(lanes: number, bits: number, value: (lane: number) => number): bigint {
  let word = 0n;
  for (let lane = 0; lane < lanes; lane++) word |= BigInt.asUintN(bits, BigInt(value(lane))) << BigInt(lane * bits);
  return word;
}

/** Unsigned fields [value, bits], the first in the high bits. */
function joinFields(...fields: readonly (readonly [number, number])[]): bigint {
  return fields.reduce((word, [value, bits]) => (word << BigInt(bits)) | BigInt.asUintN(bits, BigInt(value)), 0n);
}
