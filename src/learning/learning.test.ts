import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { gzipSync, zipSync } from "fflate";
import { randomStream, UserError } from "../base/index.ts";
import { referenceBackend, wasmBackend } from "../compute/index.ts";
import type { Network } from "../model/network/index.ts";
import { denseLayer } from "../model/network/index.ts";
import { countSpikes } from "../model/tensor/index.ts";
import type { Files } from "../platform/index.ts";
import { nodePlatform } from "../platform/node/index.ts";
import {
  augmentImage,
  noAugmentation,
  encodeBatch,
  gradualMagnitude,
  loadDataset,
  pruningMethods,
  readDigits,
  readIdx,
  readRecording,
  splitValidation,
  train,
  trainWithRewinding,
  type LastGood,
  type PruningMethodName,
  type PruningSpec,
  type TrainingOptions,
  type TrainingState,
} from "./index.ts";
import { toy, toyBatch, toyNetwork, toyTraining } from "./toy-task.ts";

const shared = process.env["LACUNA_SHARED"] ?? "../shared";

function refuses(action: () => unknown, code: string, message: string): void {
  assert.throws(action, (error: UserError) => {
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  });
}

/** Files in memory, enough for loaders. */
function memory(contents: Readonly<Record<string, Uint8Array>>): Files {
  const names = Object.keys(contents);
  return {
    ...nodePlatform.files,
    exists: async (path) => Object.hasOwn(contents, path),
    read: async (path) => contents[path] ?? new Uint8Array(),
    list: async (folder) =>
      [
        ...new Set(
          names.filter((n) => n.startsWith(`${folder}/`)).map((n) => n.slice(folder.length + 1).split("/")[0] ?? ""),
        ),
      ].sort(),
  };
}

const idx = (header: readonly number[], data: readonly number[]): Uint8Array => Uint8Array.from([...header, ...data]);

test("digits: the shipped file, its split and its checks", async () => {
  const digits = await loadDataset(nodePlatform.files, "digits", "data");
  assert.deepEqual([digits.train.sampleCount, digits.test.sampleCount, digits.featureCount], [1437, 360, 64]);
  assert.deepEqual([...digits.train.labels.subarray(0, 5)], [0, 1, 2, 3, 4]);
  const row = `${Array.from({ length: 64 }, () => 0).join(",")},3\n`;
  const text = row.repeat(1438);
  const bytes = (t: string): Uint8Array => new TextEncoder().encode(t);
  assert.equal(readDigits(bytes(text), "d").test.sampleCount, 1);
  refuses(() => readDigits(bytes(row), "d"), "data/no-samples", "d: expected more than 1437 lines, got 1");
  refuses(
    () => readDigits(bytes(text.replace(",3", ",12")), "d"),
    "data/bad-row",
    `d, line 1: expected 64 values 0…16 and a label 0…9, got "${row.slice(0, 60)}"`,
  );
  const packed = gzipSync(bytes(text));
  refuses(
    () => readDigits(packed.subarray(0, packed.length / 2), "d.gz"),
    "data/damaged",
    "d.gz: the gzip data is truncated or damaged",
  );
});

test("idx: magic, sizes and labels are checked", async () => {
  const images = idx([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2], [1, 2, 3, 4]);
  assert.deepEqual(readIdx(images, "i", 3).sizes, [1, 2, 2]);
  refuses(
    () => readIdx(idx([0, 0, 9, 3], []), "i", 3),
    "data/wrong-magic",
    "i: expected an idx file starting 00 00 08 03, got 00 00 09 03",
  );
  refuses(
    () => readIdx(images.subarray(0, 18), "i", 3),
    "data/truncated",
    "i: its header promises 20 bytes, the file has 18",
  );
  const files = (label: number): Files =>
    memory(
      Object.fromEntries(
        ["train", "t10k"].flatMap((p) => [
          [`f/${p}-images-idx3-ubyte`, images],
          [`f/${p}-labels-idx1-ubyte`, idx([0, 0, 8, 1, 0, 0, 0, 1], [label])],
        ]),
      ),
    );
  assert.equal((await loadDataset(files(7), "mnist", "f")).train.labels[0], 7);
  await assert.rejects(
    loadDataset(files(10), "mnist", "f"),
    (e: UserError) => e.message === "f/train-labels-idx1-ubyte: label 0 is 10, expected 0…9",
  );
  await assert.rejects(
    loadDataset(memory({}), "mnist", "f"),
    (e: UserError) => e.message === "f: there is no train-images-idx3-ubyte.gz and no train-images-idx3-ubyte",
  );
  await assert.rejects(
    loadDataset(memory({}), "mnits", "f"),
    (e: UserError) => e.message === 'no data set is called "mnits"; did you mean "mnist"?',
  );
});

