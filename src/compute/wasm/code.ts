// Pieces that all kernels of this back end are made of.

import { assertDefined } from "../../base/index.ts";
import { appendBits as appendShortBits, bitListBytes, bitListTable } from "../kernel/bit-lists.ts";
import {
  apply,
  i32,
  load,
  sum,
  times,
  vector,
  type KernelBuilder,
  type Local,
  type Value,
} from "../kernel/language.ts";
import type { LayerPlan } from "./plan.ts";
import type { Lists } from "./source-plan.ts";

/** Every kernel takes units [from, to) of its work, the number of its thread, the samples of the batch and its steps. */
export const argument = { from: 0, to: 1, thread: 2, samples: 3, steps: 4 } as const;
export const argumentCount = 5;

/** The first bytes of the memory stay 0; behind them lie, for each four bits, the mask of four lanes, and lists of bits. */
export const zeros = 0;
export const laneMasks = 128;
const bitLists = 384;
export const constantBytes: number = bitLists + bitListBytes;

/** Fills the first bytes. */
export function writeConstants(words: Uint32Array): void {
  for (let i = 0; i < 64; i++) words[laneMasks / 4 + i] = ((i >>> 2) >>> (i & 3)) & 1 ? 0xffffffff : 0;
  words.set(new Uint32Array(bitListTable().buffer), bitLists / 4);
}

/** Indices of a tile's vectors. */
export function vectorsOf(width: number): readonly number[] {
  return Array.from({ length: width / 4 }, (_, j) => j);
}

/**
 * Neighbors, two by two. Kernels load both, compute both, then store both: V8 joins two vectors to one of 256 bits only where no
 * store lies between them.
 */
export function pairsOf(width: number): readonly (readonly [number, number])[] {
  return Array.from({ length: width / 8 }, (_, i) => [2 * i, 2 * i + 1] as const);
}

export function loadVectors(k: KernelBuilder, address: Value, offset: number, width: number): Local[] {
  return vectorsOf(width).map((j) => k.keep(load("v128", address, offset + 16 * j)));
}

export { storeVectors } from "../kernel/language.ts";

/** Zeros from memory: unlike constants they do not keep V8 from joining neighboring vectors. */
export function zeroVectors(k: KernelBuilder, width: number): Local[] {
  return vectorsOf(width).map((j) => k.keep(load("v128", i32(0), zeros + ((16 * j) % laneMasks))));
}

/** `accumulators` += the vectors at `address`. */
export function addVectors(k: KernelBuilder, accumulators: readonly Local[], address: Value, offset: number): void {
  accumulators.forEach((local, j) => k.set(local, apply("v.add", local, load("v128", address, offset + 16 * j))));
}

/** `accumulators` += x · the vectors at `address`. */
export function addProducts(
  k: KernelBuilder,
  accumulators: readonly Local[],
  x: Local,
  address: Value,
  offset: number,
): void {
  accumulators.forEach((local, j) => {
    k.set(local, apply("v.add", local, apply("v.mul", x, load("v128", address, offset + 16 * j))));
  });
}

/** Runs `write` with each entry of the list of `key`, in order. */
export function eachEntry(k: KernelBuilder, lists: Lists, key: Value, write: (entry: Local) => void): void {
  const at = k.keep(times(key, 4));
  const from = k.keep(load("i32", at, lists.start));
  const to = k.keep(load("i32", at, lists.end));
  k.loop(from, to, lists.entry, (position) => write(k.keep(loadEntry(lists, position))));
}

export function loadEntry(lists: Lists, position: Value): Value {
  return load(lists.entry === 2 ? "u16" : "i32", position, lists.index);
}

/** Appends `first` + the number of each set bit of `word` to a list that ends at `next`; uses up `word`. */
export function appendBits(
  k: KernelBuilder,
  word: Local,
  first: Value,
  next: Local,
  lists: Pick<Lists, "index" | "entry">,
  bitCount = 32,
): void {
  if (lists.entry === 2) appendShortBits(k, word, first, next, { table: bitLists, index: lists.index }, bitCount);
  else eachBit(k, word, (bit) => append(k, lists, next, sum(first, bit)));
}

/** Adds `value` to a list that ends at `next`. */
export function append(k: KernelBuilder, lists: Pick<Lists, "index" | "entry">, next: Local, value: Value): void {
  storeEntry(k, lists, next, value);
  k.set(next, sum(next, i32(lists.entry)));
}

export function storeEntry(
  k: KernelBuilder,
  lists: Pick<Lists, "index" | "entry">,
  position: Value,
  value: Value,
): void {
  k.store(position, lists.index, value, lists.entry === 2 ? "u16" : "i32");
}

/** Runs `write` with the number of each set bit of `word`, lowest first. Uses up `word`. */
export function eachBit(k: KernelBuilder, word: Local, write: (bit: Local) => void): void {
  k.while(word, () => {
    write(k.keep(apply("i32.ctz", word)));
    k.set(word, apply("i32.and", word, apply("i32.sub", word, i32(1))));
  });
}

/** Units are (tile, sample) pairs, all samples of a tile together. */
export function eachTileSample(
  k: KernelBuilder,
  write: (unit: { readonly tile: Local; readonly sample: Local }) => void,
): void {
  const samples = k.argument(argument.samples);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const tile = k.keep(apply("i32.div_u", unit, samples));
    const sample = k.keep(apply("i32.sub", unit, apply("i32.mul", tile, samples)));
    write({ tile, sample });
  });
}

/** Byte offset of a (tile, sample) cell in arrays [tile][sample][width]. */
export function sampleCell(plan: LayerPlan, maxSamples: number, tile: Value, sample: Value): Value {
  return times(sum(times(tile, maxSamples), sample), plan.tileBytes);
}

/** Byte offset of a (tile, row) cell in arrays [tile][row][width]. */
export function rowCell(plan: LayerPlan, rows: number, tile: Value, row: Value): Value {
  return times(sum(times(tile, rows), row), plan.tileBytes);
}

/**
 * The neuron's parameters: constants of the code, or vectors in memory where neurons differ.
 * @param at  Byte offset in an array of all neurons.
 */
export function parameterValues(plan: LayerPlan, at: Value, j: number): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [name, value] of Object.entries(plan.layer.neuron.parameters)) values.set(name, vector(value));
  for (const [name, { values: array }] of plan.parameters) {
    values.set(name, load("v128", at, array.values + 16 * j));
  }
  return values;
}

/** Local `j` of state variable `i`. */
export function stateLocal(state: readonly (readonly Local[])[], i: number, j: number): Local {
  return assertDefined(state[i]?.[j], "state");
}
