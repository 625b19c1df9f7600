// The numbers of the main job, measured: accuracy, epoch time, equality of golden model and RTL, placement. `--only digits,mnist`
// narrows, `--json FILE` keeps the table for machines, `--data FOLDER` names the folder with mnist/ and nmnist/ (default
// ../shared/data). It takes several minutes; nothing here is a unit test.
import { existsSync } from "node:fs";
import { wasmBackendOn } from "../src/compute/index.ts";
import { demoConfig, parseConfig, type Config, type ConfigInput } from "../src/experiment/index.ts";
import { batchOptions, encodeSpikes, trainingOptions } from "../src/experiment/stages/software.ts";
import { families, type HardwareChoice } from "../src/hardware/family/index.ts";
import { lowerNetwork, runGolden, runGoldenFast } from "../src/hardware/golden/index.ts";
import { placeAndRoute, synthesize, verifyDesign, describeMismatch } from "../src/hardware/rtl/index.ts";
import { targets } from "../src/hardware/target/index.ts";
import {
  evaluateNetwork,
  initialNetwork,
  inputCountOf,
  loadDataset,
  train,
  type Dataset,
} from "../src/learning/index.ts";
import { accuracyOf } from "../src/model/encoding/index.ts";
import type { Network } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { flag } from "./flags.ts";
import { add, finish } from "./rows.ts";

const dataFolder = flag("--data") ?? "../shared/data";
const only = flag("--only")?.split(",") ?? ["digits", "mnist", "nmnist"];
const clock = nodePlatform.clock;

const mnistConfig: ConfigInput = {
  name: "mnist",
  data: { set: "mnist", folder: `${dataFolder}/mnist`, validationShare: 0.02 },
  network: { hidden: [128], neuron: "lif", parameters: { decay: 0.875, threshold: 1 } },
  encoding: { kind: "latency", shape: "linear", threshold: 0.3, clip: true },
  training: { epochs: 15, batchSize: 64, learningRate: 2e-3, surrogateScale: 5, shift: 1 },
  tuning: { epochs: 5, learningRate: 6e-4 },
  explore: { stepCount: [8] },
};

const nmnistConfig: ConfigInput = {
  name: "nmnist",
  data: { set: "nmnist", folder: `${dataFolder}/nmnist`, pool: 2 },
  network: { hidden: [128], neuron: "lif", parameters: { decay: 0.875, threshold: 1 } },
  training: { epochs: 60, batchSize: 32, learningRate: 2e-3, surrogateScale: 5, shift: 2, weightDecay: 0.3 },
  explore: { stepCount: [10] },
};

/** A network trained on the whole training split; the test split only judges the end. */
async function trainFully(
  config: Config,
  dataset: Dataset,
  stepCount: number,
): Promise<{ readonly network: Network; readonly test: number; readonly epochSeconds: number }> {
  const network = initialNetwork({
    name: config.name,
    inputCount: inputCountOf(dataset, { encoding: config.encoding, pool: config.data.pool }),
    hidden: config.network.hidden,
    classCount: dataset.classCount,
    stepCount,
    neuron: neuronSpec(config.network.neuron, config.network.parameters),
    recurrent: false,
    readout: { kind: "count" },
    seed: config.seed,
  });
  const batch = batchOptions(config, stepCount);
  const training = { ...trainingOptions(config), validationShare: 0 };
  const started = clock.monotonic();
  const result = await train({ network, dataset, batch, backend: wasmBackendOn(nodePlatform.threads), training });
  const epochSeconds = (clock.monotonic() - started) / 1000 / config.training.epochs;
  const test = await evaluateNetwork({
    network: result.network,
    dataset,
    split: dataset.test,
    batch,
    backend: wasmBackendOn(nodePlatform.threads),
  });
  return { network: result.network, test: test.accuracy, epochSeconds };
}

async function quantizeFully(config: Config, dataset: Dataset, network: Network): Promise<Network> {
  const batch = batchOptions(config, network.stepCount);
  const { epochs, learningRate } = config.tuning;
  const training = { ...trainingOptions(config), validationShare: 0, epochs, learningRate, weightBits: 4 };
  return (await train({ network, dataset, batch, backend: wasmBackendOn(nodePlatform.threads), training })).network;
}

