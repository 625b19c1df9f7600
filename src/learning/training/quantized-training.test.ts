// Whatever grid a network learns on, floats and integers are to fire the same spikes: after every epoch, in every layer and step.

import assert from "node:assert/strict";
import { test } from "node:test";
import { wasmBackend } from "../../compute/index.ts";
import { lowerNetwork, roundNeurons, runGolden, type LowerOptions } from "../../hardware/golden/index.ts";
import {
  layerArrays,
  layerColumns,
  recurrentQuantizerOf,
  withArrays,
  type LayerArrays,
  type Network,
} from "../../model/network/index.ts";
import { countSpikes, onGrid, scaleOf } from "../../model/tensor/index.ts";
import { encodeBatch } from "../data/index.ts";
import { defaultScheme, type GridKind } from "../quantization/index.ts";
import { toy, toyBatch, toyNetworkOf, toyTraining } from "../toy-task.ts";
import { train, type TrainingOptions, type TrainingState } from "./index.ts";

const numerics: LowerOptions = { rounding: "nearest", coefficientFraction: 4 };
const training: TrainingOptions = {
  ...toyTraining,
  epochs: 8,
  learningRate: 0.03,
  activity: [],
  sparsity: 0,
  weightBits: undefined,
};
const indices = Uint32Array.from({ length: 20 }, (_, i) => i);

/** Spikes of the float network that the golden model does not fire, or fires in addition; and all spikes. */
async function differing(network: Network): Promise<{ readonly different: number; readonly all: number }> {
  const input = encodeBatch(toy, toy.test, indices, toyBatch);
  assert.ok(input.kind === "spikes");
  const trace = runGolden(lowerNetwork(network, numerics), input.spikes);
  const { surrogate, detachReset } = toyTraining;
  using executor = await wasmBackend.compile(network, { surrogate, detachReset, maxSampleCount: 20 });
  await executor.forward(input, { training: false });
  let different = 0;
  trace.layers.forEach(({ words }, l) => {
    const other = executor.spikesOf(l).words;
    words.forEach((word, i) => (different += word === other[i] ? 0 : 1));
  });
  return { different, all: trace.layers.reduce((sum, spikes) => sum + countSpikes(spikes), 0) };
}

/** The network as the forward pass of an epoch's end sees it. */
function networkOf(network: Network, { masters, transforms }: TrainingState): Network {
  const { quantizers } = transforms;
  const arrays = masters.map((layer, l): LayerArrays => {
    const columns = layerColumns(network.layers[l]!);
    const seen = (key: "weights" | "recurrentWeights"): Float32Array =>
      onGrid(quantizers[`${l} ${key}`]!, layer[key]!, columns);
    const recurrent = layer.recurrentWeights === undefined ? {} : { recurrentWeights: seen("recurrentWeights") };
    return { ...layer, weights: seen("weights"), ...recurrent };
  });
  return withArrays(network, arrays, (l, key) => quantizers[`${l} ${key}`]);
}

const grids: Readonly<Record<string, Partial<GridKind> & { readonly bits: number }>> = {
  "one bit": { bits: 1 },
  ternary: { bits: 2 },
  "four bits": { bits: 4 },
  "asymmetric, four bits": { bits: 4, symmetry: "asymmetric" },
  "shifted channels, three bits": { bits: 3, per: "channel", scale: "shifted" },
  "power-of-two channels, three bits": { bits: 3, per: "channel", scale: "powerOfTwo" },
  "asymmetric shifted channels, four bits": { bits: 4, symmetry: "asymmetric", per: "channel", scale: "shifted" },
};

/** Those that are tried with recurrent weights too. */
const withRecurrence: ReadonlySet<string> = new Set(["ternary", "shifted channels, three bits"]);

for (const [name, { bits, ...grid }] of Object.entries(grids)) {
  for (const recurrent of withRecurrence.has(name) ? [false, true] : [false]) {
    test(`${name}${recurrent ? ", recurrent" : ""}: learns, and integers fire as floats do after every epoch`, async () => {
      const task = { network: toyNetworkOf({ recurrent }), dataset: toy, batch: toyBatch, backend: wasmBackend };
      const first = await train({ ...task, training: { ...training, weightBits: bits, grid } });
      const weights = first.network.layers[0]!.weights.data;
      const quantizer = first.network.layers[0]!.quantizer!;
      weights.forEach((w, i) => {
        const level = w / scaleOf(quantizer, i % 8);
        assert.ok(Math.abs(level - Math.round(level)) < 1e-4, `${level}`);
        if (bits === 1) assert.equal(Math.abs(Math.round(level)), 1);
      });
      // From here on potentials, decays and thresholds are those of the integers too.
      const network = roundNeurons(first.network, numerics);
      let [epochs, spikes] = [0, 0];
      const check = async (seen: Network): Promise<void> => {
        const { different, all } = await differing(seen);
        assert.equal(different, 0, `epoch ${epochs}: ${different} words of spikes differ`);
        spikes += all;
        epochs++;
      };
      await check(network);
      const { network: last, history } = await train({
        ...task,
        network,
        training: { ...training, keepGrids: true },
        onEpoch: async (state) => check(networkOf(network, state)),
      });
      await check(last);
      assert.deepEqual([epochs, spikes > 500], [10, true], `${spikes} spikes`);
      assert.notDeepEqual(last.layers.map(layerArrays), first.network.layers.map(layerArrays), "nothing was learned");
      if (bits > 1) assert.ok(history.at(-1)!.trainAccuracy > 0.85, `${history.at(-1)!.trainAccuracy}`);
    });
  }
}

test("recurrent weights have a grid of their own, a power of two beside that of the weights", async () => {
  const wild = toyNetworkOf({ recurrent: true });
  const [hidden] = wild.layers;
  assert.ok(hidden?.kind === "dense" && hidden.recurrentWeights !== undefined);
  hidden.recurrentWeights.data.forEach((_, i, data) => (data[i] = ((i * 37) % 11) / 5 - 1));
  for (const rangeRate of [undefined, 5]) {
    const options = { ...training, weightBits: 3, ...(rangeRate === undefined ? {} : { rangeRate }) };
    const task = { network: wild, dataset: toy, batch: toyBatch, backend: wasmBackend, training: options };
    const [layer] = (await train(task)).network.layers;
    const [own, forward] = [recurrentQuantizerOf(layer!)!, layer!.quantizer!];
    const shift = Math.log2(own.scale / forward.scale);
    assert.ok(Number.isInteger(shift) && shift > 0, `${own.scale} beside ${forward.scale}`);
    assert.equal(own.bits, 3);
  }
  assert.equal(defaultScheme.per, "tensor");
});

test("weights that left their grid are refused by neurons that learned with it", async () => {
  const task = { network: toyNetworkOf({ recurrent: false }), dataset: toy, batch: toyBatch, backend: wasmBackend };
  const { network } = await train({ ...task, training: { ...training, epochs: 1, weightBits: 4 } });
  const rounded = roundNeurons(network, numerics);
  const [first, ...rest] = rounded.layers;
  const moved = { ...first!, quantizer: { bits: 4, scale: first!.quantizer!.scale * 1.5 } };
  assert.throws(() => lowerNetwork({ ...rounded, layers: [moved, ...rest] }, numerics), { code: "lower/rounded-unit" });
});
