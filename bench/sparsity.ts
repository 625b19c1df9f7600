// What sparsity buys, measured: accuracy of pruned networks by the golden model, spikes saved by regularization, synaptic
// operations, and the cycles and RAM blocks of generated hardware before and after. Recipes are chosen on a held-out twelfth of the
// training split; the test split judges only what was chosen. `--only front,pruned,spikes,ternary,speed,rtl` narrows,
// `--run FOLDER` keeps trained networks (default .lacuna/bench-sparsity), `--data FOLDER` as in base.ts, `--json FILE`.
import { existsSync } from "node:fs";
import { wasmBackendOn } from "../src/compute/index.ts";
import { demoConfig, parseConfig, type Config, type ConfigInput } from "../src/experiment/index.ts";
import { pruningOf } from "../src/experiment/pruning-choice.ts";
import { batchOptions, encodeSpikes, initialOf, trainingOptions } from "../src/experiment/stages/software.ts";
import { nonDominated } from "../src/exploration/index.ts";
import { paretoTestSet } from "../src/exploration/pareto-test-set.ts";
import { families, type HardwareChoice } from "../src/hardware/family/index.ts";
import { countEvents, lowerNetwork, runGolden, runGoldenFast, type EventTrace } from "../src/hardware/golden/index.ts";
import { describeMismatch, synthesize, verifyDesign } from "../src/hardware/rtl/index.ts";
import { targets } from "../src/hardware/target/index.ts";
import {
  gradualMagnitude,
  loadDataset,
  prunableParts,
  pruneParts,
  splitValidation,
  train,
  type Dataset,
  type Split,
  type TrainingOptions,
} from "../src/learning/index.ts";
import { accuracyOf } from "../src/model/encoding/index.ts";
import { layerArrays, type Network } from "../src/model/network/index.ts";
import { zeroShare } from "../src/model/sparsity/index.ts";
import { countSpikes } from "../src/model/tensor/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { openRun } from "../src/runs/index.ts";
import { flag } from "./flags.ts";
import { add, finish } from "./rows.ts";

const dataFolder = flag("--data") ?? "../shared/data";
const only = flag("--only")?.split(",") ?? ["front", "pruned", "spikes", "ternary", "speed", "rtl"];
const { clock } = nodePlatform;
const backend = wasmBackendOn(nodePlatform.threads);
const { signal } = new AbortController();
await using run = await openRun(nodePlatform, flag("--run") ?? ".lacuna/bench-sparsity");

const mnistInput: ConfigInput = {
  name: "mnist",
  data: { set: "mnist", folder: `${dataFolder}/mnist`, validationShare: 1 / 12 },
  network: { hidden: [128], neuron: "lif", parameters: { decay: 0.875, threshold: 1 } },
  encoding: { kind: "latency", shape: "linear", threshold: 0.3, clip: true },
  training: { epochs: 15, batchSize: 64, learningRate: 2e-3, surrogateScale: 5, shift: 1 },
};

/** Train, or take what an earlier run left. Held-out samples only judge; the last epoch's weights are taken. */
async function trained(
  name: string,
  config: Config,
  dataset: Dataset,
  start: Network,
  change: Partial<TrainingOptions>,
): Promise<{ readonly network: Network; readonly epochSeconds: number }> {
  const training: TrainingOptions = { ...trainingOptions(config), ...change };
  const { output } = await run.stage(
    {
      name,
      version: 1,
      inputs: { start, training, encoding: config.encoding, set: config.data.set },
      run: async () => {
        const started = clock.monotonic();
        const batch = batchOptions(config, start.stepCount);
        const { network } = await train({ network: start, dataset, batch, backend, training });
        return { network, epochSeconds: (clock.monotonic() - started) / 1000 / training.epochs };
      },
    },
    { signal },
  );
  return output;
}

interface Judgment {
  /** Percent, golden model. */
  readonly accuracy: number;
  readonly trace: EventTrace;
}

