import { geometryOf, type Geometry } from "../geometry.ts";
import type { Mapping } from "../family.ts";
import { assertDefined } from "../../../base/index.ts";

/** Bits that the encoder of the first layer looks at together; behind it, a word is what the units of the layer below fire. */
const firstChunk = 16;

/** Sizes of one layer behind a spike list. */
export interface ListSizes {
  readonly geometry: Geometry;
  readonly inputCount: number;
  /** Bits of a word of input spikes. */
  readonly chunk: number;
  /** Words of one step of input spikes. */
  readonly words: number;
}

export function listSizes({ network, layers }: Mapping, index: number): ListSizes {
  const layer = assertDefined(network.layers[index], "layer");
  const chunk = chunkBits(layer.inputCount, layers[index - 1]?.lanes);
  return {
    geometry: geometryOf(layer, assertDefined(layers[index], "mapped layer").lanes),
    inputCount: layer.inputCount,
    chunk,
    words: Math.ceil(layer.inputCount / chunk),
  };
}

/** Bits of a word of input spikes; `below` are the units of the layer below, undefined for the host. */
export function chunkBits(inputCount: number, below: number | undefined): number {
  return below ?? Math.min(firstChunk, inputCount);
}
