// From whatever arrives to bits, and from bits to the index lists that the other kernels read. Lists are made right before use and
// lie close together. Column lists are row lists sorted by neuron: counted, placed and filled in chunks, one for each thread.

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
import { appendBits, argument, argumentCount, eachEntry, storeEntry } from "./code.ts";
import type { Plan } from "./plan.ts";
import type { SourcePlan } from "./source-plan.ts";

/** Units: rows (sample · steps + step). Bytes [step][sample][input] at the arrival become bits. */
export function packBytesKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  eachRow(k, plan, (row, step, sample) => {
    const index = sum(apply("i32.mul", step, k.argument(argument.samples)), sample);
    const from = k.keep(times(index, source.count));
    const to = k.keep(times(row, 4 * source.words));
    for (let word = 0; word < source.words; word++) {
      const halves = [0, 16].map((start) => {
        const at = word * 32 + start;
        if (at >= source.count) return i32(0);
        const silent = apply("b.eq", load("v128", from, plan.arrival + at), { kind: "splat", type: "v128", value: 0 });
        const left = source.count - at;
        const mask = left >= 16 ? 0xffff : 2 ** left - 1;
        const fires = apply("i32.and", apply("i32.xor", apply("b.bitmask", silent), i32(0xffff)), i32(mask));
        return start === 0 ? fires : apply("i32.shl", fires, i32(16));
      });
      k.store(
        to,
        source.bits + 4 * word,
        halves.reduce((a, b) => apply("i32.or", a, b)),
      );
    }
  });
  return k.finish();
}

/** Units: rows. Words [step][sample][word] at the arrival become rows of bits. */
export function reorderWordsKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  eachRow(k, plan, (row, step, sample) => {
    const index = sum(apply("i32.mul", step, k.argument(argument.samples)), sample);
    const from = k.keep(times(index, 4 * source.words));
    const to = k.keep(times(row, 4 * source.words));
    k.loop(i32(0), i32(4 * source.words), 4, (word) => {
      k.store(sum(to, word), source.bits, load("i32", sum(from, word), plan.arrival));
    });
  });
  return k.finish();
}

/** Units: chunks of rows. Spikes of each chunk. */
export function countSpikesKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  eachChunk(k, plan, (chunk, eachRowOf) => {
    const total = k.keep(i32(0));
    eachRowOf((row) => {
      const words = k.keep(times(row, 4 * source.words));
      k.loop(i32(0), i32(4 * source.words), 4, (word) => {
        k.set(total, sum(total, apply("i32.popcnt", load("i32", sum(words, word), source.bits))));
      });
    });
    k.store(times(chunk, 4), source.totals, total);
  });
  return k.finish();
}

/** Units: rows. Who fires in each row. */
export function rowListsKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { rows: lists } = source;
  const first = rowOf(k, plan, k.argument(argument.from)).row;
  const next = k.keep(times(first, source.rowBytes));
  eachRow(k, plan, (row) => {
    const at = k.keep(times(row, 4));
    k.store(at, lists.start, next);
    const words = k.keep(times(row, 4 * source.words));
    k.loop(i32(0), i32(source.words), 1, (w) => {
      const bits = k.keep(load("i32", sum(words, times(w, 4)), source.bits));
      appendBits(k, bits, times(w, 32), next, lists);
    });
    k.store(at, lists.end, next);
  });
  return k.finish();
}

/** Units: chunks of rows. How often each neuron fires in each chunk. */
export function countColumnsKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  eachChunk(k, plan, (chunk, eachRowOf) => {
    const counts = k.keep(times(chunk, 4 * source.count));
    k.loop(i32(0), i32(4 * source.count), 4, (key) => k.store(sum(counts, key), source.counts, i32(0)));
    eachRowOf((row) => {
      eachEntry(k, source.rows, row, (neuron) => {
        const cell = k.keep(sum(counts, times(neuron, 4)));
        k.store(cell, source.counts, sum(load("i32", cell, source.counts), i32(source.columns.entry)));
      });
    });
  });
  return k.finish();
}

/** One unit. Where the column list of each neuron starts and ends, and where each chunk goes on in it. */
export function placeColumnsKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { columns: lists } = source;
  const next = k.keep(i32(0));
  k.loop(i32(0), i32(4 * source.count), 4, (key) => {
    k.store(key, lists.start, next);
    for (let chunk = 0; chunk < plan.chunkCount; chunk++) {
      const place = source.counts + 4 * source.count * chunk;
      const bytes = k.keep(load("i32", key, place));
      k.store(key, place, next);
      k.set(next, sum(next, bytes));
    }
    k.store(key, lists.end, next);
  });
  return k.finish();
}

/** Units: chunks of rows. In which rows each neuron fires, ascending. */
export function fillColumnsKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { columns: lists } = source;
  eachChunk(k, plan, (chunk, eachRowOf) => {
    const counts = k.keep(times(chunk, 4 * source.count));
    eachRowOf((row) => {
      eachEntry(k, source.rows, row, (neuron) => {
        const cell = k.keep(sum(counts, times(neuron, 4)));
        const position = k.keep(load("i32", cell, source.counts));
        storeEntry(k, lists, position, row);
        k.store(cell, source.counts, sum(position, i32(lists.entry)));
      });
    });
  });
  return k.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

/** Units are sample · steps + step; rows leave a place after each sample's last step. */
export function rowOf(
  k: KernelBuilder,
  plan: Plan,
  unit: Value,
): { readonly row: Local; readonly step: Local; readonly sample: Local } {
  const sample = k.keep(apply("i32.div_u", unit, k.argument(argument.steps)));
  const step = k.keep(apply("i32.sub", unit, apply("i32.mul", sample, k.argument(argument.steps))));
  return { sample, step, row: k.keep(sum(times(sample, plan.sampleRows), step)) };
}

function eachRow(k: KernelBuilder, plan: Plan, write: (row: Local, step: Local, sample: Local) => void): void {
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const { row, step, sample } = rowOf(k, plan, unit);
    write(row, step, sample);
  });
}

/** Chunks of the batch's rows. */
function eachChunk(
  k: KernelBuilder,
  plan: Plan,
  write: (chunk: Local, eachRowOf: (visit: (row: Local) => void) => void) => void,
): void {
  const units = k.keep(apply("i32.mul", k.argument(argument.samples), k.argument(argument.steps)));
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (chunk) => {
    const bound = (index: Value): Value => apply("i32.div_u", apply("i32.mul", units, index), i32(plan.chunkCount));
    const from = k.keep(bound(chunk));
    const to = k.keep(bound(sum(chunk, i32(1))));
    write(chunk, (visit) => {
      k.loop(from, to, 1, (unit) => visit(rowOf(k, plan, unit).row));
    });
  });
}
