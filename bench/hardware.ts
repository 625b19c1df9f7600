// Trained networks on generated cores: a convolution on digits (200 test samples) and a recurrent layer on Braille letters (100), every
// spike of every layer, every step's end and every decision compared between golden model, cycle model and RTL. `--json FILE`,
// `--data FOLDER` (default ../shared/data), exit 4 when anything differs. Then how many lane allocations a second are looked at,
// and how long the SystemVerilog of a million synapses takes; `--no-networks` does only these two.
import { briefTraining } from "./brief-training.ts";
import { existsSync, writeFileSync } from "node:fs";
import { assertDefined, randomStream } from "../src/base/index.ts";
import { referenceBackend, wasmBackend, type Backend } from "../src/compute/index.ts";
import { allocateLanes, AllocationSpace } from "../src/hardware/cost/index.ts";
import { families } from "../src/hardware/family/index.ts";
import { lowerNetwork, runGolden, synapseWalk } from "../src/hardware/golden/index.ts";
import { describeMismatch, verifyDesign } from "../src/hardware/rtl/index.ts";
import { targets } from "../src/hardware/target/index.ts";
import { encodeBatch, initialNetwork, loadDataset, train, type BatchOptions } from "../src/learning/index.ts";
import { accuracyOf, defaultEncoding } from "../src/model/encoding/index.ts";
import { convLayer, denseLayer, type Network } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { setSpike, spikeTrain } from "../src/model/tensor/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";

interface Experiment {
  readonly title: string;
  readonly dataset: string;
  readonly folder: string;
  readonly network: Network;
  readonly batch: BatchOptions;
  readonly backend: Backend;
  readonly epochs: number;
  readonly trainCount: number;
  readonly learningRate: number;
  readonly lanes: readonly number[];
  readonly samples: number;
}

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const data = flag("--data") ?? "../shared/data";
const { clock } = nodePlatform;

/** 8×8 digits: 8 channels of 3×3 at stride 2, ten classes. */
function convNetwork(): Network {
  const spec = neuronSpec("lif", { decay: 0.75 });
  const shape = { input: { rows: 8, columns: 8, channels: 1 }, channels: 8, kernel: 3, stride: 2, padding: 1 };
  const layers = [convLayer("conv", shape, spec), denseLayer("output", { inputCount: 128, neuronCount: 10 }, spec)];
  const random = randomStream(3, "bench conv");
  layers.forEach(({ weights: { data: values } }, l) => {
    values.forEach((_, i) => (values[i] = (2 * random.uniform() - 1) * (l === 0 ? 0.9 : 0.25)));
  });
  return { kind: "network", name: "digits conv", inputCount: 64, stepCount: 6, layers, readout: { kind: "count" } };
}

const experiments: readonly Experiment[] = [
  {
    title: "conv 8x8x1-8c3s2-10",
    dataset: "digits",
    folder: "data",
    network: convNetwork(),
    batch: { encoding: defaultEncoding("rate"), stepCount: 6, seed: 1, pool: 1 },
    backend: referenceBackend,
    epochs: 6,
    trainCount: 1437,
    learningRate: 0.02,
    lanes: [8, 5],
    samples: 200,
  },
  {
    title: "recurrent 24-48r-27",
    dataset: "braille",
    folder: `${data}/braille`,
    network: initialNetwork({
      name: "braille recurrent",
      inputCount: 24,
      hidden: [48],
      classCount: 27,
      stepCount: 25,
      neuron: neuronSpec("lif", { decay: 0.9 }),
      recurrent: true,
      readout: { kind: "count" },
      seed: 2,
    }),
    batch: { encoding: defaultEncoding("direct"), stepCount: 25, seed: 1, pool: 1 },
    backend: wasmBackend,
    epochs: 30,
    trainCount: 864,
    learningRate: 0.01,
    lanes: [8, 3],
    samples: 100,
  },
];

