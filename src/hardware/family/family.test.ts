import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec, type NeuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { lowerNetwork, runGolden } from "../golden/index.ts";
import { describeMismatch, verifyDesign } from "../rtl/index.ts";
import { targets } from "../target/index.ts";
import { families, type HardwareChoice } from "./index.ts";

const rounding = { rounding: "nearest", coefficientFraction: 8 } as const;

interface Case {
  readonly sizes: readonly number[];
  readonly lanes: readonly number[];
  readonly neurons: readonly NeuronSpec[];
  readonly bits: number;
  readonly family: HardwareChoice["family"];
  readonly weightStorage: HardwareChoice["weightStorage"];
  readonly target: "up5k" | "hx8k";
}

const lif = neuronSpec("lif");
const cases: readonly Case[] = [
  {
    sizes: [20, 16, 10],
    lanes: [4, 2],
    neurons: [lif, lif],
    bits: 4,
    family: "layer-pipeline",
    weightStorage: "dense",
    target: "hx8k",
  },
  {
    sizes: [20, 13, 7],
    lanes: [4, 3],
    neurons: [neuronSpec("alif"), lif],
    bits: 3,
    family: "layer-pipeline",
    weightStorage: "blocks",
    target: "hx8k",
  },
  {
    sizes: [9, 5, 3],
    lanes: [5, 3],
    neurons: [neuronSpec("integrateFire"), neuronSpec("cubaLif")],
    bits: 4,
    family: "layer-pipeline",
    weightStorage: "dense",
    target: "hx8k",
  },
  {
    sizes: [9, 5, 3],
    lanes: [5, 1],
    neurons: [lif, neuronSpec("lif", {}, { kind: "zero" })],
    bits: 2,
    family: "layer-pipeline",
    weightStorage: "blocks",
    target: "hx8k",
  },
  {
    sizes: [12, 8, 8, 4],
    lanes: [4, 1, 2],
    neurons: [lif, neuronSpec("lif", {}, { kind: "value", value: 0.25 }), lif],
    bits: 5,
    family: "dense",
    weightStorage: "dense",
    target: "hx8k",
  },
  {
    sizes: [7, 6, 2],
    lanes: [6, 2],
    neurons: [lif, lif],
    bits: 8,
    family: "dense",
    weightStorage: "dense",
    target: "hx8k",
  },
  {
    sizes: [11, 4],
    lanes: [2],
    neurons: [lif],
    bits: 4,
    family: "layer-pipeline",
    weightStorage: "dense",
    target: "hx8k",
  },
];

cases.forEach((item, index) => {
  const shape = `${item.sizes.join("-")}, lanes ${item.lanes.join(", ")}, ${item.family}, ${item.weightStorage}`;
  test(`golden = prediction = simulation = RTL: ${shape}`, async () => {
    const network = randomNetwork(item, index);
    const integer = lowerNetwork(network, rounding);
    const family = families[item.family];
    const choice = { family: item.family, lanes: item.lanes, weightStorage: item.weightStorage };
    const mapping = family.map(integer, choice, targets[item.target]);
    const trace = runGolden(integer, randomSpikes(network, 12, index));
    const predicted = family.predict(mapping, trace);
    const simulated = family.simulate(mapping, trace);
    assert.deepEqual(simulated.stepEnds, predicted.stepEnds);
    assert.deepEqual(simulated.sampleCycles, predicted.sampleCycles);
    const design = family.emit(mapping);
    const options = { platform: nodePlatform, design, network: integer, trace, cycles: predicted };
    const report = await verifyDesign(options);
    assert.equal(report.mismatch === undefined ? "" : describeMismatch(report.mismatch), "");
    assert.ok(report.spikesCompared > 0, "a test without spikes proves nothing");
    const pressed = await verifyDesign({ ...options, backPressureSeed: index });
    assert.equal(pressed.passed, true);
  });
});

