// The accumulate phase as kernel code: for every event, one row of weights is added to all neurons of a tile.

import { assertDefined } from "../../../base/index.ts";
import { kernel } from "../../../compute/index.ts";
import { isPaired, type LaneBits, type LanePlan } from "./lane-plan.ts";
import { eventsTogether } from "./memory-plan.ts";

const { apply, i32, load, sum, times } = kernel;

/** Where the weights of a tile lie, and how they are added. */
export interface TileCode {
  readonly lanes: LanePlan;
  readonly tileNeurons: number;
  /** Of the layer's first tile; constant. */
  readonly weightAddress: number;
  /** Byte offset of this tile. */
  readonly tileOffset: kernel.Value;
  /** Zeros, and room for the sums: V8 joins neighboring vectors that begin in memory and end there. */
  readonly zeros: number;
  readonly sums: number;
}

/** Reads vector `index` of the sums: four neurons as 32-bit integers. */
export type SumReader = (index: number) => kernel.Value;

/** Add the weight rows of the events whose u16 indices lie in bytes `from`…`to`. */
export function accumulate(k: kernel.KernelBuilder, tile: TileCode, from: kernel.Value, to: kernel.Value): SumReader {
  const { levels } = tile.lanes;
  const top = levels.length - 1;
  const { bits } = assertDefined(levels[top], "lane level");
  gather(k, tile, top, { from, to });
  return (index) => readLanes(tile, bits, 32, index);
}

// ---------------------------------------------------------------------------------------------------------------------

interface Range {
  readonly from: kernel.Value;
  readonly to: kernel.Value;
}

/** Leaves the sums of a level over some events in memory; a narrower level below is emptied into it block by block. */
function gather(k: kernel.KernelBuilder, tile: TileCode, index: number, events: Range): void {
  const { bits } = assertDefined(tile.lanes.levels[index], "lane level");
  const totals = Array.from({ length: (tile.tileNeurons * bits) / 128 }, (_, i) =>
    k.keep(load("v128", i32(tile.zeros), 16 * i)),
  );
  const below = tile.lanes.levels[index - 1];
  if (below === undefined) (isPaired(tile.lanes) ? addPairs : addRows)(k, tile, bits, events, totals);
  else {
    const additions = assertDefined(below.additions, "additions of a narrow lane");
    const blockBytes = 2 * eventsTogether * Math.floor(additions / eventsTogether);
    const end = k.local("i32");
    k.loop(events.from, events.to, blockBytes, (start) => {
      k.set(end, sum(start, i32(blockBytes)));
      k.if(apply("i32.gt_s", end, events.to), () => k.set(end, events.to));
      gather(k, tile, index - 1, { from: start, to: end });
      totals.forEach((total, i) => k.set(total, apply(addition[bits], total, readLanes(tile, below.bits, bits, i))));
    });
  }
  kernel.storeVectors(k, i32(tile.sums), sumsOffset(tile, bits), totals);
}

const addition = { 8: "b.add", 16: "h.add", 32: "w.add" } as const;

/** Where the sums of a level lie. */
function sumsOffset({ tileNeurons }: TileCode, bits: LaneBits): number {
  return Math.log2(bits / 8) * 4 * tileNeurons;
}

function addRows(
  k: kernel.KernelBuilder,
  tile: TileCode,
  bits: LaneBits,
  events: Range,
  totals: readonly kernel.Local[],
): void {
  eachRow(k, tile, events, (row) => {
    totals.forEach((total, i) => k.set(total, apply(addition[bits], total, loadLanes(tile, bits, row, i))));
  });
}

/**
 * Two weights to a lane: adding lanes as they are gives 256 · Σ upper + Σ lower + 128 for each row, modulo 2¹⁶, and shifted they
 * give Σ upper. Both sums fit their lanes, so the lower ones follow exactly: fewer instructions than widening each byte.
 */
function addPairs(
  k: kernel.KernelBuilder,
  tile: TileCode,
  _bits: LaneBits,
  events: Range,
  totals: readonly kernel.Local[],
): void {
  const halves = totals.map((total, i) => ({ total, isUpper: i % 4 >= 2, vector: 2 * (i >> 2) + (i & 1) }));
  eachRow(k, tile, events, (row) => {
    const lanes = Array.from({ length: totals.length / 2 }, (_, i) =>
      k.keep(load("v128", row, tile.weightAddress + 16 * i)),
    );
    for (const { total, isUpper, vector } of halves) {
      const both = assertDefined(lanes[vector], "lanes");
      k.set(total, apply("h.add", total, isUpper ? apply("h.shr_s", both, i32(8)) : both));
    }
  });
  const bias = k.keep(apply("h.splat", times(apply("i32.sub", events.to, events.from), 64)));
  halves.forEach(({ total, isUpper }, i) => {
    if (isUpper) return;
    const upper = assertDefined(totals[i + 2], "sum");
    k.set(total, apply("h.sub", apply("h.sub", total, bias), apply("h.shl", upper, i32(8))));
  });
}

/** Runs `write` with the weight row of each event, four in one turn; lists are padded with the row of zeros. */
function eachRow(
  k: kernel.KernelBuilder,
  { tileNeurons, lanes, tileOffset }: TileCode,
  { from, to }: Range,
  write: (row: kernel.Local) => void,
): void {
  k.loop(from, to, 2 * eventsTogether, (event) => {
    const rows = Array.from({ length: eventsTogether }, (_, i) =>
      k.keep(sum(times(load("u16", event, 2 * i), tileNeurons * lanes.weightBytes), tileOffset)),
    );
    rows.forEach(write);
  });
}

/** Vector `index` of a weight row. The narrowest lanes are as wide as a stored weight, or twice as wide. */
function loadLanes(tile: TileCode, bits: LaneBits, row: kernel.Value, index: number): kernel.Value {
  const { weightBytes } = tile.lanes;
  const offset = tile.weightAddress + ((index * 128) / bits) * weightBytes;
  if (bits === weightBytes * 8) return load("v128", row, offset);
  return load(weightBytes === 1 ? "v128.bytes" : "v128.halves", row, offset);
}

/** Vector `index` of sums in lanes of `from` bits, in lanes of `to` bits. */
function readLanes(tile: TileCode, from: LaneBits, to: LaneBits, index: number): kernel.Value {
  const at = i32(tile.sums);
  const offset = sumsOffset(tile, from) + (((index * 128) / to) * from) / 8;
  if (from === to) return load("v128", at, offset);
  if (from === 16) return load("v128.halves", at, offset);
  if (to === 16) return load("v128.bytes", at, offset);
  const half = index % 2 === 0 ? "w.extendLow" : "w.extendHigh";
  return apply(half, load("v128.bytes", at, offset - (index % 2) * 4));
}
