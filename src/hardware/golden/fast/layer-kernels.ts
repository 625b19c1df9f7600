// The two kernels of a fast golden model: spike bits to event lists, and all steps of one layer. In the second, a tile's weights
// serve all rows of the block, and a neuron's state stays in registers over time.

import { assertDefined } from "../../../base/index.ts";
import { kernel } from "../../../compute/index.ts";
import type { IntegerLayer } from "../integer-network.ts";
import { accumulate, type SumReader } from "./accumulate.ts";
import { constantsOf, IntegerPrinter } from "./integer-printer.ts";
import type { FastLayerPlan, MemoryPlan } from "./memory-plan.ts";

const { apply, i32, KernelBuilder, load, sum, times } = kernel;

/** Kernel `list(samples, steps, words per row, mask of the last word)`: the events of every row, sample by sample. */
export function listKernel(memory: MemoryPlan): kernel.Kernel {
  const k = new KernelBuilder("list", 4);
  const [samples, steps, rowWords, lastMask] = [k.argument(0), k.argument(1), k.argument(2), k.argument(3)];
  const next = k.keep(i32(memory.index));
  const start = k.keep(i32(memory.starts));
  const word = k.local("i32");
  k.loop(i32(0), samples, 1, (sample) => {
    k.loop(i32(0), steps, 1, (step) => {
      k.store(start, 0, next);
      k.set(start, sum(start, i32(4)));
      const row = k.keep(times(apply("i32.mul", rowOf(step, sample, samples), rowWords), 4));
      k.loop(i32(0), rowWords, 1, (w) => {
        k.set(word, load("i32", sum(row, times(w, 4)), memory.bits));
        k.if(apply("i32.eq", sum(w, i32(1)), rowWords), () => k.set(word, apply("i32.and", word, lastMask)));
        k.while(word, () => {
          k.store(next, 0, sum(times(w, 32), apply("i32.ctz", word)), "u16");
          k.set(next, sum(next, i32(2)));
          k.set(word, apply("i32.and", word, sum(word, i32(-1))));
        });
      });
    });
  });
  k.store(start, 0, next);
  return k.finish();
}

/** Kernel `layer<index>(samples, steps)`: event lists to spike bits, from zero state. */
export function layerKernel(
  layer: IntegerLayer,
  plan: FastLayerPlan,
  memory: MemoryPlan,
  index: number,
): kernel.Kernel {
  const k = new KernelBuilder(`layer${index}`, 2);
  const [samples, steps] = [k.argument(0), k.argument(1)];
  const { tileWords, rowWords, lanes } = plan;
  const neurons = tileWords * 32;
  const tileBytes = layer.inputCount * neurons * lanes.weightBytes;
  const constants = new Map([...constantsOf(layer.neuron)].map((c) => [c, k.keep(apply("w.splat", i32(c)))]));
  k.loop(i32(0), i32(rowWords), tileWords, (firstWord) => {
    const tileOffset = k.keep(times(apply("i32.shr_u", firstWord, i32(Math.log2(tileWords))), tileBytes));
    k.loop(i32(0), samples, 1, (sample) => {
      const state = layer.neuron.state.map(() =>
        Array.from({ length: neurons / 4 }, () => k.keep(apply("w.splat", i32(0)))),
      );
      const start = k.keep(times(apply("i32.mul", sample, steps), 4));
      k.loop(i32(0), steps, 1, (step) => {
        const from = k.keep(load("i32", start, memory.starts));
        const to = k.keep(load("i32", start, memory.starts + 4));
        k.set(start, sum(start, i32(4)));
        const tile = { lanes, neurons, weightAddress: plan.weights, tileOffset };
        const sums = accumulate(k, tile, from, to);
        const row = rowOf(step, sample, samples);
        const word = k.keep(times(sum(times(row, rowWords), firstWord), 4));
        for (let w = 0; w < tileWords; w++) {
          const bits = updateWord(k, layer, { sums, state, constants, first: w * 8 });
          if (w === tileWords - 1) dropMissing(k, layer, bits, sum(firstWord, i32(tileWords - rowWords)));
          k.store(word, memory.bits + 4 * w, bits);
        }
      });
    });
  });
  return k.finish();
}

/** The neurons of a row's last word that exist, as bits. */
export function lastWordMask(neuronCount: number): number {
  return neuronCount % 32 === 0 ? -1 : 2 ** (neuronCount % 32) - 1;
}

// ---------------------------------------------------------------------------------------------------------------------

function rowOf(step: kernel.Value, sample: kernel.Value, samples: kernel.Value): kernel.Value {
  return sum(apply("i32.mul", step, samples), sample);
}

/** One update of 32 neurons; their spikes as bits. */
function updateWord(
  k: kernel.KernelBuilder,
  { neuron }: IntegerLayer,
  parts: {
    readonly sums: SumReader;
    readonly state: readonly (readonly kernel.Local[])[];
    readonly constants: ReadonlyMap<number, kernel.Value>;
    /** Vector of the word's first neurons. */
    readonly first: number;
  },
): kernel.Local {
  const bits = k.keep(i32(0));
  for (let j = 0; j < 8; j++) {
    const vector = parts.first + j;
    const state = parts.state.map((vectors) => assertDefined(vectors[vector], "state"));
    const environment = new Map<string, kernel.Value>([["input", k.keep(parts.sums(vector))]]);
    neuron.state.forEach(({ name }, i) => environment.set(name, assertDefined(state[i], name)));
    const printer = new IntegerPrinter(k, environment, parts.constants);
    const fired = apply("v.bitmask", printer.mask(neuron.spike));
    k.set(bits, j === 0 ? fired : apply("i32.or", bits, apply("i32.shl", fired, i32(4 * j))));
    const next = neuron.state.map(({ name }) => k.keep(printer.number(assertDefined(neuron.next[name], name))));
    state.forEach((local, i) => k.set(local, assertDefined(next[i], "next")));
  }
  return bits;
}

/** A neuron that does not exist may fire without input; `fromLast` is 0 in the last tile. */
function dropMissing(
  k: kernel.KernelBuilder,
  { neuronCount }: IntegerLayer,
  bits: kernel.Local,
  fromLast: kernel.Value,
): void {
  if (neuronCount % 32 === 0) return;
  k.if(apply("i32.eqz", fromLast), () => k.set(bits, apply("i32.and", bits, i32(lastWordMask(neuronCount)))));
}
