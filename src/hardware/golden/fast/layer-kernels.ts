// The two kernels of a fast golden model: spike bits to event lists, and all steps of one layer. In the second, a tile's weights
// serve all rows of the block, and a neuron's state stays in registers over time.

import { assertDefined } from "../../../base/index.ts";
import { kernel } from "../../../compute/index.ts";
import type { IntegerLayer } from "../integer-network.ts";
import { accumulate, type SumReader } from "./accumulate.ts";
import { constantsOf, IntegerPrinter } from "./integer-printer.ts";
import { eventsTogether, wordNeurons, type FastLayerPlan, type MemoryPlan } from "./memory-plan.ts";

const { apply, i32, KernelBuilder, load, sum, times } = kernel;

/**
 * Kernel `list(samples, steps, words per row, mask of the last word, inputs)`: the events of every row, sample by sample. Lists are
 * filled up with the number behind the last input.
 */
export function listKernel(memory: MemoryPlan): kernel.Kernel {
  const k = new KernelBuilder("list", 5);
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
        kernel.appendBits(k, word, times(w, wordNeurons), next, { table: memory.bitLists, index: 0 });
      });
      k.store(next, 0, apply("h.splat", k.argument(4)));
      k.set(next, apply("i32.and", sum(next, i32(2 * eventsTogether - 1)), i32(-2 * eventsTogether)));
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
  const { rowWords, tiles, tileNeurons, lanes } = plan;
  const tileBytes = (layer.inputCount + 1) * tileNeurons * lanes.weightBytes;
  const constants = new Map([...constantsOf(layer.neuron)].map((c) => [c, k.keep(apply("w.splat", i32(c)))]));
  k.loop(i32(0), i32(tiles), 1, (tile) => {
    const tileOffset = k.keep(times(tile, tileBytes));
    const firstWord = k.keep(times(tile, tileNeurons / wordNeurons));
    k.loop(i32(0), samples, 1, (sample) => {
      const state = layer.neuron.state.map(() =>
        Array.from({ length: tileNeurons / 4 }, (_, j) => k.keep(load("v128", i32(memory.zeros), 16 * j))),
      );
      const start = k.keep(times(apply("i32.mul", sample, steps), 4));
      k.loop(i32(0), steps, 1, (step) => {
        const from = k.keep(load("i32", start, memory.starts));
        const to = k.keep(load("i32", start, memory.starts + 4));
        k.set(start, sum(start, i32(4)));
        const sums = accumulate(
          k,
          { lanes, tileNeurons, weightAddress: plan.weights, tileOffset, ...memory },
          from,
          to,
        );
        const row = k.keep(sum(times(rowOf(step, sample, samples), rowWords), firstWord));
        updateTile(k, layer, { tileNeurons, sums, state, constants }).forEach((bits, w) => {
          const word = k.keep(sum(firstWord, i32(w)));
          const store = (): void => k.store(times(row, 4), memory.bits + 4 * w, bits);
          // A neuron that does not exist may fire without input.
          k.if(apply("i32.eq", word, i32(rowWords - 1)), () => {
            k.set(bits, apply("i32.and", bits, i32(lastWordMask(layer.neuronCount))));
          });
          if ((w + 1) * tiles <= rowWords || w === 0) store();
          else k.if(apply("i32.lt_s", word, i32(rowWords)), store);
        });
      });
      state.forEach((vectors, i) => kernel.storeVectors(k, i32(memory.state), 4 * tileNeurons * i, vectors));
    });
  });
  return k.finish();
}

/** The neurons of a row's last word that exist, as bits. */
export function lastWordMask(neuronCount: number): number {
  return neuronCount % wordNeurons === 0 ? -1 : 2 ** (neuronCount % wordNeurons) - 1;
}

// ---------------------------------------------------------------------------------------------------------------------

function rowOf(step: kernel.Value, sample: kernel.Value, samples: kernel.Value): kernel.Value {
  return sum(apply("i32.mul", step, samples), sample);
}

/** One update of a tile's neurons; their spikes as words of bits. */
function updateTile(
  k: kernel.KernelBuilder,
  { neuron }: IntegerLayer,
  parts: {
    readonly tileNeurons: number;
    readonly sums: SumReader;
    /** Shape [variable, vector]. */
    readonly state: readonly (readonly kernel.Local[])[];
    readonly constants: ReadonlyMap<number, kernel.Value>;
  },
): kernel.Local[] {
  const update = (j: number): kernel.Local => {
    const state = parts.state.map((vectors) => assertDefined(vectors[j], "state"));
    const environment = new Map<string, kernel.Value>([["input", k.keep(parts.sums(j))]]);
    neuron.state.forEach(({ name }, i) => environment.set(name, assertDefined(state[i], name)));
    const printer = new IntegerPrinter(k, environment, parts.constants);
    const mask = k.keep(printer.mask(neuron.spike));
    const next = neuron.state.map(({ name }) => k.keep(printer.number(assertDefined(neuron.next[name], name))));
    state.forEach((local, i) => k.set(local, assertDefined(next[i], "next")));
    return mask;
  };
  const vectors = wordNeurons / 4;
  return Array.from({ length: parts.tileNeurons / wordNeurons }, (_, w) =>
    k.keep(kernel.maskBits(Array.from({ length: vectors }, (__, j) => update(w * vectors + j)))),
  );
}
