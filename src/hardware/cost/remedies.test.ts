import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { convLayer, denseLayer, type Layer } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { families, type HardwareChoice } from "../family/index.ts";
import { lowerNetwork, type IntegerNetwork } from "../golden/index.ts";
import { targetByName, targets, type TargetName } from "../target/index.ts";
import { allocateLanes, AllocationSpace } from "./allocate.ts";
import { estimateCells } from "./area.ts";
import { everyNeuronFires, fastestLanes, judgeFit, type Candidate } from "./fitting.ts";
import { findRemedies, type Remedy } from "./remedies.ts";

const spec = neuronSpec("lif", { threshold: 0.8 });

function lowered(inputCount: number, layers: readonly Layer[], zeros = 0.3, bits = 4): IntegerNetwork {
  const random = randomStream(3, "remedies");
  const filled = layers.map((layer) => {
    layer.weights.data.forEach(
      (_, i) => (layer.weights.data[i] = random.uniform() < zeros ? 0 : random.normal() * 0.4 + 0.1),
    );
    return { ...layer, quantizer: { bits, scale: 1 / 2 ** (bits - 1) } };
  });
  const network = {
    kind: "network",
    name: "n",
    inputCount,
    stepCount: 5,
    layers: filled,
    readout: { kind: "count" },
  } as const;
  return lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
}

function dense(sizes: readonly number[], zeros?: number, bits?: number): IntegerNetwork {
  const layers = sizes
    .slice(1)
    .map((neuronCount, l) => denseLayer(`layer${l}`, { inputCount: sizes[l] ?? 0, neuronCount }, spec));
  return lowered(sizes[0] ?? 0, layers, zeros, bits);
}

const grid = { rows: 8, columns: 8, channels: 2 };
const conv = (): IntegerNetwork =>
  lowered(128, [
    convLayer("conv", { input: grid, channels: 6, kernel: 3 }, spec),
    denseLayer("output", { inputCount: 216, neuronCount: 10 }, spec),
  ]);
const recurrent = (): IntegerNetwork =>
  lowered(40, [
    denseLayer("loop", { inputCount: 40, neuronCount: 100, recurrent: true }, spec),
    denseLayer("output", { inputCount: 100, neuronCount: 4 }, spec),
  ]);

const base: HardwareChoice = { family: "layer-pipeline", weightStorage: "dense", lanes: [4, 2] };
const cases: readonly (readonly [string, IntegerNetwork, HardwareChoice, TargetName])[] = [
  ["weights for block RAM", dense([400, 128, 10]), base, "hx8k"],
  ["a few blocks too many", dense([256, 128, 10]), { ...base, lanes: [32, 10] }, "hx8k"],
  ["many zeros", dense([600, 64, 10], 0.97), { ...base, lanes: [1, 1] }, "hx8k"],
  ["wide weights", dense([256, 64, 10], 0.3, 8), base, "hx8k"],
  ["too many cells", dense([64, 32, 10]), { ...base, lanes: [32, 10] }, "up5k"],
  ["too many cells, UP5K", dense([196, 128, 10]), { ...base, lanes: [128, 10] }, "up5k"],
  ["three layers", dense([128, 128, 64, 10]), { ...base, lanes: [64, 4, 2] }, "hx8k"],
  ["no lanes for a layer", dense([64, 32, 16, 10]), base, "hx8k"],
  ["lanes that do not divide channels", conv(), base, "hx8k"],
  ["a convolution on the dense family", conv(), { ...base, family: "dense", lanes: [6, 2] }, "hx8k"],
  ["a recurrence on a family without", recurrent(), { ...base, family: "event-control" }, "hx8k"],
  [
    "a storage that the family lacks",
    dense([64, 32, 10]),
    { ...base, family: "dense", weightStorage: "blocks" },
    "hx8k",
  ],
];

/** As a user would: the flags over what was asked for. */
function typed({ choice, target }: Candidate, { flags, candidate }: Remedy): Candidate {
  const given = new Map(flags.map((flag) => flag.split(" ") as [string, string]));
  const changed = {
    ...choice,
    ...(given.has("--family") ? { family: given.get("--family") } : {}),
    ...(given.has("--storage") ? { weightStorage: given.get("--storage") } : {}),
    ...(given.has("--lanes") ? { lanes: given.get("--lanes")!.split(",").map(Number) } : {}),
  } as HardwareChoice;
  return { network: candidate.network, choice: changed, target: targetByName(given.get("--target") ?? target.name) };
}

