// Sums over dense spikes ("four Russians"): spikes are bits, so for every four inputs the 16 possible sums of their weight rows are
// prepared once per tile, and each row of a batch adds one of them per four inputs. The same over four rows gives weight gradients.

import { assertDefined } from "../../base/index.ts";
import {
  apply,
  i32,
  KernelBuilder,
  load,
  sum,
  times,
  type Kernel,
  type Local,
  type Value,
} from "../kernel/language.ts";
import { addVectors, argument, argumentCount, rowCell, storeVectors, zeroVectors } from "./code.ts";
import type { Gather } from "./forward.ts";
import { learner, type Learning } from "./learn.ts";
import { columnWords, tableChunkWords, type LayerPlan, type Plan } from "./plan.ts";

/**
 * Whether tables beat lists: adding a line of a table costs about as much as 0.17 of four rows, and making one for four inputs (or
 * rows) as much as twenty. Measured: see docs/explanation/performance.md.
 */
export function tablesPay(density: number, rows: number, inputCount: number): boolean {
  return density > 0.17 + 5 / Math.min(rows, inputCount);
}

/** Forward sums by table; the table of a tile lies in the thread's scratch and is made when the tile changes. */
export function gatherTables(
  plan: Plan,
  layer: LayerPlan,
): { readonly begin: (k: KernelBuilder, tile: Local) => void; readonly gather: Gather } {
  let table: Local | undefined;
  const { input, width } = layer;
  return {
    begin: (k, tile) => {
      const scratch = k.keep(sum(times(k.argument(argument.thread), plan.scratchBytes), i32(plan.scratch)));
      table = scratch;
      // Locals start at 0, so 0 means that no table is there yet.
      const present = k.local("i32");
      k.if(apply("i32.ne", present, sum(tile, i32(1))), () => {
        k.set(present, sum(tile, i32(1)));
        const weights = k.keep(times(tile, layer.inputCount * layer.tileBytes));
        fillTable(k, {
          table: scratch,
          from: weights,
          offset: layer.weights.values,
          count: layer.inputCount,
          words: input.words,
          width,
        });
      });
    },
    gather: (k, sums, _tile, row) => {
      const words = k.keep(times(row, 4 * input.words));
      addFromTable(k, {
        table: assertDefined(table, "table"),
        bits: sum(words, i32(input.bits)),
        words: i32(input.words),
        width,
        sums,
      });
    },
  };
}

/** Units: words of neurons. Bits [row][word of neurons] turned into [neuron][word of rows]. */
export function transposeBitsKernel(name: string, plan: Plan, layer: LayerPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { input } = layer;
  const rowWords = columnWords(plan);
  const rows = k.keep(times(k.argument(argument.samples), plan.sampleRows));
  const blocks = k.keep(apply("i32.shr_u", sum(rows, i32(31)), i32(5)));
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (word) => {
    k.loop(i32(0), blocks, 1, (block) => {
      const from = k.keep(times(sum(times(block, 32 * input.words), word), 4));
      const lines = Array.from({ length: 32 }, (_, i) => k.keep(load("i32", from, input.bits + 4 * input.words * i)));
      // Beyond the batch lie spikes of an earlier one.
      k.if(apply("i32.eq", sum(block, i32(1)), blocks), () => {
        lines.forEach((line, i) => {
          const isPast = apply("i32.ge_s", sum(times(block, 32), i32(i)), rows);
          k.set(line, apply("i32.and", line, apply("i32.sub", isPast, i32(1))));
        });
      });
      transposeBlock(k, lines);
      const to = k.keep(sum(times(word, 32 * 4 * rowWords), times(block, 4)));
      lines.forEach((line, i) => k.store(to, input.columnBits + 4 * rowWords * i, line));
    });
  });
  return k.finish();
}

/** Units: tiles. Weight gradient by tables over rows. */
export function tableWeightsKernel(name: string, plan: Plan, layer: LayerPlan, learning: Learning): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { width, tileBytes, inputCount, input } = layer;
  const rows = plan.maxSampleCount * plan.sampleRows;
  const learn = learner(k, plan, learning);
  const gradient = assertDefined(layer.saved[0], "gradient");
  const rowWords = columnWords(plan);
  const used = k.keep(times(k.argument(argument.samples), plan.sampleRows));
  const usedWords = k.keep(apply("i32.shr_u", sum(used, i32(31)), i32(5)));
  const table = k.keep(sum(times(k.argument(argument.thread), plan.scratchBytes), i32(plan.scratch)));
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (tile) => {
    k.loop(i32(0), usedWords, tableChunkWords, (first) => {
      const words = k.keep(i32(tableChunkWords));
      const left = k.keep(apply("i32.sub", usedWords, first));
      k.if(apply("i32.lt_s", left, words), () => k.set(words, left));
      const from = k.keep(rowCell(layer, rows, tile, times(first, 32)));
      fillTable(k, { table, from, offset: gradient, count: times(words, 32), words, width });
      const isLast = k.keep(apply("i32.eq", left, words));
      k.loop(i32(0), i32(inputCount), 1, (source) => {
        const at = k.keep(times(sum(times(tile, inputCount), source), tileBytes));
        const sums = zeroVectors(k, width);
        k.if(first, () => addVectors(k, sums, at, layer.weights.gradient));
        const bits = sum(times(sum(times(source, rowWords), first), 4), i32(input.columnBits));
        addFromTable(k, { table, bits, words, width, sums });
        k.if(apply("i32.eqz", isLast), () => storeVectors(k, at, layer.weights.gradient, sums));
        k.if(isLast, () => learn(at, layer.weights, sums));
      });
    });
  });
  return k.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

