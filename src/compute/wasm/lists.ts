// From whatever arrives to bits, and from bits to the index lists that the other kernels read. Lists are made right before use and
// lie close together: each thread fills its own stretch, so that no thread waits for another's count.

import { apply, i32, KernelBuilder, load, sum, times, type Kernel, type Local, type Value } from "../kernel/language.ts";
import { argument, argumentCount, eachBit } from "./code.ts";
import type { Lists, Plan, SourcePlan } from "./plan.ts";

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
      k.store(to, source.bits + 4 * word, halves.reduce((a, b) => apply("i32.or", a, b)));
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

/** Units: rows. Who fires in each row. */
export function rowListsKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { rows: lists } = source;
  const first = rowOf(k, plan, k.argument(argument.from)).row;
  const next = k.keep(times(first, source.count * lists.entry));
  eachRow(k, plan, (row) => {
    const at = k.keep(times(row, 4));
    k.store(at, lists.start, next);
    const words = k.keep(times(row, 4 * source.words));
    k.loop(i32(0), i32(source.words), 1, (w) => {
      const bits = k.keep(load("i32", sum(words, times(w, 4)), source.bits));
      eachBit(k, bits, (bit) => append(k, lists, next, sum(times(w, 32), bit)));
    });
    k.store(at, lists.end, next);
  });
  return k.finish();
}

/**
 * Units: words of the source. In which rows each neuron fires: counted first, then filled, so that lists lie close.
 */
export function columnListsKernel(name: string, plan: Plan, source: SourcePlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { columns: lists } = source;
  const rows = plan.maxSampleCount * plan.sampleRows;
  const from = k.argument(argument.from);
  const keys = k.keep(
    apply("i32.mul", apply("i32.lt_s", times(k.argument(argument.to), 32), i32(source.count)), times(k.argument(argument.to), 32)),
  );
  // Past the last neuron when the last word is only partly used.
  k.if(apply("i32.eqz", keys), () => k.set(keys, i32(source.count)));
  const firstKey = k.keep(times(from, 32));
  k.loop(firstKey, keys, 1, (key) => k.store(times(key, 4), lists.end, i32(0)));
  eachFiring(k, plan, source, (_row, cell) => {
    k.store(cell, lists.end, apply("i32.add", load("i32", cell, lists.end), i32(lists.entry)));
  });
  const next = k.keep(times(firstKey, rows * lists.entry));
  k.loop(firstKey, keys, 1, (key) => {
    const cell = k.keep(times(key, 4));
    const bytes = k.keep(load("i32", cell, lists.end));
    k.store(cell, lists.start, next);
    k.store(cell, lists.end, next);
    k.set(next, sum(next, bytes));
  });
  eachFiring(k, plan, source, (row, cell) => {
    const position = k.keep(load("i32", cell, lists.end));
    storeEntry(k, lists, position, row);
    k.store(cell, lists.end, sum(position, i32(lists.entry)));
  });
  return k.finish();
}

/** Adds `value` to a list that ends at `next`. */
export function append(k: KernelBuilder, lists: Lists, next: Local, value: Value): void {
  storeEntry(k, lists, next, value);
  k.set(next, sum(next, i32(lists.entry)));
}

// ---------------------------------------------------------------------------------------------------------------------

function storeEntry(k: KernelBuilder, lists: Lists, position: Value, value: Value): void {
  k.store(position, lists.index, value, lists.entry === 2 ? "u16" : "i32");
}

/** Units are sample · steps + step; rows leave a place after each sample's last step. */
function rowOf(k: KernelBuilder, plan: Plan, unit: Value): { readonly row: Local; readonly step: Local; readonly sample: Local } {
  const sample = k.keep(apply("i32.div_u", unit, i32(plan.stepCount)));
  const step = k.keep(apply("i32.sub", unit, times(sample, plan.stepCount)));
  return { sample, step, row: k.keep(sum(times(sample, plan.sampleRows), step)) };
}

function eachRow(k: KernelBuilder, plan: Plan, write: (row: Local, step: Local, sample: Local) => void): void {
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const { row, step, sample } = rowOf(k, plan, unit);
    write(row, step, sample);
  });
}

/** Every spike of words [from, to), rows ascending; `cell` is the byte offset of the neuron's key. */
function eachFiring(
  k: KernelBuilder,
  plan: Plan,
  source: SourcePlan,
  write: (row: Local, cell: Local) => void,
): void {
  k.loop(i32(0), k.argument(argument.samples), 1, (sample) => {
    const first = k.keep(times(sample, plan.sampleRows));
    k.loop(first, sum(first, i32(plan.stepCount)), 1, (row) => {
      const words = k.keep(times(row, 4 * source.words));
      k.loop(k.argument(argument.from), k.argument(argument.to), 1, (w) => {
        const bits = k.keep(load("i32", sum(words, times(w, 4)), source.bits));
        eachBit(k, bits, (bit) => write(row, k.keep(times(sum(times(w, 32), bit), 4))));
      });
    });
  });
}