test("N-MNIST: events, the overflow marker, folders and archives", async () => {
  const events = Uint8Array.from([3, 4, 0x80, 0, 10, 0, 240, 0, 0, 0, 5, 6, 0, 0, 20]);
  const recording = readRecording(events, "r");
  assert.deepEqual([...recording.times], [10, 20 + 8192]);
  assert.deepEqual([...recording.polarity], [1, 0]);
  refuses(
    () => readRecording(events.subarray(1), "r"),
    "data/truncated",
    "r: expected whole events of 5 bytes, got 14 bytes",
  );
  refuses(
    () => readRecording(Uint8Array.from([40, 4, 0, 0, 1]), "r"),
    "data/event-range",
    "r: event 0 lies at (40, 4), outside 34×34",
  );
  const tree = { "f/Train/3/00001.bin": events, "f/Test/4/00002.bin": events };
  const archives = {
    "f/Train.zip": zipSync({ "Train/3/00001.bin": events }),
    "f/Test.zip": zipSync({ "Test/4/00002.bin": events }),
  };
  for (const contents of [tree, archives]) {
    const found = await loadDataset(memory(contents), "nmnist", "f");
    assert.deepEqual([found.train.labels[0], found.test.labels[0]], [3, 4]);
    const options = { encoding: { kind: "direct" }, stepCount: 4, seed: 0, pool: 2 } as const;
    const batch = encodeBatch(found, found.train, [0], options);
    assert.ok(batch.kind === "spikes" && batch.spikes.neuronCount === 2 * 17 * 17);
    assert.equal(countSpikes(batch.spikes), 2);
  }
});

test("the shared data sets load", async (t) => {
  if (!existsSync(`${shared}/nmnist`) && !existsSync(`${shared}/data/nmnist`)) return t.skip("no shared data here");
  const nmnist = await loadDataset(nodePlatform.files, "nmnist", `${shared}/data/nmnist`);
  assert.deepEqual([nmnist.train.sampleCount, nmnist.test.sampleCount], [850, 75]);
  const mnist = await loadDataset(nodePlatform.files, "mnist", `${shared}/data/mnist`);
  assert.deepEqual([mnist.train.sampleCount, mnist.test.sampleCount], [60_000, 5000]);
  return undefined;
});

test("augmentation: nothing changes nothing, a whole-pixel shift moves the image", () => {
  const image = Float32Array.from({ length: 9 }, (_, i) => i);
  const target = new Float32Array(9);
  const still = { shift: 0, rotation: 0, zoom: 0, mirror: false };
  augmentImage(image, target, { width: 3, augmentation: still, random: randomStream(0) });
  assert.deepEqual(target, image);
});

test("augmentation: every other image is mirrored, and only when asked for", () => {
  const image = Float32Array.from({ length: 9 }, (_, i) => i);
  const mirrored = Float32Array.from([2, 1, 0, 5, 4, 3, 8, 7, 6]);
  const random = randomStream(0);
  let count = 0;
  for (let i = 0; i < 400; i++) {
    const target = new Float32Array(9);
    augmentImage(image, target, { width: 3, augmentation: { ...noAugmentation, mirror: true }, random });
    if (target[0] === 2) count++;
    assert.deepEqual(target, target[0] === 2 ? mirrored : image);
  }
  assert.ok(count > 150 && count < 250, `${count} of 400 are mirrored`);
});

