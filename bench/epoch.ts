// One epoch of MNIST, 60,000 images, 784-256-10 over 8 steps, as `train` runs it: loading, encoding alone, and the epoch with its
// encoding, updates and monitoring. `--data FOLDER` names the folder with mnist/ (default ../shared/data), `--threads 1,2`,
// `--encodings rate` (default all of latency, rate, direct), `--epochs N` (default 3; the fastest and the median are printed),
// `--json FILE`. Exit 4 when the median of any of them needs more than 3 s on two threads (on one, where two are not measured).
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { wasmBackendOn } from "../src/compute/index.ts";
import { parseConfig, type Config, type ConfigInput } from "../src/experiment/index.ts";
import { batchOptions, trainingOptions } from "../src/experiment/stages/software.ts";
import { encodeBatch, initialNetwork, inputCountOf, loadDataset, train } from "../src/learning/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";
import { flag, list } from "./flags.ts";
import { spreadOf } from "./spread.ts";

interface Row {
  readonly encoding: string;
  readonly threads: number;
  readonly encodingSeconds: number;
  readonly fastestEpochSeconds: number;
  readonly medianEpochSeconds: number;
  readonly trainingAccuracy: number;
  readonly load: number;
}

const goalSeconds = 3;
const stepCount = 8;
const clock = nodePlatform.clock;
const epochs = Number(flag("--epochs") ?? 3);
const known = [
  { kind: "latency", shape: "linear", threshold: 0.3, clip: true },
  { kind: "rate" },
  { kind: "direct" },
] as const satisfies readonly ConfigInput["encoding"][];
const names = list<string>(
  "--encodings",
  known.map(({ kind }) => kind),
);
const unknown = names.find((name) => !known.some(({ kind }) => kind === name));
if (unknown !== undefined) {
  console.error(
    `--encodings: no encoding "${unknown}" is measured; known: ${known.map(({ kind }) => kind).join(", ")}`,
  );
  process.exit(2);
}
const encodings = known.filter(({ kind }) => names.includes(kind));

const started = clock.monotonic();
const dataset = await loadDataset(nodePlatform.files, "mnist", `${flag("--data") ?? "../shared/data"}/mnist`);
console.log(`loading: ${((clock.monotonic() - started) / 1000).toFixed(2)} s, ${dataset.train.sampleCount} images`);
const rows: Row[] = [];
for (const encoding of encodings) {
  for (const threads of list("--threads", ["1", "2"]).map(Number)) rows.push(await measure(encoding, threads));
}
const titles = ["encoding", "threads", "encoding alone, s", "epoch, s: median", "fastest", "accuracy in it", "load"];
console.log(
  `\n${textTable(
    titles.map((title) => ({ title })),
    rows.map((row) => [
      row.encoding,
      `${row.threads}`,
      row.encodingSeconds.toFixed(2),
      row.medianEpochSeconds.toFixed(2),
      row.fastestEpochSeconds.toFixed(2),
      `${(100 * row.trainingAccuracy).toFixed(1)} %`,
      row.load.toFixed(1),
    ]),
  )}`,
);
console.log(`${nodePlatform.machine.description}; epochs include their encoding; ${epochs} epochs each, batch 128`);
const file = flag("--json");
if (file !== undefined) {
  writeFileSync(file, `${JSON.stringify({ machine: nodePlatform.machine, epochs, rows }, undefined, 2)}\n`);
}
const mostThreads = Math.max(...rows.map(({ threads }) => threads));
const missed = rows.filter((row) => row.threads === mostThreads && row.medianEpochSeconds > goalSeconds);
for (const { encoding, threads, medianEpochSeconds } of missed) {
  console.log(
    `missed: ${encoding} takes ${medianEpochSeconds.toFixed(2)} s on ${threads} threads, goal ${goalSeconds} s`,
  );
}
process.exit(missed.length === 0 ? 0 : 4);

// ---------------------------------------------------------------------------------------------------------------------

async function measure(encoding: NonNullable<ConfigInput["encoding"]>, threads: number): Promise<Row> {
  const config = parseConfig(
    {
      name: "epoch",
      data: { set: "mnist", folder: "unused", validationShare: 0.02 },
      network: { hidden: [256], neuron: "lif", parameters: { decay: 0.9, threshold: 1 } },
      encoding,
      training: { epochs, batchSize: 128, learningRate: 1e-3, surrogateScale: 25, threads },
      explore: { stepCount: [stepCount] },
    },
    "epoch",
  );
  const encodingSeconds = encodeAll(config);
  const network = initialNetwork({
    name: config.name,
    inputCount: inputCountOf(dataset, batchOptions(config, stepCount)),
    hidden: config.network.hidden,
    classCount: dataset.classCount,
    stepCount,
    neuron: neuronSpec(config.network.neuron, config.network.parameters),
    recurrent: false,
    readout: { kind: "count" },
    seed: config.seed,
  });
  const ends = [clock.monotonic()];
  const { history } = await train({
    network,
    dataset,
    batch: batchOptions(config, stepCount),
    backend: wasmBackendOn(nodePlatform.threads),
    workers: nodePlatform.workers,
    training: { ...trainingOptions(config), validationShare: 0 },
    onEpoch: async () => void ends.push(clock.monotonic()),
  });
  const seconds = ends.slice(1).map((end, i) => (end - (ends[i] ?? 0)) / 1000);
  return {
    encoding: config.encoding.kind,
    threads,
    encodingSeconds,
    fastestEpochSeconds: Math.min(...seconds),
    medianEpochSeconds: spreadOf(seconds).median,
    trainingAccuracy: history.at(-1)?.trainAccuracy ?? Number.NaN,
    load: loadavg()[0] ?? 0,
  };
}

/** Seconds to encode every image once, in batches. */
function encodeAll(config: Config): number {
  const from = clock.monotonic();
  const { sampleCount } = dataset.train;
  for (let start = 0; start < sampleCount; start += 128) {
    const indices = Uint32Array.from({ length: Math.min(128, sampleCount - start) }, (_, i) => start + i);
    encodeBatch(dataset, dataset.train, indices, batchOptions(config, stepCount));
  }
  return (clock.monotonic() - from) / 1000;
}
