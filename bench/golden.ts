// The golden model, its fast twin and our float inference on one net, 784-1024-1024-10 over 25 steps with 5 % of the inputs
// firing: rounds are interleaved, figures are medians. Before anything is timed, the twin's trace is compared with the golden
// model's. `--json FILE` keeps the table for machines, `--rounds N` (default 25).
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { assertDefined, randomStream } from "../src/base/index.ts";
import { wasmBackend } from "../src/compute/index.ts";
import { countEvents, lowerNetwork, prepareGolden, runGolden } from "../src/hardware/golden/index.ts";
import { denseLayer, type Network } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import {
  countSpikes,
  fitQuantizer,
  quantizeValue,
  selectSamples,
  setSpike,
  spikeTrain,
  type SpikeTrain,
} from "../src/model/tensor/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";

interface Row {
  readonly executor: string;
  readonly weightBits: number;
  readonly batch: number;
  /** Medians over the rounds. */
  readonly microsecondsPerSample: number;
  readonly neuronUpdatesPerSecond: number;
  readonly synapticOperationsPerSecond: number;
  readonly samplesPerSecond: number;
  /** How many times as fast as our float inference. */
  readonly ratioToFloat: number;
}

const sizes = [784, 1024, 1024, 10];
const stepCount = 25;
/** Uniform weights within ±gain / √inputs: about 5 % of the hidden neurons fire. */
const gains = [3.5, 3.5, 3.5];
const clock = nodePlatform.clock;
const rounds = Number(flag("--rounds") ?? 25);
/** The golden model takes 20 ms a sample. */
const goldenSamples = 2;

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** Weights on the grid of their quantizer, so that floats and integers run the same net. */
function benchNetwork(weightBits: number): Network {
  const random = randomStream(5, "bench weights");
  const layers = sizes.slice(1).map((neuronCount, l) => {
    const inputCount = assertDefined(sizes[l], "inputs");
    const layer = denseLayer(`layer${l}`, { inputCount, neuronCount }, neuronSpec("lif", { decay: 0.9375 }));
    const reach = assertDefined(gains[l], "gain") / Math.sqrt(inputCount);
    const { data } = layer.weights;
    data.forEach((_, i) => (data[i] = (2 * random.uniform() - 1) * reach));
    const quantizer = fitQuantizer(data, weightBits);
    data.forEach((value, i) => (data[i] = quantizeValue(quantizer, value) * quantizer.scale));
    return { ...layer, quantizer };
  });
  return { kind: "network", name: "w5", inputCount: 784, stepCount, layers, readout: { kind: "count" } };
}

function benchInput(sampleCount: number): SpikeTrain {
  const random = randomStream(6, "bench input");
  const input = spikeTrain({ stepCount, sampleCount, neuronCount: 784 });
  for (let step = 0; step < stepCount; step++) {
    for (let s = 0; s < sampleCount; s++) {
      for (let n = 0; n < 784; n++) if (random.uniform() < 0.05) setSpike(input, step, s, n);
    }
  }
  return input;
}

function median(values: readonly number[]): number {
  return assertDefined(values.toSorted((a, b) => a - b)[values.length >> 1], "median");
}

/** Seconds per sample of some calls in a row. */
async function time(samples: number, calls: number, run: () => unknown): Promise<number> {
  const started = clock.monotonic();
  for (let i = 0; i < calls; i++) await run();
  return (clock.monotonic() - started) / 1000 / calls / samples;
}

async function measure(weightBits: number, batch: number): Promise<Row[]> {
  const network = benchNetwork(weightBits);
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const input = benchInput(batch);
  const few = selectSamples(input, [...Array(Math.min(goldenSamples, batch)).keys()]);
  const fast = prepareGolden(integer);
  assert.equal(fast.obstacle, undefined);
  assert.deepEqual(fast.run(few), runGolden(integer, few));
  const trace = fast.run(input);
  const options = { surrogate: { kind: "fastSigmoid", slope: 5 }, detachReset: true, maxSampleCount: batch } as const;
  using float = await wasmBackend.compile(network, options);
  const calls = Math.ceil(20 / batch);
  const executors = [
    { name: "golden model", time: () => time(few.sampleCount, 1, () => runGolden(integer, few)) },
    { name: "fast twin", time: () => time(batch, calls, () => fast.run(input)) },
    {
      name: "float inference",
      time: () => time(batch, calls, () => float.forward({ kind: "spikes", spikes: input }, { training: false })),
    },
  ];
  const times = executors.map((): number[] => []);
  // The first rounds run in the engine's first compiler.
  const warmUp = 10;
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, executor] of executors.entries()) {
      const seconds = await executor.time();
      if (round >= 0) assertDefined(times[i], "times").push(seconds);
    }
  }
  const { layers } = countEvents(integer, trace);
  const operations = layers.reduce((sum, l) => sum + l.effectiveSynapticOperations, 0) / batch;
  const updates = layers.reduce((sum, l) => sum + l.neuronUpdates, 0) / batch;
  const rates = trace.layers.map((train) => countSpikes(train) / (stepCount * batch * train.neuronCount));
  console.log(
    `  ${weightBits} bits, batch ${batch}: ${Math.round(operations)} synaptic operations and ${updates} neuron updates a sample, spike rates ${rates.map((r) => r.toFixed(3)).join(", ")}`,
  );
  const floatSeconds = median(assertDefined(times[2], "float times"));
  return executors.map(({ name }, i) => {
    const seconds = median(assertDefined(times[i], "times"));
    return {
      executor: name,
      weightBits,
      batch,
      microsecondsPerSample: seconds * 1e6,
      neuronUpdatesPerSecond: updates / seconds,
      synapticOperationsPerSecond: operations / seconds,
      samplesPerSecond: 1 / seconds,
      ratioToFloat: floatSeconds / seconds,
    };
  });
}

const rows: Row[] = [];
for (const [weightBits, batch] of [
  [8, 1],
  [8, 128],
  [4, 1],
  [4, 128],
  [12, 128],
] as const) {
  rows.push(...(await measure(weightBits, batch)));
}
const titles = [
  "executor",
  "weight bits",
  "batch",
  "µs / sample",
  "samples / s",
  "M updates / s",
  "G SynOps / s",
  "× float",
];
const digits = (value: number): string => String(Number(value.toPrecision(3)));
console.log(
  `\n${textTable(
    titles.map((title, i) => ({ title, ...(i === 0 ? {} : { align: "right" as const }) })),
    rows.map((r) => [
      r.executor,
      String(r.weightBits),
      String(r.batch),
      digits(r.microsecondsPerSample),
      digits(r.samplesPerSecond),
      digits(r.neuronUpdatesPerSecond / 1e6),
      digits(r.synapticOperationsPerSecond / 1e9),
      digits(r.ratioToFloat),
    ]),
  )}`,
);
console.log(nodePlatform.machine.description);
const file = flag("--json");
if (file !== undefined) {
  writeFileSync(file, `${JSON.stringify({ machine: nodePlatform.machine, rounds, rows }, undefined, 2)}\n`);
}