const results = [];
for (const experiment of process.argv.includes("--no-networks") ? [] : experiments) {
  if (existsSync(experiment.folder)) results.push(await run(experiment));
  else console.log(`${experiment.title}: skipped, there is no ${experiment.folder}`);
}
const columns = [
  "network",
  "weights",
  "synapses",
  "test accuracy",
  "samples",
  "spikes compared",
  "step ends",
  "cycles/sample",
  "equal",
];
const speeds = ["network", "closed form", "event simulation", "RTL with elaboration", "emission"];
const show = (titles: readonly string[], rows: readonly (readonly string[])[]): void =>
  console.log(
    textTable(
      titles.map((title) => ({ title })),
      rows,
    ),
  );
if (results.length > 0) {
  show(
    columns,
    results.map(({ row }) => row),
  );
  show(
    speeds,
    results.map(({ speed }) => speed),
  );
}
const allocation = measureAllocation();
console.log(allocation.text);
const emission = measureEmission();
console.log(emission.text);
const target = flag("--json");
if (target !== undefined) writeFileSync(target, `${JSON.stringify({ results, allocation, emission }, undefined, 2)}\n`);
process.exit(results.every(({ passed }) => passed) ? 0 : 4);

// ---------------------------------------------------------------------------------------------------------------------

async function run(experiment: Experiment) {
  const { title, network, batch, backend, samples, lanes } = experiment;
  const dataset = await loadDataset(nodePlatform.files, experiment.dataset, experiment.folder);
  const { train: all } = dataset;
  const part = { ...all, sampleCount: Math.min(all.sampleCount, experiment.trainCount) };
  const trained = await train({
    network,
    dataset: { ...dataset, train: part },
    batch,
    backend,
    training: briefTraining({ epochs: experiment.epochs, learningRate: experiment.learningRate }),
  });
  const integer = lowerNetwork(trained.network, { rounding: "nearest", coefficientFraction: 8 });
  const count = Math.min(samples, dataset.test.sampleCount);
  const input = encodeBatch(
    dataset,
    dataset.test,
    Array.from({ length: count }, (_, i) => i),
    batch,
  );
  if (input.kind !== "spikes") throw new Error(`${title}: its input should be spikes`);
  const trace = runGolden(integer, input.spikes);
  const family = families["layer-pipeline"];
  const mapping = family.map(integer, { family: "layer-pipeline", weightStorage: "dense", lanes }, targets.up5k);
  const closed = timed(() => family.predict(mapping, trace));
  const simulated = timed(() => family.simulate(mapping, trace));
  const emitted = timed(() => family.emit(mapping));
  const same = (a: Uint32Array, b: Uint32Array): boolean => a.every((value, i) => value === b[i]);
  const agree =
    same(closed.value.stepEnds, simulated.value.stepEnds) &&
    same(closed.value.sampleCycles, simulated.value.sampleCycles);
  const report = await verifyDesign({
    platform: nodePlatform,
    design: emitted.value,
    network: integer,
    trace,
    cycles: closed.value,
  });
  if (report.mismatch !== undefined) console.log(`${title}: ${describeMismatch(report.mismatch)}`);
  const cycles = closed.value.sampleCycles.reduce((a, b) => a + b, 0);
  const synapses = integer.layers.reduce((sum, layer) => {
    const walk = synapseWalk(layer);
    let found = 0;
    const events = layer.inputCount + (layer.isRecurrent === true ? layer.neuronCount : 0);
    for (let event = 0; event < events; event++) walk(event, () => found++);
    return sum + found;
  }, 0);
  const passed = report.passed && agree;
  const rate = (seconds: number): string => `${(cycles / seconds / 1e6).toFixed(2)} Mcycle/s`;
  return {
    passed,
    row: [
      title,
      `${assertDefined(integer.layers[0], "layer").weightBits} bit`,
      String(synapses),
      `${(100 * accuracyOf(trace.decisions, dataset.test.labels.subarray(0, count))).toFixed(1)} %`,
      String(count),
      String(report.spikesCompared),
      String(report.stepEndsCompared),
      (cycles / count).toFixed(1),
      passed ? "golden = closed form = simulation = RTL" : "NO",
    ],
    speed: [
      title,
      rate(closed.seconds),
      rate(simulated.seconds),
      rate(report.seconds),
      `${(1000 * emitted.seconds).toFixed(0)} ms`,
    ],
  };
}

