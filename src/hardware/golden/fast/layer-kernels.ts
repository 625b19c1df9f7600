// The two kernels of a fast golden model: spike bits to event lists, and all steps of one layer. In the second, a tile's weights
// serve all rows of the block, and a neuron's state stays in registers over time.

import { assertDefined } from "../../../base/index.ts";
import { kernel } from "../../../compute/index.ts";
import type { IntegerLayer } from "../integer-network.ts";
import { accumulate, type SumReader } from "./accumulate.ts";
import { constantsOf, IntegerPrinter } from "./integer-printer.ts";
import { tileNeurons, type FastLayerPlan, type MemoryPlan } from "./memory-plan.ts";

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
          k.store(next, 0, sum(times(w, tileNeurons), apply("i32.ctz", word)), "u16");
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
  const { rowWords, lanes } = plan;
  const tileBytes = layer.inputCount * tileNeurons * lanes.weightBytes;
  const constants = new Map([...constantsOf(layer.neuron)].map((c) => [c, k.keep(apply("w.splat", i32(c)))]));
  k.loop(i32(0), i32(rowWords), 1, (tile) => {
    const tileOffset = k.keep(times(tile, tileBytes));
    const mask = k.keep(i32(-1));
    k.if(apply("i32.eq", tile, i32(rowWords - 1)), () => k.set(mask, i32(lastWordMask(layer.neuronCount))));
    k.loop(i32(0), samples, 1, (sample) => {
      const state = layer.neuron.state.map(() =>
        Array.from({ length: tileNeurons / 4 }, () => k.keep(apply("w.splat", i32(0)))),
      );
      const start = k.keep(times(apply("i32.mul", sample, steps), 4));
      k.loop(i32(0), steps, 1, (step) => {
        const from = k.keep(load("i32", start, memory.starts));
        const to = k.keep(load("i32", start, memory.starts + 4));
        k.set(start, sum(start, i32(4)));
        const sums = accumulate(k, { lanes, weightAddress: plan.weights, tileOffset }, from, to);
        const bits = updateTile(k, layer, { sums, state, constants });
        const word = sum(times(rowOf(step, sample, samples), rowWords), tile);
        // A neuron that does not exist may fire without input.
        k.store(times(word, 4), memory.bits, apply("i32.and", bits, mask));
      });
    });
  });
  return k.finish();
}

/** The neurons of a row's last word that exist, as bits. */
export function lastWordMask(neuronCount: number): number {
  return neuronCount % tileNeurons === 0 ? -1 : 2 ** (neuronCount % tileNeurons) - 1;
}

// ---------------------------------------------------------------------------------------------------------------------

function rowOf(step: kernel.Value, sample: kernel.Value, samples: kernel.Value): kernel.Value {
  return sum(apply("i32.mul", step, samples), sample);
}

/** One update of a tile's neurons; their spikes as bits. */
function updateTile(
  k: kernel.KernelBuilder,
  { neuron }: IntegerLayer,
  parts: {
    readonly sums: SumReader;
    /** Shape [variable, vector]. */
    readonly state: readonly (readonly kernel.Local[])[];
    readonly constants: ReadonlyMap<number, kernel.Value>;
  },
): kernel.Local {
  const bits = k.keep(i32(0));
  for (let j = 0; j < tileNeurons / 4; j++) {
    const state = parts.state.map((vectors) => assertDefined(vectors[j], "state"));
    const environment = new Map<string, kernel.Value>([["input", k.keep(parts.sums(j))]]);
    neuron.state.forEach(({ name }, i) => environment.set(name, assertDefined(state[i], name)));
    const printer = new IntegerPrinter(k, environment, parts.constants);
    const fired = apply("v.bitmask", printer.mask(neuron.spike));
    k.set(bits, apply("i32.or", bits, apply("i32.shl", fired, i32(4 * j))));
    const next = neuron.state.map(({ name }) => k.keep(printer.number(assertDefined(neuron.next[name], name))));
    state.forEach((local, i) => k.set(local, assertDefined(next[i], "next")));
  }
  return bits;
}