test("weights in single-port RAM are loaded over the host port", async () => {
  const item = cases[0] as Case;
  const integer = lowerNetwork(randomNetwork(item, 7), rounding);
  const target = { ...targets.up5k, limits: { ...targets.up5k.limits, blockRams: { value: 11, source: "test" } } };
  const family = families["layer-pipeline"];
  const mapping = family.map(integer, { family: "layer-pipeline", lanes: [4, 2], weightStorage: "dense" }, target);
  assert.ok(mapping.layers[0]?.memories.some(({ place }) => place === "single-port-ram"));
  const design = family.emit(mapping);
  assert.ok(design.loadWords.length > 20 * 4 * 2);
  const trace = runGolden(integer, randomSpikes({ inputCount: 20, stepCount: 6 }, 5, 3));
  const cycles = family.predict(mapping, trace);
  const report = await verifyDesign({ platform: nodePlatform, design, network: integer, trace, cycles });
  assert.equal(report.passed, true);
});

test("a design that does not fit names layer, resource and who knows remedies", () => {
  const item = { ...(cases[0] as Case), sizes: [256, 128, 10], lanes: [8, 2], bits: 8 };
  const integer = lowerNetwork(randomNetwork(item, 1), rounding);
  const choice = { family: "layer-pipeline", lanes: [8, 2], weightStorage: "dense" } as const;
  const problems = families["layer-pipeline"].check(integer, choice, targets.hx8k);
  assert.equal(problems.length, 1);
  assert.equal(problems[0]?.path, "layer0");
  assert.equal(
    problems[0]?.message,
    'target "hx8k": the design needs 86 block RAMs (64 for the weights of "layer0"), there are 32',
  );
  assert.equal(
    problems[0]?.hint,
    "use fewer lanes, compressed or narrower weights, or a smaller network; lacuna fit tries them",
  );
  assert.deepEqual(families["layer-pipeline"].check(integer, choice, targets.up5k), []);
});

test("every problem of a choice is listed", () => {
  const integer = lowerNetwork(randomNetwork(cases[0] as Case, 1), rounding);
  const choice = { family: "dense", lanes: [0, 11], weightStorage: "blocks" } as const;
  const problems = families.dense.check(integer, choice, targets.hx8k);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["fit/storage", "fit/lanes", "fit/lanes"],
  );
});

// ---------------------------------------------------------------------------------------------------------------------

function randomNetwork(item: Case, seed: number): Network {
  const random = randomStream(seed, "weights");
  const layers = item.neurons.map((neuron, l) => {
    const inputCount = item.sizes[l] ?? 0;
    const layer = denseLayer(`layer${l}`, { inputCount, neuronCount: item.sizes[l + 1] ?? 0 }, neuron);
    for (let i = 0; i < layer.weights.data.length; i++) {
      layer.weights.data[i] = random.uniform() < 0.4 ? 0 : random.normal() * 0.5 + 0.1;
    }
    return { ...layer, quantizer: { bits: item.bits, scale: 1.2 / 2 ** (item.bits - 1) } };
  });
  const [inputCount = 0] = item.sizes;
  return { kind: "network", name: "random", inputCount, stepCount: 6, layers, readout: { kind: "count" } };
}

/** Densities from silent to all-firing, so that empty steps and full FIFOs occur. */
function randomSpikes(
  network: { readonly inputCount: number; readonly stepCount: number },
  sampleCount: number,
  seed: number,
): SpikeTrain {
  const random = randomStream(seed, "spikes");
  const train = spikeTrain({ stepCount: network.stepCount, sampleCount, neuronCount: network.inputCount });
  for (let step = 0; step < train.stepCount; step++) {
    for (let sample = 0; sample < sampleCount; sample++) {
      const density = step === 2 ? 0 : sample / (sampleCount - 1);
      for (let n = 0; n < network.inputCount; n++) if (random.uniform() < density) setSpike(train, step, sample, n);
    }
  }
  return train;
}