/** The network is what the words promise. */
function checkNetwork({ network }: Candidate, { kind, before = "", candidate, measureAgain }: Remedy): void {
  assert.equal(before === "", candidate.network === network);
  assert.equal(measureAgain === undefined, candidate.network === network);
  const number = (pattern: RegExp): number => Number(pattern.exec(before)?.[1]);
  if (kind === "weight-bits") {
    const bits = number(/--bits (\d+)/);
    for (const layer of candidate.network.layers) {
      assert.ok(layer.weightBits <= bits && layer.weights.every((w) => w >= -(2 ** (bits - 1)) && w < 2 ** (bits - 1)));
    }
  }
  if (kind === "sparsity") {
    const [share, block] = [number(/--sparsity ([\d.]+)/), number(/--block (\d+)/)];
    for (const { weights, convolution, neuronCount } of candidate.network.layers) {
      if (convolution !== undefined) continue;
      // At least as many groups are stored as that sparsity leaves.
      const groups = Math.ceil(neuronCount / block);
      const kept = new Set<number>();
      weights.forEach((weight, i) => {
        const column = i % neuronCount;
        if (weight !== 0) kept.add(((i - column) / neuronCount) * groups + Math.floor(column / block));
      });
      assert.ok(kept.size >= Math.floor((weights.length / neuronCount) * groups * (1 - share)));
    }
  }
  if (kind === "neurons") {
    const count = number(/(\d+) neurons/);
    const index = candidate.network.layers.findIndex(({ name }) => before.includes(`"${name}"`));
    assert.equal(candidate.network.layers[index]?.neuronCount, count);
    assert.equal(candidate.network.layers[index + 1]?.inputCount, count);
  }
}

const order = ["lanes", "storage", "family", "target", "weight-bits", "sparsity", "neurons"];

for (const [name, network, choice, targetName] of cases) {
  test(`every remedy, typed, fits: ${name}`, () => {
    const asked: Candidate = { network, choice, target: targets[targetName] };
    assert.notEqual(judgeFit(asked).problems.length, 0, "the case must not fit");
    const remedies = findRemedies(asked);
    assert.ok(remedies.length > 0);
    const places = remedies.map(({ kind }) => order.indexOf(kind));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    for (const remedy of remedies) {
      const applied = typed(asked, remedy);
      const family = families[applied.choice.family];
      assert.deepEqual(family.check(applied.network, applied.choice, applied.target), []);
      const cells = estimateCells(family.map(applied.network, applied.choice, applied.target)).value;
      assert.ok(cells <= applied.target.limits.logicCells.value, remedy.flags.join(" "));
      checkNetwork(asked, remedy);
    }
  });
}

test("a network that nothing makes fit has no remedy", () => {
  const inputs = { network: dense([2 ** 14 + 1, 4, 4]), choice: base, target: targets.up5k };
  assert.equal(judgeFit(inputs).problems[0]?.code, "fit/inputs");
  assert.deepEqual(findRemedies(inputs), []);
  // Each layer takes several RAM blocks, however small.
  const deep = {
    network: dense(Array.from({ length: 13 }, () => 4)),
    choice: { ...base, lanes: Array(12).fill(1) },
    target: targets.up5k,
  };
  assert.equal(judgeFit(deep).problems[0]?.code, "fit/block-rams");
  assert.deepEqual(findRemedies(deep), []);
});

test("the fastest lanes are the first of the whole front", () => {
  const network = dense([64, 24, 10]);
  const { lanes: _, ...choice } = base;
  const space = new AllocationSpace(network, everyNeuronFires(network), {
    ...choice,
    target: targets.up5k,
    mostLanes: 32,
  });
  const lanes = fastestLanes(network, choice, targets.up5k);
  assert.deepEqual(lanes, allocateLanes(space).front[0]?.lanes);
  assert.ok((lanes?.[0] ?? 0) > 4, "faster than the lanes of old");
});
