// The weight fetch of one layer: which block, its parameters, and the memory images that belong to it.

import { assertDefined } from "../../base/index.ts";
import { eventCount, isConvolution, type ConvolutionLayer } from "../golden/index.ts";
import { mangleName, type DesignFile } from "../rtl/index.ts";
import { convFetch } from "./conv-walk.ts";
import { weightParts } from "./emit-neurons.ts";
import type { MappedMemory, Mapping } from "./family.ts";
import { geometryOf, readsEveryRow, storesBlocks } from "./geometry.ts";
import {
  axisImage,
  blocksImages,
  channelImage,
  denseImage,
  imageText,
  kernelImage,
  type MemoryImage,
} from "./images.ts";
import { entryCount } from "./memory.ts";

export interface FetchParts {
  /** The block of `hdl/` that fetches. */
  readonly block: string;
  /** Its parameters, one line each. */
  readonly parameters: readonly string[];
  readonly files: readonly DesignFile[];
  /** Words that load its weights over the host port. */
  readonly loadWords: readonly number[];
}

export function fetchParts(mapping: Mapping, index: number): FetchParts {
  const layer = assertDefined(mapping.network.layers[index], "layer");
  const { lanes, memories } = assertDefined(mapping.layers[index], "mapped layer");
  const geometry = geometryOf(layer, lanes);
  const files: DesignFile[] = [];
  const loadWords: number[] = [];
  const suffix = `${index}_${mangleName(layer.name, index)}.hex`;
  const placeWeights = (image: MemoryImage, name: string): string => {
    const weights = weightParts(mapping, index, image, name);
    files.push(...weights.files);
    loadWords.push(...weights.loadWords);
    return weights.parameter;
  };
  const tables = memories.filter(({ role }) => role === "row-pointers");
  const addTable = (image: MemoryImage, name: string, at = 0): string =>
    addFile(files, `${name}_${suffix}`, image, assertDefined<MappedMemory>(tables[at], "table").width);
  const parts = (block: string, parameters: readonly string[]): FetchParts => ({ block, parameters, files, loadWords });

  if (isConvolution(layer)) {
    const rows = addTable(axisImage(layer, lanes, "rows"), "rows", 0);
    const columns = addTable(axisImage(layer, lanes, "columns"), "columns", 1);
    return parts("fetch_conv", [
      ...convParameters(layer, lanes),
      `.RowFile(${rows}), .ColumnFile(${columns})`,
      ...(layer.convolution.groups > 1 ? [`.ChannelFile(${addTable(channelImage(layer, lanes), "channels", 2)})`] : []),
      placeWeights(kernelImage(layer, lanes), "weights"),
    ]);
  }
  const sizes = `.Inputs(${eventCount(layer)}), .Groups(${geometry.groups}), .WordBits(${geometry.wordBits})`;
  if (storesBlocks(layer, mapping.choice)) {
    const { entries, pointers } = blocksImages(layer, lanes);
    return parts("fetch_blocks", [
      sizes,
      `.Entries(${entryCount(layer, lanes)}), ${placeWeights(entries, "blocks")}`,
      `.PointerFile(${addTable(pointers, "pointers")})`,
    ]);
  }
  const block = readsEveryRow(mapping.choice) ? "fetch_bitmap" : "fetch_dense";
  return parts(block, [sizes, placeWeights(denseImage(layer, lanes), "weights")]);
}

// ---------------------------------------------------------------------------------------------------------------------

function addFile(files: DesignFile[], name: string, image: MemoryImage, width: number): string {
  files.push({ name, text: imageText(image, width) });
  return `"${name}"`;
}

function convParameters(layer: ConvolutionLayer, lanes: number): string[] {
  const { input, kernelColumns, stride, groups, sums } = layer.convolution;
  const { sumGroups, wordBits } = geometryOf(layer, lanes);
  const { words, tapWords, depth, countBits } = convFetch(layer, lanes);
  const columnWeights = stride * (input.channels / groups) * words;
  return [
    `.Inputs(${layer.inputCount}), .Rows(${input.rows}), .Columns(${input.columns}), .Channels(${input.channels})`,
    `.Groups(${sumGroups}), .TapWords(${tapWords}), .Depth(${depth}), .WordBits(${wordBits}), .CountBits(${countBits})`,
    `.GroupColumnStep(${words}), .GroupRowStep(${sums.columns * words})`,
    `.WeightColumnStep(${columnWeights}), .WeightRowStep(${columnWeights * kernelColumns})`,
  ];
}
