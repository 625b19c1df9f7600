// Walking over the neurons of a convolution: pixels in rows, and in each pixel blocks of channels.

import { apply, i32, sum, times, type KernelBuilder, type Local, type Value } from "../../kernel/language.ts";
import type { ConvolutionPlan } from "./plan.ts";

export interface Block {
  /** Byte offset of the block in a row of neurons. */
  readonly place: Local;
  /** Byte offset of the block in a pixel, or in a row of weights. */
  readonly column: Value;
  /** The first neuron of the block. */
  readonly neuron: Local;
  /** Channels from the block's first to the last of its group; undefined where all blocks have as many as `channelCount`. */
  readonly left: Local | undefined;
  /** Group of input channels, where there are several. */
  readonly group: Local | undefined;
  /** The bit of the window's first cell in the padded input. */
  readonly firstBit: Local;
}

/** Runs `write` for every block of every pixel, in the order of their places. */
export function eachBlock(k: KernelBuilder, plan: ConvolutionPlan, write: (block: Block) => void): void {
  const { blocks, blockVectors, groupBlocks, lanes, layer } = plan;
  const place = k.keep(i32(0));
  const neuron = k.keep(i32(0));
  eachPixel(k, plan, (firstBit) => {
    const own = (index: Value): void => {
      const group = k.keep(apply("i32.div_u", index, i32(groupBlocks)));
      const inGroup = k.keep(apply("i32.sub", index, times(group, groupBlocks)));
      const skipped = times(inGroup, 4 * blockVectors);
      write({
        place,
        column: times(index, 16 * blockVectors),
        neuron: groupBlocks === 1 ? neuron : k.keep(sum(neuron, skipped)),
        left: groupBlocks === 1 ? undefined : k.keep(apply("i32.sub", i32(lanes.count), skipped)),
        group: layer.groups === 1 ? undefined : group,
        firstBit,
      });
      k.set(place, sum(place, i32(16 * blockVectors)));
      const isLast = apply("i32.eq", inGroup, i32(groupBlocks - 1));
      if (groupBlocks === 1) k.set(neuron, sum(neuron, i32(lanes.count)));
      else k.if(isLast, () => k.set(neuron, sum(neuron, i32(lanes.count))));
    };
    if (blocks === 1) own(i32(0));
    else k.loop(i32(0), i32(blocks), 1, own);
  });
}

/** Runs `write` with the bit of the first cell of each pixel's window. */
export function eachPixel(k: KernelBuilder, plan: ConvolutionPlan, write: (firstBit: Local) => void): void {
  const { layer, padded, window } = plan;
  const step = layer.stride * window.stride;
  const rowBit = k.keep(i32(0));
  k.loop(i32(0), i32(layer.output.rows), 1, () => {
    const bit = k.keep(rowBit);
    k.loop(i32(0), i32(layer.output.columns), 1, () => {
      write(bit);
      k.set(bit, sum(bit, i32(step * padded.channels)));
    });
    k.set(rowBit, sum(rowBit, i32(step * padded.columns * padded.channels)));
  });
}

/** Cells from the first position of a window to each of its positions. */
export function memberCells({ layer, padded, window }: ConvolutionPlan): readonly number[] {
  const { size } = window;
  return Array.from(
    { length: size * size },
    (_, i) => (Math.floor(i / size) * padded.columns + (i % size)) * layer.stride,
  );
}

/** Vectors of a block in parts of eight, whose bits fill a word. */
export function blockParts({
  blockVectors,
}: ConvolutionPlan): readonly { readonly first: number; readonly count: number }[] {
  return Array.from({ length: Math.ceil(blockVectors / 8) }, (_, part) => ({
    first: 8 * part,
    count: Math.min(8, blockVectors - 8 * part),
  }));
}
