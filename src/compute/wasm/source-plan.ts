// Where the spikes of one population lie: bits as storage, and the index lists that dense kernels read.

import { planGraded, type GradedPlan, type GradedShape } from "./graded.ts";
import type { Allocator } from "./memory-layout.ts";

/** Spikes of one population: bits, and the index lists that kernels read. */
export interface SourcePlan {
  readonly count: number;
  /** Bits of a row, 32 neurons to a word: [row][word]. */
  readonly bits: number;
  readonly words: number;
  /** Who fires in each row: `index` entries between `start[row]` and `end[row]`, both byte offsets. */
  readonly rows: Lists;
  /** Bytes of the longest list of a row, and of what is written behind it. */
  readonly rowBytes: number;
  /** In which rows each fires. */
  readonly columns: Lists;
  /** Whether anybody reads those lists. */
  readonly isListed: boolean;
  /** Places in the column lists while they are made: [chunk][neuron]. */
  readonly counts: number;
  /** Spikes of each chunk of rows. */
  readonly totals: number;
  /** Bits of a neuron over rows, for tables: [neuron][word of rows]. */
  readonly columnBits: number;
  /** What spikes carry, where they are more than bits. */
  readonly graded: GradedPlan | undefined;
}

export interface Lists {
  readonly start: number;
  readonly end: number;
  readonly index: number;
  /** Bytes of an entry. */
  readonly entry: 2 | 4;
}

/**
 * @param carried  Samples whose last list is kept behind all rows.
 * @param graded  How the population lies, where its spikes carry values.
 */
export function planSource(
  { memory, rows, chunkCount }: { readonly memory: Allocator; readonly rows: number; readonly chunkCount: number },
  count: number,
  parts: {
    readonly isListed: boolean;
    readonly carried?: number;
    readonly graded?: GradedShape | undefined;
  },
): SourcePlan {
  const { isListed, carried = 0, graded } = parts;
  const words = Math.ceil(count / 32);
  const take = (bytes: number): number => memory.take(isListed ? bytes : 0);
  const lists = (keys: number, values: number, more = 0): Lists & { readonly bytes: number } => {
    const entry = values <= 65536 ? 2 : 4;
    const bytes = entry * Math.ceil(values / 32) * 32;
    return {
      start: take(4 * keys),
      end: take(4 * keys),
      index: take((keys + more) * bytes + 64),
      entry,
      bytes,
    };
  };
  const rowLists = lists(rows, count, carried);
  return {
    count,
    words,
    bits: memory.take(4 * (rows + 32) * words),
    isListed,
    rows: rowLists,
    rowBytes: rowLists.bytes,
    columns: lists(count, rows),
    counts: take(4 * count * chunkCount),
    totals: memory.take(4 * chunkCount),
    columnBits: take(4 * 32 * words * Math.ceil(rows / 32)),
    graded: graded === undefined ? undefined : planGraded(memory, rows, graded),
  };
}