/** The whole test split through the golden model. */
function judge(config: Config, dataset: Dataset, network: Network): Judgment {
  return judgeOn(config, dataset, { network, split: dataset.test, indices: everyIndex(dataset.test) });
}

/** The part of the training split that no network has learned from. */
function judgeHeldOut(config: Config, dataset: Dataset, network: Network): Judgment {
  const { validation: indices } = splitValidation(dataset.train, config.data.validationShare);
  return judgeOn(config, dataset, { network, split: dataset.train, indices });
}

function judgeOn(
  config: Config,
  dataset: Dataset,
  { network, split, indices }: { readonly network: Network; readonly split: Split; readonly indices: Uint32Array },
): Judgment {
  const spikes = encodeSpikes(dataset, split, indices, batchOptions(config, network.stepCount));
  const trace = runGoldenFast(lowerNetwork(network, config.numerics), spikes);
  const labels = Array.from(indices, (index) => split.labels[index] ?? 0);
  return { accuracy: 100 * accuracyOf(trace.decisions, labels), trace };
}

function everyIndex({ sampleCount }: Split): Uint32Array {
  return Uint32Array.from({ length: sampleCount }, (_, i) => i);
}

interface Candidate {
  readonly recipe: string;
  readonly network: Network;
  /** Percent on held-out training images. */
  readonly accuracy: number;
  readonly spikes: number;
}

/** Learn one candidate recipe from a network, and judge it on what was held out. */
async function candidate(
  recipe: string,
  config: Config,
  dataset: Dataset,
  start: Network,
  change: Partial<TrainingOptions>,
): Promise<Candidate> {
  const { network } = await trained(recipe, config, dataset, start, change);
  const { accuracy, trace } = judgeHeldOut(config, dataset, network);
  console.log(`    held out, ${recipe}: ${accuracy.toFixed(2)} %, ${ownSpikes(trace).toFixed(1)} spikes`);
  return { recipe, network, accuracy, spikes: ownSpikes(trace) };
}

const ownSpikes = (trace: EventTrace): number =>
  trace.layers.reduce((sum, layer) => sum + countSpikes(layer), 0) / trace.sampleCount;

if (only.includes("front")) {
  console.log("The Pareto test set: 75 quantized and pruned networks");
  const costs = paretoTestSet.map(({ accuracy, energy }) => [-accuracy, energy]);
  const front = nonDominated(costs);
  add("points of the front", front.length, "", "exact, src/exploration/pareto-test-set.ts", ["=", 6]);
}