test("validation keeps every k-th sample", () => {
  const split = { sampleCount: 10, labels: new Uint8Array(10), values: new Uint8Array(10) };
  const { training, validation } = splitValidation(split, 0.2);
  assert.deepEqual([...validation], [4, 9]);
  assert.equal(training.length, 8);
  assert.equal(splitValidation(split, 0).validation.length, 0);
});

test("training learns, prunes and lies on the grid; wasm and reference take the same path", async () => {
  const task = { network: toyNetwork, dataset: toy, batch: toyBatch, training: toyTraining };
  const result = await train({ ...task, backend: wasmBackend });
  const accuracy = result.history.at(-1)!.trainAccuracy;
  assert.ok(accuracy > 0.85, `accuracy ${accuracy}`);
  for (const { weights, quantizer } of result.network.layers) {
    assert.ok(quantizer !== undefined);
    const zeros = weights.data.filter((w) => w === 0).length;
    assert.ok(zeros >= Math.floor(weights.data.length * 0.25), `${zeros} zeros of ${weights.data.length}`);
    for (const w of weights.data) assert.ok(Math.abs(w / quantizer.scale - Math.round(w / quantizer.scale)) < 1e-4);
  }
  const slow = await train({ ...task, training: { ...toyTraining, epochs: 1 }, backend: referenceBackend });
  assert.deepEqual(
    slow.history[0]!.spikeRates,
    (await train({ ...task, training: { ...toyTraining, epochs: 1 }, backend: wasmBackend })).history[0]!.spikeRates,
  );
});

test("ranges of grids learn with the weights, bits may differ by layer; what cannot be is refused", async () => {
  const training = { ...toyTraining, sparsity: 0, weightBits: undefined, layerBits: [2, 4], rangeRate: 5 };
  const task = { network: toyNetwork, dataset: toy, batch: toyBatch, backend: wasmBackend };
  const { network, history } = await train({ ...task, training });
  assert.deepEqual(
    network.layers.map(({ quantizer }) => quantizer?.bits),
    [2, 4],
  );
  for (const { weights, quantizer } of network.layers) {
    for (const w of weights.data) assert.ok(Math.abs(w / quantizer!.scale - Math.round(w / quantizer!.scale)) < 1e-4);
  }
  const fixed = await train({ ...task, training: { ...training, rangeRate: 0 } });
  assert.notEqual(network.layers[0]!.quantizer!.scale, fixed.network.layers[0]!.quantizer!.scale);
  assert.ok(history.at(-1)!.trainAccuracy > 0.8, `${history.at(-1)!.trainAccuracy}`);
  const refused = async (change: Partial<TrainingOptions>, code: string, message: string): Promise<void> =>
    assert.rejects(train({ ...task, training: { ...toyTraining, ...change } }), { code, message });
  await refused({ weightBits: 17 }, "training/weight-bits", "expected 1…16 whole weight bits, got 17");
  const zeros = '"hidden1": one bit says −1 or 1, and 37 weights are pruned to 0';
  await refused({ weightBits: 1, sparsity: 0.5 }, "training/one-bit-zeros", zeros);
  const fitted = "ranges learn for symmetric grids with one free scale; these are fitted";
  await refused({ rangeRate: 1, grid: { per: "channel" } }, "training/range-rate", fitted);
  const gridless = '"hidden1": its weights lie on no grid that could be kept';
  await refused({ weightBits: undefined, keepGrids: true, sparsity: 0 }, "training/no-grids", gridless);
});

test("every readout trains", async () => {
  for (const kind of ["membrane", "membraneMax", "membraneMean", "firstSpike"] as const) {
    const network = { ...toyNetwork, readout: { kind } };
    const training = { ...toyTraining, weightBits: undefined, sparsity: 0 };
    const { history } = await train({ network, dataset: toy, batch: toyBatch, backend: wasmBackend, training });
    assert.ok(history.at(-1)!.trainAccuracy > 0.85, `${kind}: ${history.at(-1)!.trainAccuracy}`);
  }
});

