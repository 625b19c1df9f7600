// The accumulate phase as kernel code: for every event, one row of weights is added to all neurons of a tile.

import { assertDefined } from "../../../base/index.ts";
import { kernel } from "../../../compute/index.ts";
import type { LaneBits, LanePlan } from "./lane-plan.ts";
import { tileNeurons } from "./memory-plan.ts";

const { apply, i32, load, sum, times } = kernel;

/** Where the weights of a tile lie, and how they are added. */
export interface TileCode {
  readonly lanes: LanePlan;
  /** Of the layer's first tile; constant. */
  readonly weightAddress: number;
  /** Byte offset of this tile. */
  readonly tileOffset: kernel.Value;
}

/** Reads vector `index` of the sums: four neurons as 32-bit integers. */
export type SumReader = (index: number) => kernel.Value;

/**
 * Add the weight rows of the events whose u16 indices lie in bytes `from`…`to`.
 * The narrow sums live in locals; the reader widens them where they are used.
 */
export function accumulate(k: kernel.KernelBuilder, tile: TileCode, from: kernel.Value, to: kernel.Value): SumReader {
  const { levels } = tile.lanes;
  const top = levels.length - 1;
  let bits = assertDefined(levels[top], "lane level").bits;
  let read = gather(k, tile, top, { from, to });
  while (bits < 32) {
    read = widened(bits, read);
    bits = twice(bits);
  }
  return read;
}

// ---------------------------------------------------------------------------------------------------------------------

interface Range {
  readonly from: kernel.Value;
  readonly to: kernel.Value;
}

/** Sums of a level over some events; a narrower level below is emptied into it block by block. */
function gather(k: kernel.KernelBuilder, tile: TileCode, index: number, events: Range): SumReader {
  const level = assertDefined(tile.lanes.levels[index], "lane level");
  const totals = Array.from({ length: (tileNeurons * level.bits) / 128 }, () => k.local("v128"));
  for (const total of totals) k.set(total, apply("w.splat", i32(0)));
  const read: SumReader = (i) => assertDefined(totals[i], "sum");
  const below = tile.lanes.levels[index - 1];
  if (below === undefined) {
    addRows(k, tile, level.bits, events, totals);
    return read;
  }
  const blockBytes = 2 * assertDefined(below.additions, "additions of a narrow lane");
  const end = k.local("i32");
  k.loop(events.from, events.to, blockBytes, (start) => {
    k.set(end, sum(start, i32(blockBytes)));
    k.if(apply("i32.gt_s", end, events.to), () => k.set(end, events.to));
    const narrow = widenedTo(level.bits, below.bits, gather(k, tile, index - 1, { from: start, to: end }));
    totals.forEach((total, i) => k.set(total, apply(additions[level.bits], total, narrow(i))));
  });
  return read;
}

const additions = { 8: "b.add", 16: "h.add", 32: "w.add" } as const;

/** Two events in one turn, then the odd one. */
function addRows(
  k: kernel.KernelBuilder,
  tile: TileCode,
  bits: LaneBits,
  { from, to }: Range,
  totals: readonly kernel.Local[],
): void {
  const rowBytes = tileNeurons * tile.lanes.weightBytes;
  const addRow = (row: kernel.Value): void => {
    totals.forEach((total, i) => k.set(total, apply(additions[bits], total, loadLanes(tile, bits, row, i))));
  };
  const rowOf = (event: kernel.Value, offset: number): kernel.Local =>
    k.keep(sum(times(load("u16", event, offset), rowBytes), tile.tileOffset));
  const evenEnd = k.keep(apply("i32.sub", to, apply("i32.and", apply("i32.sub", to, from), i32(2))));
  k.loop(from, evenEnd, 4, (event) => {
    const rows = [rowOf(event, 0), rowOf(event, 2)];
    rows.forEach(addRow);
  });
  k.if(apply("i32.ne", evenEnd, to), () => addRow(rowOf(evenEnd, 0)));
}

/** Vector `index` of a weight row. The narrowest lanes are as wide as a stored weight, or twice as wide. */
function loadLanes(tile: TileCode, bits: LaneBits, row: kernel.Value, index: number): kernel.Value {
  const { weightBytes } = tile.lanes;
  const offset = tile.weightAddress + ((index * 128) / bits) * weightBytes;
  if (bits === weightBytes * 8) return load("v128", row, offset);
  return load(weightBytes === 1 ? "v128.bytes" : "v128.halves", row, offset);
}

function widenedTo(bits: LaneBits, from: LaneBits, read: SumReader): SumReader {
  return from === bits ? read : widenedTo(bits, twice(from), widened(from, read));
}

function widened(bits: LaneBits, read: SumReader): SumReader {
  const [low, high] =
    bits === 8 ? (["h.extendLow", "h.extendHigh"] as const) : (["w.extendLow", "w.extendHigh"] as const);
  return (index) => apply(index % 2 === 0 ? low : high, read(index >> 1));
}

function twice(bits: LaneBits): LaneBits {
  return bits === 8 ? 16 : 32;
}