const hasMnist = existsSync(`${dataFolder}/mnist`);
if (hasMnist && ["pruned", "spikes", "ternary", "speed"].some((part) => only.includes(part))) {
  console.log("MNIST, 784-128-10, 8 steps, latency coding");
  const config = parseConfig(mnistInput, "mnist");
  const dataset = await loadDataset(nodePlatform.files, "mnist", `${dataFolder}/mnist`);
  const { sampleCount } = dataset.test;
  const kind = `golden model, ${sampleCount} test samples`;
  const base = await trained("base", config, dataset, initialOf(config, dataset, 8), {});
  const plain = judge(config, dataset, base.network);
  console.log(
    `    base: ${plain.accuracy.toFixed(2)} % at 8 bit, ${ownSpikes(plain.trace).toFixed(1)} spikes of neurons`,
  );
  if (only.includes("pruned")) {
    const pruning = { ...gradualMagnitude, scope: "global" as const };
    const tuning = { epochs: 15, learningRate: 1e-3, sparsity: 0.9, weightBits: 4, pruning };
    const pruned = await trained("pruned", config, dataset, base.network, tuning);
    const { accuracy, trace } = judge(config, dataset, pruned.network);
    add("zero weights", 100 * zeroShare(...pruned.network.layers), "%", "counted, 4-bit weights", ["≥", 90]);
    add("accuracy, 90 % zero, 4 bit", accuracy, "%", kind, ["≥", 97]);
    const { layers } = countEvents(lowerNetwork(pruned.network, config.numerics), trace);
    const total = (of: (layer: (typeof layers)[number]) => number): number =>
      layers.reduce((sum, layer) => sum + of(layer), 0) / trace.sampleCount;
    const effective = total((layer) => layer.effectiveSynapticOperations);
    const denseCount = total((layer) => layer.denseSynapticOperations);
    console.log(`    ${Math.round(effective)} of ${Math.round(denseCount)} synaptic operations per inference`);
    add("dense over effective synaptic operations", denseCount / effective, "×", `${kind}, mean`, ["≥", 20]);
  }
  if (only.includes("spikes")) {
    const plainHeldOut = judgeHeldOut(config, dataset, base.network).accuracy;
    console.log(`    held out, base: ${plainHeldOut.toFixed(2)} %`);
    const found: Candidate[] = [];
    for (const weight of [0.002, 0.005, 0.01]) {
      const change = { epochs: 6, learningRate: 1e-3, activity: [{ kind: "l1", weight } as const] };
      found.push(await candidate(`L1 of spikes ${weight}`, config, dataset, base.network, change));
    }
    const within = found.filter(({ accuracy }) => plainHeldOut - accuracy <= 0.5);
    const chosen = within.toSorted((a, b) => a.spikes - b.spikes)[0];
    if (chosen === undefined) {
      add("recipes within 0.5 points on held-out images", 0, "", "golden model, held-out training images", ["≥", 1]);
    } else {
      console.log(`    chosen: ${chosen.recipe}`);
      const { accuracy, trace } = judge(config, dataset, chosen.network);
      const inputs = countSpikes(trace.input) / trace.sampleCount;
      console.log(`    ${ownSpikes(trace).toFixed(1)} spikes of neurons; the encoder's ${inputs.toFixed(1)} stay`);
      add("spikes of neurons per inference, saved", ownSpikes(plain.trace) / ownSpikes(trace), "×", kind, ["≥", 3]);
      add("accuracy lost for it", plain.accuracy - accuracy, "points", kind, ["≤", 0.5]);
    }
  }
  if (only.includes("ternary")) {
    const found: Candidate[] = [];
    for (const learningRate of [1e-3, 2e-3, 4e-3]) {
      const change = { epochs: 6, learningRate, weightBits: 2 };
      found.push(await candidate(`ternary, learning rate ${learningRate}`, config, dataset, base.network, change));
    }
    const chosen = found.reduce((best, next) => (next.accuracy > best.accuracy ? next : best));
    console.log(
      `    chosen: ${chosen.recipe}; ${(100 * zeroShare(...chosen.network.layers)).toFixed(1)} % of its weights are zero`,
    );
    add("accuracy, ternary weights", judge(config, dataset, chosen.network).accuracy, "%", kind, ["≥", 96.5]);
  }
  if (only.includes("speed")) {
    const arrays = base.network.layers.map(layerArrays);
    const gathered = Object.fromEntries(prunableParts(base.network, arrays).map(({ name, values }) => [name, values]));
    const context = { network: base.network, gradients: [arrays], gathered, seed: 0 };
    const times = (["magnitude", "random", "gradient", "movement"] as const).map((method) => {
      const spec = { ...pruningOf(config.tuning), method, scope: "global" as const };
      const started = clock.monotonic();
      pruneParts(prunableParts(base.network, arrays), spec, 0.9, context);
      return (clock.monotonic() - started) / 1000;
    });
    const share = (100 * Math.max(...times)) / base.epochSeconds;
    const how = `measured, slowest of 4 methods ${(Math.max(...times) * 1e3).toFixed(0)} ms, epoch ${base.epochSeconds.toFixed(1)} s`;
    add("a pruning pass, share of an epoch", share, "%", how, ["≤", 5]);
  }
}