/**
 * For each group of four lines the sums of all subsets, lines added in ascending order; lines from `count` on count as 0.
 * @param from   Byte offset of the first line; lines are `width` floats apart.
 * @param words  Groups are `words` · 8.
 */
function fillTable(
  k: KernelBuilder,
  parts: {
    readonly table: Local;
    readonly from: Local;
    readonly offset: number;
    readonly count: number | Value;
    readonly words: number | Value;
    readonly width: number;
  },
): void {
  const { table, from, offset, width } = parts;
  const lineBytes = 4 * width;
  const [count, words] = [parts.count, parts.words].map((n) => (typeof n === "number" ? i32(n) : n)) as [Value, Value];
  const line = k.keep(i32(0));
  const to = k.keep(table);
  const source = k.keep(from);
  k.loop(i32(0), times(words, 8), 1, () => {
    // Half a table line at a time: 16 sums of two pairs of vectors stay in registers.
    for (let start = 0; start < width; start += 8) {
      const zero = zeroVectors(k, 8);
      const lines = [0, 1, 2, 3].map((i) => {
        const vectors = zeroVectors(k, 8);
        k.if(apply("i32.lt_s", sum(line, i32(i)), count), () => {
          vectors.forEach((local, j) =>
            k.set(local, load("v128", source, offset + i * lineBytes + 4 * start + 16 * j)),
          );
        });
        return vectors;
      });
      const sums: (readonly Value[])[] = [zero];
      for (let subset = 1; subset < 16; subset++) {
        const highest = 31 - Math.clz32(subset);
        const rest = assertDefined(sums[subset - 2 ** highest], "smaller subset");
        const added = assertDefined(lines[highest], "line");
        sums.push(
          subset === 2 ** highest
            ? added
            : added.map((v, j) => k.keep(apply("v.add", assertDefined(rest[j], "sum"), v))),
        );
      }
      sums.forEach((vectors, subset) => storeVectors(k, to, subset * lineBytes + 4 * start, vectors));
    }
    k.set(line, sum(line, i32(4)));
    k.set(source, sum(source, i32(4 * lineBytes)));
    k.set(to, sum(to, i32(16 * lineBytes)));
  });
}

/** Adds one line of the table for every four bits. */
function addFromTable(
  k: KernelBuilder,
  parts: {
    readonly table: Local;
    readonly bits: Value;
    readonly words: Value;
    readonly width: number;
    readonly sums: readonly Local[];
  },
): void {
  const { width, sums } = parts;
  const lineBytes = 4 * width;
  const shift = Math.log2(lineBytes);
  const at = k.keep(parts.bits);
  const group = k.keep(parts.table);
  k.loop(i32(0), parts.words, 1, () => {
    const word = k.keep(load("i32", at));
    k.if(word, () => {
      for (let nibble = 0; nibble < 8; nibble++) {
        const shifted =
          nibble * 4 >= shift
            ? apply("i32.shr_u", word, i32(nibble * 4 - shift))
            : apply("i32.shl", word, i32(shift - nibble * 4));
        const line = k.keep(sum(group, apply("i32.and", shifted, i32(15 << shift))));
        addVectors(k, sums, line, nibble * 16 * lineBytes);
      }
    });
    k.set(at, sum(at, i32(4)));
    k.set(group, sum(group, i32(8 * 16 * lineBytes)));
  });
}

/** 32 × 32 bits turned about their diagonal, in place: swap ever smaller blocks. @source H. Warren, Hacker's Delight, §7-3 */
function transposeBlock(k: KernelBuilder, lines: readonly Local[]): void {
  for (let half = 16; half >= 1; half >>= 1) {
    let mask = 0;
    for (let bit = 0; bit < 32; bit++) if ((bit & half) === 0) mask |= 1 << bit;
    for (let i = 0; i < 32; i++) {
      if ((i & half) !== 0) continue;
      const low = assertDefined(lines[i], "line");
      const high = assertDefined(lines[i + half], "line");
      const swap = k.keep(apply("i32.and", apply("i32.xor", apply("i32.shr_u", low, i32(half)), high), i32(mask)));
      k.set(high, apply("i32.xor", high, swap));
      k.set(low, apply("i32.xor", low, apply("i32.shl", swap, i32(half))));
    }
  }
}
