// Zeros before each value in r bits; a longer run inserts entries of value 0. Shared by the formats that count zeros.

import type { IntegerMatrix, MatrixShape, StoredMatrix, StoredMemory } from "./format.ts";

/** Bits of a run that may be chosen. */
export const runBitChoices: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

export interface Runs {
  readonly runs: readonly number[];
  readonly values: readonly number[];
}

/** The entries of a sequence. The tail of zeros is not stored. */
export function runsOf(values: ArrayLike<number>, runBits: number): Runs {
  const longest = 2 ** runBits - 1;
  const runs: number[] = [];
  const kept: number[] = [];
  let last = values.length - 1;
  while (last >= 0 && values[last] === 0) last--;
  let run = 0;
  for (let i = 0; i <= last; i++) {
    const value = values[i] ?? 0;
    if (value === 0 && run < longest) run++;
    else {
      runs.push(run);
      kept.push(value);
      run = 0;
    }
  }
  return { runs, values: kept };
}

/** Entries put back, from position `start` on. */
export function unrun({ runs, values }: Runs, target: number[], start: number): void {
  let at = start;
  runs.forEach((run, k) => {
    at += run;
    target[at++] = values[k] ?? 0;
  });
}

/** Bits of an entry: even a spike needs its value, because fillers are none. */
export const entryBits = ({ bits }: MatrixShape, runBits: number): number => runBits + bits;

/** Entries per element at a density: each run beyond the longest adds fillers. */
export function expectedEntries(density: number, runBits: number): number {
  if (density === 0) return 0;
  const q = (1 - density) ** (2 ** runBits);
  return density * (1 + q / (1 - q));
}

/** The memories of entries. */
export function runMemories(entries: Runs, { bits }: MatrixShape, runBits: number): StoredMemory[] {
  return [
    { name: "runs", role: "metadata", width: runBits, words: entries.runs },
    { name: "values", role: "payload", width: bits, words: entries.values },
  ];
}

/** The choice with the fewest bits; the first on a tie. */
export function bestOf<Choice>(choices: readonly Choice[], bitsOf: (choice: Choice) => number): Choice {
  let [best] = choices;
  if (best === undefined) throw new RangeError("nothing to choose from");
  for (const choice of choices) if (bitsOf(choice) < bitsOf(best)) best = choice;
  return best;
}

/** Entries that a decoder passes until the end of each row, reading from the start of the matrix. Shape [row]. */
export function entriesUpTo({ rows, columns, values }: IntegerMatrix, runBits: number): number[] {
  const { runs } = runsOf(values, runBits);
  const counts: number[] = [];
  let at = 0;
  let count = 0;
  for (let row = 1; row <= rows; row++) {
    for (; count < runs.length && at < row * columns; count++) at += (runs[count] ?? 0) + 1;
    counts.push(count);
  }
  return counts;
}

/** What a decoder of runs gets back. */
export function runsIn(stored: StoredMatrix): Runs {
  const words = (name: string): readonly number[] => stored.memories.find((m) => m.name === name)?.words ?? [];
  return { runs: words("runs"), values: words("values") };
}