test("neurons that vote together train by outputs and by every step; a loss that does not know them is refused", async () => {
  const [hidden, output] = toyNetwork.layers;
  const wide = denseLayer("output", { inputCount: 8, neuronCount: 6 }, output!.neuron);
  wide.weights.data.set(output!.weights.data);
  wide.weights.data.forEach((_, i) => (wide.weights.data[i] = 0.3 * Math.sin(i)));
  const network = { ...toyNetwork, layers: [hidden!, wide], readout: { kind: "count", neuronsPerClass: 3 } as const };
  const task = { network, dataset: toy, batch: toyBatch, backend: wasmBackend };
  const training = { ...toyTraining, weightBits: undefined, sparsity: 0 };
  for (const loss of [{ kind: "cross-entropy" }, { kind: "mse-count" }] as const) {
    const { history } = await train({ ...task, training: { ...training, loss } });
    assert.ok(history.at(-1)!.trainAccuracy > 0.85, `${loss.kind}: ${history.at(-1)!.trainAccuracy}`);
  }
  await assert.rejects(train({ ...task, training: { ...training, loss: { kind: "ce-rate" } } }), {
    code: "training/population-loss",
    message: 'loss "ce-rate": 3 neurons vote for a class, which this loss does not know',
  });
});

test("training that was stopped and resumed equals training that was not, also in the middle of an epoch", async () => {
  const task = { network: toyNetwork, dataset: toy, batch: toyBatch, backend: wasmBackend, training: toyTraining };
  const states: TrainingState[] = [];
  const save = async (state: TrainingState): Promise<void> => void states.push(structuredClone(state));
  let batches = 0;
  const checkpoints = { isDue: () => ++batches % 7 === 0, save };
  const whole = await train({ ...task, onEpoch: save, checkpoints });
  assert.ok(states.some(({ partial }) => partial !== undefined));
  for (const resume of states.slice(0, -1)) assert.deepEqual(await train({ ...task, resume }), whole);
});

test("every way to prune reaches its sparsity while training, exactly and reproducibly", async () => {
  const task = { network: toyNetwork, dataset: toy, batch: toyBatch, backend: wasmBackend };
  const shareOf = (network: Network): number => {
    const weights = network.layers.flatMap(({ weights: { data } }) => [...data]);
    return weights.filter((w) => w === 0).length / weights.length;
  };
  const cases: Partial<PruningSpec>[] = [
    ...(Object.keys(pruningMethods) as PruningMethodName[]).map((method) => ({ method })),
    { scope: "global" },
    { structure: "n-of-m", blockSize: 2 },
    { regrow: 0.3 },
    { schedule: { kind: "linear", start: 0.25, end: 1 } },
  ];
  for (const change of cases) {
    const pruning = { ...gradualMagnitude, ...change };
    const training = { ...toyTraining, epochs: 4, weightBits: undefined, sparsity: 0.5, pruning };
    const states: TrainingState[] = [];
    const result = await train({
      ...task,
      training,
      onEpoch: async (state) => void states.push(structuredClone(state)),
    });
    assert.equal(shareOf(result.network), 0.5, JSON.stringify(change));
    assert.deepEqual(await train({ ...task, training, resume: states[1]! }), result, JSON.stringify(change));
  }
});

test("masks that are drawn within an epoch survive a stop in the middle of it", async () => {
  const states: TrainingState[] = [];
  const save = async (state: TrainingState): Promise<void> => void states.push(structuredClone(state));
  for (const change of [{ method: "movement" as const }, { regrow: 0.3 }]) {
    states.length = 0;
    let batches = 0;
    const checkpoints = { isDue: () => ++batches % 45 === 0, save };
    const pruning = { ...gradualMagnitude, ...change };
    const training = { ...toyTraining, epochs: 3, batchSize: 1, weightBits: undefined, sparsity: 0.5, pruning };
    const task = { network: toyNetwork, dataset: toy, batch: toyBatch, backend: wasmBackend, training };
    const whole = await train({ ...task, checkpoints });
    const masks = states.map(({ transforms }) => JSON.stringify(transforms.masks));
    assert.ok(new Set(masks.slice(0, 2)).size > 1, "masks change within the first epochs");
    for (const resume of states) assert.deepEqual(await train({ ...task, resume }), whole);
  }
});