/** Golden accuracy on the whole test split, RTL equality on some of it, placement. */
async function build(
  name: string,
  config: Config,
  dataset: Dataset,
  network: Network,
  options: {
    readonly choice: HardwareChoice;
    readonly target: "up5k" | "hx8k";
    readonly verifySamples: number;
    readonly accuracyGoal: number;
  },
): Promise<void> {
  const integer = lowerNetwork(network, config.numerics);
  const batch = batchOptions(config, network.stepCount);
  const indices = Uint32Array.from({ length: dataset.test.sampleCount }, (_, i) => i);
  const golden = runGoldenFast(integer, encodeSpikes(dataset, dataset.test, indices, batch));
  const accuracy = accuracyOf(golden.decisions, dataset.test.labels);
  add(`${name} accuracy, 4-bit weights`, accuracy * 100, "%", `golden model, ${indices.length} test samples`, [
    "≥",
    options.accuracyGoal,
  ]);
  const target = targets[options.target];
  const family = families[options.choice.family];
  const mapping = family.map(integer, options.choice, target);
  const design = family.emit(mapping);
  const all = family.predict(mapping, golden);
  const some = runGolden(
    integer,
    encodeSpikes(dataset, dataset.test, indices.subarray(0, options.verifySamples), batch),
  );
  const cycles = family.predict(mapping, some);
  const report = await verifyDesign({ platform: nodePlatform, design, network: integer, trace: some, cycles });
  if (report.mismatch !== undefined) console.log(describeMismatch(report.mismatch));
  const scope = `${report.scope.samples} samples, ${report.spikesCompared} spikes, ${report.stepEndsCompared} step ends`;
  add(`${name} RTL mismatches`, report.passed ? 0 : 1, "", `rtl, ${scope}`, ["=", 0]);
  console.log(
    `    ${Math.round(report.cyclesSimulated / report.seconds).toLocaleString("en-US")} cycles/s, ${report.simulator}`,
  );
  const synthesis = await synthesize({ platform: nodePlatform, design, target });
  const placed = await placeAndRoute({ platform: nodePlatform, synthesis, target });
  const meanCycles = all.sampleCycles.reduce((sum, c) => sum + c, 0) / all.sampleCycles.length;
  add(`${name} logic cells on ${options.target}`, placed.logicCells.value, "cells", placed.logicCells.source, [
    "≤",
    1800,
  ]);
  add(`${name} clock on ${options.target}`, placed.maxFrequency.value / 1e6, "MHz", placed.maxFrequency.source, [
    "≥",
    24,
  ]);
  const latency = (meanCycles / placed.maxFrequency.value) * 1e3;
  add(`${name} latency per image`, latency, "ms", `placed clock × ${meanCycles.toFixed(0)} cycles (rtl)`, ["≤", 0.5]);
}

if (only.includes("digits")) {
  console.log("digits, 64-128-10");
  const config = parseConfig(demoConfig, "demo");
  const dataset = await loadDataset(nodePlatform.files, "digits", "data");
  const { network, test } = await trainFully(config, dataset, 12);
  add("digits accuracy, float", test * 100, "%", "float, last 360", ["≥", 95]);
  await build("digits", config, dataset, await quantizeFully(config, dataset, network), {
    choice: { family: "layer-pipeline", lanes: [4, 2], weightStorage: "dense" },
    target: "hx8k",
    verifySamples: 360,
    accuracyGoal: 94,
  });
}
if (only.includes("mnist") && existsSync(`${dataFolder}/mnist`)) {
  console.log("MNIST, 784-128-10, 8 steps");
  const config = parseConfig(mnistConfig, "mnist");
  const dataset = await loadDataset(nodePlatform.files, "mnist", `${dataFolder}/mnist`);
  const { network, test, epochSeconds } = await trainFully(config, dataset, 8);
  add("MNIST accuracy, float", test * 100, "%", `float, ${dataset.test.sampleCount} test samples`, ["≥", 97.5]);
  add("MNIST epoch", epochSeconds, "s", "measured, wall clock, 60,000 images, one thread", ["≤", 30]);
  await build("MNIST", config, dataset, await quantizeFully(config, dataset, network), {
    choice: { family: "layer-pipeline", lanes: [8, 2], weightStorage: "dense" },
    target: "up5k",
    verifySamples: 500,
    accuracyGoal: 97,
  });
}
if (only.includes("nmnist") && existsSync(`${dataFolder}/nmnist`)) {
  console.log("N-MNIST, 578-128-10, 10 steps, 5 seeds");
  const dataset = await loadDataset(nodePlatform.files, "nmnist", `${dataFolder}/nmnist`);
  const results: number[] = [];
  for (let seed = 0; seed < 5; seed++) {
    const { test } = await trainFully(parseConfig({ ...nmnistConfig, seed }, "nmnist"), dataset, 10);
    results.push(test * 100);
    console.log(`    seed ${seed}: ${(test * 100).toFixed(1)} %`);
  }
  const mean = results.reduce((a, b) => a + b, 0) / results.length;
  const deviation = Math.sqrt(results.reduce((s, x) => s + (x - mean) ** 2, 0) / (results.length - 1));
  add("N-MNIST accuracy, mean of 5 seeds", mean, "%", `float, 75 test samples, deviation ${deviation.toFixed(1)}`, [
    "≥",
    82,
  ]);
}

finish();