if (only.includes("rtl")) {
  console.log("Generated hardware, digits 64-128-10, 12 steps, 8 lanes, hx8k: before and after");
  const config = parseConfig(demoConfig, "demo");
  const dataset = await loadDataset(nodePlatform.files, "digits", "data");
  const base = await trained("digits", config, dataset, initialOf(config, dataset, 12), { validationShare: 0 });
  const settings = [
    { title: "no zeros, dense rows", sparsity: 0, weightStorage: "dense" },
    { title: "50 % zero blocks", sparsity: 0.5, weightStorage: "blocks" },
    { title: "80 % zero blocks", sparsity: 0.8, weightStorage: "blocks" },
  ] as const;
  const found: { readonly cycles: number; readonly bits: number; readonly weightBits: number }[] = [];
  for (const { title, sparsity, weightStorage } of settings) {
    const pruning = { ...gradualMagnitude, blockSize: 8 };
    const pruned = sparsity > 0 ? { sparsity, pruning } : {};
    const tuning = { epochs: 12, learningRate: 3e-3, weightBits: 4, validationShare: 0, ...pruned };
    const { network } = await trained(`digits ${sparsity}`, config, dataset, base.network, tuning);
    const { accuracy } = judge(config, dataset, network);
    const integer = lowerNetwork(network, config.numerics);
    const choice: HardwareChoice = { family: "layer-pipeline", lanes: [8, 2], weightStorage };
    const family = families[choice.family];
    const mapping = family.map(integer, choice, targets.hx8k);
    const design = family.emit(mapping);
    const indices = Uint32Array.from({ length: 60 }, (_, i) => i);
    const trace = runGolden(integer, encodeSpikes(dataset, dataset.test, indices, batchOptions(config, 12)));
    const cycles = family.predict(mapping, trace);
    const report = await verifyDesign({ platform: nodePlatform, design, network: integer, trace, cycles });
    if (report.mismatch !== undefined) console.log(describeMismatch(report.mismatch));
    const scope = `${report.scope.samples} samples, every spike and step end`;
    add(`${title}: RTL differs from the promise`, report.passed ? 0 : 1, "", `rtl, ${scope}`, ["=", 0]);
    const memories = mapping.layers.flatMap((layer) => layer.memories);
    const promised = memories.reduce((sum, m) => sum + (m.place === "block-ram" ? m.blocks : 0), 0);
    const synthesis = await synthesize({ platform: nodePlatform, design, target: targets.hx8k });
    add(
      `${title}: block RAMs beyond the promise`,
      synthesis.blockRams.value - promised,
      "",
      synthesis.blockRams.source,
      ["=", 0],
    );
    const mean = cycles.sampleCycles.reduce((a, b) => a + b, 0) / trace.sampleCount;
    const bits = memories.reduce((sum, m) => sum + m.allocatedBits, 0);
    console.log(
      `    ${title}: ${accuracy.toFixed(1)} %, ${mean.toFixed(0)} cycles (rtl), ${bits} bits in ${promised} blocks`,
    );
    const ofWeights = memories.filter(({ role }) => role === "weights" || role === "row-pointers");
    found.push({ cycles: mean, bits, weightBits: ofWeights.reduce((sum, m) => sum + m.allocatedBits, 0) });
  }
  const [before, half, most] = found;
  if (before !== undefined && half !== undefined && most !== undefined) {
    add("cycles, before over after at 50 %", before.cycles / half.cycles, "×", "rtl", ["≥", 1]);
    add("cycles, before over after at 80 %", before.cycles / most.cycles, "×", "rtl", ["≥", 1.5]);
    add("allocated bits of weights, before over after at 80 %", before.weightBits / most.weightBits, "×", "exact", [
      "≥",
      1.5,
    ]);
    add("allocated bits of everything, before over after at 80 %", before.bits / most.bits, "×", "exact", ["≥", 1]);
  }
}

finish();