test("kept zeros stay; rewinding prunes round by round and goes back to early weights", async () => {
  const training = { ...toyTraining, epochs: 3, weightBits: undefined, sparsity: 0.6 };
  const shares: number[] = [];
  const zeros = (network: Network) =>
    network.layers.flatMap(({ weights: { data } }) => [...data].filter((w) => w === 0));
  const task = { network: toyNetwork, dataset: toy, batch: toyBatch, backend: wasmBackend };
  const result = await trainWithRewinding({
    ...task,
    training,
    rewinding: { rounds: 3, epoch: 1 },
    onRound: (_, { network }) => shares.push(zeros(network).length / 144),
  });
  const wanted = [0, 1, 2, 3].map((round) => 1 - 0.4 ** (round / 3));
  shares.forEach((found, round) => assert.ok(Math.abs(found - wanted[round]!) < 0.01, `round ${round}: ${found}`));
  const kept = await train({
    ...task,
    network: result.network,
    training: { ...training, sparsity: 0, keepZeros: true },
  });
  assert.equal(zeros(kept.network).length, zeros(result.network).length);
  await assert.rejects(
    trainWithRewinding({ ...task, training, rewinding: { rounds: 0, epoch: 0 } }),
    (e: UserError) => e.message === "rewinding: expected at least 1 round and an epoch 0…2, got 0 and 0",
  );
});

test("numbers that leave the numbers stop the training at once, with a remedy and what was good before", async () => {
  const training = { ...toyTraining, learningRate: 1e38, weightBits: undefined, sparsity: 0 };
  const task = { network: toyNetwork, dataset: toy, batch: toyBatch, backend: wasmBackend, training };
  const hint = "use a lower learning rate, limit the gradient by norm, or choose a smaller surrogate slope";
  await assert.rejects(train(task), {
    code: "training/not-finite",
    message: 'network "toy": a weight is no longer a number in epoch 1; no epoch before it was good',
    hint,
  });
  const states: TrainingState[] = [];
  await train({
    ...task,
    training: { ...training, learningRate: 0.01, epochs: 2 },
    onEpoch: async (s) => void states.push(s),
  });
  let kept: LastGood | undefined;
  const onFailure = async (good: LastGood): Promise<string> => {
    kept = good;
    return "a file";
  };
  await assert.rejects(train({ ...task, resume: states[1], onFailure }), {
    message: 'network "toy": a weight is no longer a number in epoch 3; the last good epoch is 2, kept in a file',
  });
  assert.equal(kept?.state.epoch, 2);
  assert.ok(kept.network.layers.every(({ weights }) => weights.data.every(Number.isFinite)));
});

test("a batch that does not fit the memory is split, says so, and learns the same", async () => {
  const training = { ...toyTraining, epochs: 2, weightBits: undefined, sparsity: 0, threadCount: 1 } as const;
  const task = { network: toyNetwork, dataset: toy, batch: toyBatch, backend: wasmBackend, training };
  const notes: string[] = [];
  const whole = await train(task);
  const parts = await train({
    ...task,
    training: { ...training, memoryLimitBytes: 232_000 },
    onNote: (note) => notes.push(note),
  });
  assert.match(notes.join(), /^a batch of 16 does not fit the memory: it is computed in parts of \d+/);
  assert.deepEqual(parts.history[0]!.spikeRates.length, 2);
  const distance = Math.max(
    ...whole.network.layers[0]!.weights.data.map((w, i) => Math.abs(w - parts.network.layers[0]!.weights.data[i]!)),
  );
  assert.ok(distance < 1e-3, `distance ${distance}`);
});
