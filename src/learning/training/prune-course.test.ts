import assert from "node:assert/strict";
import { test } from "node:test";
import { convLayer, denseLayer, layerArrays, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { gradualMagnitude, prunableParts, type PruningSpec } from "../pruning/index.ts";
import { hiddenFanOut } from "./fan-out.ts";
import {
  changesMasks,
  clearReturned,
  gatherEvidence,
  gathers,
  refitMasks,
  refitsPerEpoch,
  type PruningState,
} from "./prune-course.ts";

const lif = neuronSpec("lif");

/** Four weights in one layer. */
function four(values: readonly number[]): Network {
  const layer = denseLayer("only", { inputCount: 2, neuronCount: 2 }, lif);
  layer.weights.data.set(values);
  return { kind: "network", name: "n", inputCount: 2, stepCount: 1, layers: [layer], readout: { kind: "count" } };
}

function refit(
  pruning: Partial<PruningSpec>,
  state: PruningState,
  values: readonly number[],
  slopes: readonly number[] = [0, 0, 0, 0],
): { readonly state: PruningState; readonly masters: readonly number[] } {
  const network = four([0, 0, 0, 0]);
  const masters = [{ weights: Float32Array.from(values) }];
  const options = { sparsity: 0.5, pruning: { ...gradualMagnitude, ...pruning, schedule: oneShot } };
  const context = {
    network,
    masters,
    initial: network.layers.map(layerArrays),
    gradients: [[{ weights: Float32Array.from(slopes) }]],
    seed: 1,
    progress: { epoch: 1, epochs: 4, refit: 0, refits: 1 },
  };
  return { state: refitMasks(options, state, context), masters: [...masters[0]!.weights] };
}

const oneShot = { kind: "one-shot", start: 0, end: 1 } as const;
const mask = (...kept: number[]) => ({ "0 weights": Uint8Array.from(kept) });

test("pruned weights drift behind their mask, and are set back to 0 before they are ranked again", () => {
  const found = refit({}, { masks: mask(1, 1, 0, 0) }, [1, 2, 9, -9]);
  assert.deepEqual(found.masters, [1, 2, 0, 0]);
  assert.deepEqual([...found.state.masks["0 weights"]!], [1, 1, 0, 0]);
});

test("movement brings a pruned weight back with the value that it had", () => {
  const gathered = { "0 weights": Float32Array.of(-1, 3, 5, 0) };
  const held = { "0 weights": Float32Array.of(1, 2, 3, 4) };
  const found = refit({ method: "movement" }, { masks: mask(1, 1, 0, 0), gathered, held }, [1.5, 2.5, 9, -9]);
  assert.deepEqual(found.masters, [1.5, 2.5, 3, 4]);
  assert.deepEqual([...found.state.masks["0 weights"]!], [0, 1, 1, 0]);
  assert.deepEqual([...found.state.held!["0 weights"]!], [1.5, 2.5, 3, 4]);
});

test("evidence of a pruned weight counts with the value that it had, not with where it drifted", () => {
  const options = { sparsity: 0.5, pruning: { ...gradualMagnitude, method: "movement" as const } };
  const state = { masks: mask(1, 0, 1, 1), held: { "0 weights": Float32Array.of(0, 7, 0, 0) } };
  const arrays = {
    masters: [{ weights: Float32Array.of(1, 100, 2, 3) }],
    gradients: [{ weights: Float32Array.of(1, 1, -1, 0) }],
  };
  const found = gatherEvidence(options, state, four([0, 0, 0, 0]), arrays);
  assert.deepEqual(
    [...found.gathered!["0 weights"]!].map((sum) => sum + 0),
    [-1, -7, 2, 0],
  );
  assert.equal(gathers(options, { epoch: 1, epochs: 4 }), true);
  assert.equal(gathers(options, { epoch: 4, epochs: 4 }), false);
  assert.equal(gathers({ sparsity: 0.5 }, { epoch: 1, epochs: 4 }), false);
});

test("a regrown weight starts at 0", () => {
  const found = refit({ regrow: 0.9 }, { masks: mask(1, 1, 0, 0) }, [1, 2, 9, -9], [0, 0, 5, 1]);
  assert.deepEqual([...found.state.masks["0 weights"]!], [0, 1, 1, 0]);
  assert.deepEqual(found.masters, [1, 2, 0, 0]);
});

test("what an optimizer remembers is forgotten for weights that come back, and only for them", () => {
  const moments = [{ weights: Float32Array.of(1, 2, 3, 4) }];
  const parts = prunableParts(four([0, 0, 0, 0]), moments);
  assert.equal(clearReturned(parts, mask(1, 0, 0, 1), mask(1, 1, 0, 0)), true);
  assert.deepEqual([...moments[0]!.weights], [1, 0, 3, 4]);
  assert.equal(clearReturned(parts, {}, mask(1, 1, 0, 0)), false);
});

test("masks are drawn a few times per epoch, and only as long as the schedule says", () => {
  const options = { sparsity: 0.5, pruning: gradualMagnitude };
  assert.deepEqual(
    [1, 19, 60, 938].map((updates) => refitsPerEpoch(options, updates)),
    [1, 1, 3, 10],
  );
  assert.equal(refitsPerEpoch({}, 938), 1);
  const at = (epoch: number, refit: number) => changesMasks(options, { epoch, epochs: 4, refit, refits: 10 });
  assert.deepEqual([at(1, 0), at(2, 9), at(3, 0), at(3, 1), at(4, 0)], [true, true, true, false, false]);
  const untrained = { sparsity: 0.5, pruning: { ...gradualMagnitude, method: "snip" as const } };
  assert.equal(changesMasks(untrained, { epoch: 1, epochs: 4, refit: 0, refits: 10 }), true);
  assert.equal(changesMasks(untrained, { epoch: 1, epochs: 4, refit: 1, refits: 10 }), false);
});

test("fan-out in front of a convolution stops at borders, counts every window of a pool, and recurrent synapses", () => {
  const grid = { rows: 3, columns: 3, channels: 1 };
  const before = denseLayer("before", { inputCount: 1, neuronCount: 9, recurrent: true }, lif);
  before.recurrentWeights!.data[2] = 1;
  const conv = convLayer("conv", { input: grid, channels: 2, kernel: 2 }, lif);
  // Of eight weights one is zero: kernel position 0, channel 1.
  conv.weights.data.fill(1)[1] = 0;
  const network: Network = { ...four([0, 0, 0, 0]), inputCount: 1, layers: [before, conv] };
  const weights = network.layers.map(layerArrays);
  // A corner has one position, an edge two, the middle four, two channels each, less the zero where position 0 is reached.
  assert.deepEqual([...hiddenFanOut(network, weights)[0]!], [2, 3, 2, 3, 7, 4, 2, 4, 2]);
  const pooled = convLayer(
    "conv",
    {
      input: { rows: 2, columns: 2, channels: 1 },
      channels: 2,
      kernel: 1,
      inputPooling: { kind: "max", size: 2, stride: 1, grid },
    },
    lif,
  );
  pooled.weights.data.set([1, 0]);
  const behind = { ...network, layers: [{ ...before, recurrentWeights: undefined! }, pooled] };
  const plain = behind.layers.map(({ weights: w }) => ({ weights: w.data }));
  assert.deepEqual([...hiddenFanOut(behind, plain)[0]!], [1, 2, 1, 2, 4, 2, 1, 2, 1]);
});
