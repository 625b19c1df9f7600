// The self-check of joined vectors for integers: kernels of other districts add, widen, multiply and compare them in lanes of 8, 16
// and 32 bits.

import { assertDefined, randomStream } from "../../base/index.ts";
import {
  apply,
  i32,
  KernelBuilder,
  load,
  maskBits,
  storeVectors,
  sum,
  times,
  type Kernel,
  type Value,
} from "../kernel/language.ts";
import { printModule } from "../kernel/print-wasm.ts";

const rowBytes = 64;
const rowCount = 64;
const vectorCount = 8;
/** Where results lie: sums of each lane width, what a neuron makes of them, and its bits. */
const results = rowBytes * rowCount;
const resultWords = 4 * 4 * vectorCount + 1;

/** Sums of random rows and what follows from them. @param version  Versions differ in name: V8 compiles equal bytes only once. */
export async function runIntegerCheck(version: "plain" | "joined"): Promise<readonly number[]> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const random = randomStream(9, "integer check");
  const bytes = new Uint8Array(memory.buffer, 0, results);
  bytes.forEach((_, i) => (bytes[i] = 256 * random.uniform()));
  const module = await WebAssembly.compile(printModule([checkKernel(version)]));
  const { exports } = await WebAssembly.instantiate(module, { host: { memory } });
  (assertDefined(exports[version], version) as () => void)();
  return Array.from(new Int32Array(memory.buffer, results, resultWords));
}

// ---------------------------------------------------------------------------------------------------------------------

function checkKernel(name: string): Kernel {
  const k = new KernelBuilder(name, 0);
  const lanes = Array.from({ length: vectorCount }, (_, j) => j);
  const start = lanes.map((j) => load("v128", i32(0), 16 * (j % 4)));
  const sums = (["b.add", "h.add", "w.add"] as const).map((add) => ({ add, totals: start.map((v) => k.keep(v)) }));
  k.loop(i32(1), i32(rowCount - 1), 1, (row) => {
    const at = k.keep(times(row, rowBytes));
    const rows = lanes.map((j): Record<(typeof sums)[number]["add"], Value> => ({
      "b.add": load("v128", at, 16 * (j % 4)),
      "h.add": apply("h.sub", load("v128.bytes", at, 8 * j), apply("h.shl", load("v128.bytes", at, 8 * j), i32(3))),
      "w.add": load("v128.halves", at, 8 * j),
    }));
    for (const { add, totals } of sums) {
      totals.forEach((total, j) => k.set(total, apply(add, total, assertDefined(rows[j], "row")[add])));
    }
  });
  sums.forEach(({ totals }, s) => storeVectors(k, i32(results), 16 * vectorCount * s, totals));
  const [low, high] = [-30_000, 500].map((n) => k.keep(apply("w.splat", i32(n))));
  const ends: readonly [Value, Value] = [assertDefined(low, "low"), assertDefined(high, "high")];
  const after = lanes.map((j) => updated(load("v128.halves", i32(results), 16 * vectorCount + 8 * j), j, ends));
  const kept = after.map(({ next, mask }) => ({ next: k.keep(next), mask: k.keep(mask) }));
  storeVectors(
    k,
    i32(results),
    16 * vectorCount * 3,
    kept.map(({ next }) => next),
  );
  k.store(i32(results), 4 * (resultWords - 1), maskBits(kept.map(({ mask }) => mask)));
  return k.finish();
}

/** Decay, rounding shift, threshold, reset and clamp. */
function updated(
  input: Value,
  j: number,
  [low, high]: readonly [Value, Value],
): { readonly next: Value; readonly mask: Value } {
  const state = load("v128.halves", i32(0), 8 * j);
  const decayed = apply("w.shr_s", apply("w.sub", apply("w.mul", state, high), low), i32(7));
  const potential = apply("w.add", apply("w.shl", decayed, i32(1)), input);
  const mask = apply("w.gt_s", potential, high);
  const reset = apply("v.select", apply("w.sub", potential, high), potential, mask);
  return { mask, next: apply("w.min_s", apply("w.max_s", reset, low), apply("w.add", high, sumOfLane(j))) };
}

/** Another constant for each pair. */
function sumOfLane(j: number): Value {
  return apply("w.splat", sum(i32(j >> 1), i32(9000)));
}