/** Every divisor allocation of a net of four layers, random weights and spikes, exact cycles over five samples of eight steps. */
function measureAllocation() {
  const random = randomStream(4, "bench allocation");
  const sizes = [96, 120, 96, 72, 10];
  const layers = sizes.slice(1).map((neuronCount, l) => {
    const layer = denseLayer(`layer${l}`, { inputCount: sizes[l] ?? 0, neuronCount }, neuronSpec("lif"));
    layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.normal() * 0.2 + 0.02));
    return { ...layer, quantizer: { bits: 4, scale: 0.1 } };
  });
  const net: Network = {
    kind: "network",
    name: "allocation",
    inputCount: 96,
    stepCount: 8,
    layers,
    readout: { kind: "count" },
  };
  const integer = lowerNetwork(net, { rounding: "nearest", coefficientFraction: 8 });
  const input = spikeTrain({ stepCount: 8, sampleCount: 5, neuronCount: 96 });
  for (let i = 0; i < 800; i++) setSpike(input, random.integer(8), random.integer(5), random.integer(96));
  const trace = runGolden(integer, input);
  const choice = { family: "layer-pipeline", weightStorage: "dense", target: targets.up5k, mostLanes: 64 } as const;
  const space = timed(() => new AllocationSpace(integer, trace, choice));
  const study = timed(() => allocateLanes(space.value));
  const { designCount, fittingCount, front } = study.value;
  const designsPerSecond = designCount / study.seconds;
  const text =
    `allocation ${sizes.join("-")}: ${designCount} legal designs, ${fittingCount} fit ${targets.up5k.name}, front of ${front.length}; ` +
    `${designsPerSecond.toFixed(0)} designs/s, after ${(1000 * space.seconds).toFixed(0)} ms for the layers`;
  return { text, designCount, fittingCount, designsPerSecond, layerSeconds: space.seconds };
}

/** SystemVerilog and memory images of 1024-1000-10, about a million synapses of 4 bits, on a chip without limits; median of five. */
function measureEmission() {
  const random = randomStream(5, "bench emission");
  const sizes = [1024, 1000, 10];
  const layers = sizes.slice(1).map((neuronCount, l) => {
    const layer = denseLayer(`layer${l}`, { inputCount: sizes[l] ?? 0, neuronCount }, neuronSpec("lif"));
    layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.normal() * 0.2));
    return { ...layer, quantizer: { bits: 4, scale: 0.1 } };
  });
  const readout = { kind: "count" } as const;
  const net: Network = { kind: "network", name: "emission", inputCount: 1024, stepCount: 8, layers, readout };
  const integer = lowerNetwork(net, { rounding: "nearest", coefficientFraction: 8 });
  const family = families["layer-pipeline"];
  const choice = { family: "layer-pipeline", weightStorage: "dense", lanes: [8, 2] } as const;
  const blockRams = { value: 1_000_000, source: "no chip: only the emission is timed" };
  const target = { ...targets.hx8k, limits: { ...targets.hx8k.limits, blockRams } };
  const mapping = family.map(integer, choice, target);
  const runs = Array.from({ length: 5 }, () => timed(() => family.emit(mapping)));
  const seconds = assertDefined(runs.map((run) => run.seconds).sort((a, b) => a - b)[2], "median");
  const bytes = assertDefined(runs[0], "run").value.files.reduce((sum, file) => sum + file.text.length, 0);
  const synapses = layers.reduce((sum, { weights }) => sum + weights.data.length, 0);
  const text = `emission ${sizes.join("-")}: ${synapses} synapses, ${(bytes / 1e6).toFixed(1)} MB in ${(1000 * seconds).toFixed(0)} ms (measured, median of 5; goal 1000 ms)`;
  return { text, synapses, bytes, seconds };
}

function timed<Value>(work: () => Value): { readonly value: Value; readonly seconds: number } {
  const from = clock.monotonic();
  const value = work();
  return { value, seconds: (clock.monotonic() - from) / 1000 };
}
