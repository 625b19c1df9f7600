// The same network on every hardware family. First a trained network (digits, 64-32-10): cycles that the RTL took, energy (estimated)
// and cells (synthesized, iCE40). Then a fixed network under random input of 1 to 50 % density: who needs the fewest cycles, who the
// least energy. Every cycle printed was compared with the RTL, sample by sample, in the embedded simulator.
// `--out FOLDER` writes families.json, density.csv and density.svg; `--no-synthesis`, `--only table` or `--only density`, `--family LIST`;
// `--merge FOLDER,…` prints what such runs, one family each, wrote with `--out`;
// exit 4 when golden model, closed form, event simulation and RTL differ anywhere.
import { briefTraining } from "./brief-training.ts";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { assertDefined, formatQuantity, randomStream, type Quantity } from "../src/base/index.ts";
import { wasmBackend } from "../src/compute/index.ts";
import { deriveEnergy, profiles } from "../src/hardware/cost/index.ts";
import { families, familyNames, type FamilyName, type Mapping } from "../src/hardware/family/index.ts";
import {
  countEvents,
  lowerNetwork,
  runGolden,
  type EventTrace,
  type IntegerNetwork,
} from "../src/hardware/golden/index.ts";
import { describeMismatch, synthesize, verifyDesign, type SynthesisReport } from "../src/hardware/rtl/index.ts";
import { targets } from "../src/hardware/target/index.ts";
import { encodeBatch, initialNetwork, loadDataset, train } from "../src/learning/index.ts";
import { accuracyOf, defaultEncoding } from "../src/model/encoding/index.ts";
import { denseLayer } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { countSpikes, selectSamples, setSpike, spikeTrain } from "../src/model/tensor/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { crossoverChart, svgFile, textTable, toCsv } from "../src/report/index.ts";
import { flag, list } from "./flags.ts";

const profile = assertDefined(profiles[0], "profile");
const rounding = { rounding: "nearest", coefficientFraction: 8 } as const;
/** Lanes, neuron units or columns of each layer; the clock-driven family builds all neurons. */
const lanes = [8, 5];
/** So that every family can be compared, block RAMs are counted, not limited. */
const target = {
  ...targets.hx8k,
  limits: { ...targets.hx8k.limits, blockRams: { value: 9999, source: "comparison" } },
};

interface Variant {
  readonly name: string;
  readonly family: FamilyName;
  readonly zeroTest?: boolean;
}

interface TableRow {
  readonly family: string;
  /** Of every sample. */
  readonly cycles: readonly number[];
  readonly energy: Quantity;
  /** Undefined without synthesis. */
  readonly cells: Cells | undefined;
}

type Cells = Pick<SynthesisReport, "lookUpTables" | "flipFlops" | "blockRams" | "version">;

interface SweepRow {
  readonly name: string;
  /** Means by density. */
  readonly cycles: readonly number[];
  readonly energy: readonly number[];
}

interface Results {
  readonly passed: boolean;
  readonly table: readonly TableRow[];
  readonly sweep?: readonly SweepRow[];
}

const variants: readonly Variant[] = familyNames.flatMap((family): Variant[] => [
  { name: family, family },
  ...(family === "clock-driven" ? [{ name: "clock-driven, no zero test", family, zeroTest: false }] : []),
]);

/** Results of runs of some families each. */
const merged = list("--merge", []).map(
  (folder) => JSON.parse(readFileSync(`${folder}/families.json`, "utf8")) as Results,
);
const chosen = merged.length > 0 ? [] : variants.filter(({ family }) => list("--family", familyNames).includes(family));
let passed = merged.every((part) => part.passed);
const only = flag("--only");
const table = only === "density" ? [] : await compareTrained();
const sweep = only === "table" ? undefined : await sweepDensity();
const out = flag("--out");
if (out !== undefined) {
  mkdirSync(out, { recursive: true });
  writeFileSync(`${out}/families.json`, `${JSON.stringify({ passed, table, sweep: sweep?.rows }, undefined, 2)}\n`);
  if (sweep !== undefined) {
    writeFileSync(`${out}/density.csv`, sweep.csv);
    writeFileSync(`${out}/density.svg`, sweep.svg);
  }
}
process.exit(passed ? 0 : 4);

// ---------------------------------------------------------------------------------------------------------------------

/** Cycles, energy and cells of a trained network on every family. */
async function compareTrained() {
  const { network, trace, accuracy } = await trainedDigits();
  const rows: TableRow[] = merged.flatMap(({ table }) => table);
  for (const variant of chosen) {
    const measured = await measure(variant, network, trace);
    const energy = deriveEnergy(measured.mapping, trace, profile).total;
    const cells = process.argv.includes("--no-synthesis")
      ? undefined
      : await synthesize({ platform: nodePlatform, design: families[variant.family].emit(measured.mapping), target });
    rows.push({
      family: variant.name,
      cycles: measured.cycles,
      energy,
      cells: cells && cellsOf(cells),
    });
    console.error(`${variant.name}: done`);
  }
  console.log(
    `digits 64-32-10, 6-bit weights, ${network.stepCount} steps, ${trace.sampleCount} test samples, accuracy ${(100 * accuracy).toFixed(1)} %, ` +
      `input density ${(100 * densityOf(trace)).toFixed(1)} %, lanes ${lanes.join(", ")}`,
  );
  const value = (quantity: Quantity | undefined): string => (quantity === undefined ? "–" : String(quantity.value));
  console.log(
    textTable(
      [
        "family",
        "cycles (rtl)",
        "energy (estimated)",
        "LUT4 (synthesized)",
        "flip-flops",
        "block RAMs",
        "LUT4 · cycles",
      ].map((title, i) => ({ title, align: i === 0 ? ("left" as const) : ("right" as const) })),
      rows.map(({ family, cycles, energy, cells }) => [
        family,
        mean(cycles).toFixed(1),
        formatQuantity(energy),
        value(cells?.lookUpTables),
        value(cells?.flipFlops),
        value(cells?.blockRams),
        cells === undefined ? "–" : `${((cells.lookUpTables.value * mean(cycles)) / 1e6).toFixed(2)} M`,
      ]),
    ),
  );
  console.log(`energy: ${profile.title}, ${profile.source}; registers and static power are not priced`);
  const tool = rows.find(({ cells }) => cells !== undefined)?.cells?.version;
  if (tool !== undefined) console.log(`cells: ${tool}, ${targets.hx8k.title}, no limit on block RAMs`);
  return rows;
}

/** What is printed and stored of a synthesis. */
function cellsOf({ lookUpTables, flipFlops, blockRams, version }: Cells): Cells {
  return { lookUpTables, flipFlops, blockRams, version };
}

/** Cycles and energy of a fixed network under random input. */
async function sweepDensity() {
  const sizes = [128, 64, 10];
  const [stepCount, perDensity] = [10, 2];
  const densities = [1, 2, 5, 10, 15, 20, 30, 40, 50];
  const network = fixedNetwork(sizes, stepCount);
  const random = randomStream(6, "density");
  const input = spikeTrain({ stepCount, sampleCount: densities.length * perDensity, neuronCount: 128 });
  densities.forEach((density, d) => {
    for (let sample = d * perDensity; sample < (d + 1) * perDensity; sample++) {
      for (let step = 0; step < stepCount; step++) {
        for (let n = 0; n < 128; n++) if (random.uniform() < density / 100) setSpike(input, step, sample, n);
      }
    }
  });
  const trace = runGolden(network, input);
  const parts = densities.map((_, d) => {
    const samples = Array.from({ length: perDensity }, (_sample, i) => d * perDensity + i);
    return runGolden(network, selectSamples(input, samples));
  });
  const rows: SweepRow[] = merged.flatMap(({ sweep }) => sweep ?? []);
  for (const variant of chosen) {
    const { cycles, mapping } = await measure(variant, network, trace);
    rows.push({
      name: variant.name,
      cycles: parts.map((_, d) => mean(cycles.slice(d * perDensity, (d + 1) * perDensity))),
      energy: parts.map((part) => deriveEnergy(mapping, part, profile).total.value),
    });
    console.error(`${variant.name}: done`);
  }
  const hidden = parts.map((part) => assertDefined(countEvents(network, part).layers[0], "layer").spikesOut);
  const hiddenDensity = hidden.map((spikes) => spikes / (perDensity * stepCount * 64));
  const best = (key: "cycles" | "energy", d: number): string =>
    rows.reduce((a, b) => ((b[key][d] ?? 0) < (a[key][d] ?? 0) ? b : a)).name;
  console.log(
    `\n${sizes.join("-")}, random 4-bit weights, ${stepCount} steps, ${perDensity} samples per density, lanes ${lanes.join(", ")}; cycles (rtl)`,
  );
  console.log(
    textTable(
      [
        "input density",
        "hidden density",
        ...rows.map(({ name }) => name),
        "fewest cycles",
        "least energy (estimated)",
      ].map((title) => ({ title })),
      densities.map((density, d) => [
        `${density} %`,
        `${(100 * (hiddenDensity[d] ?? 0)).toFixed(1)} %`,
        ...rows.map(({ cycles }) => (cycles[d] ?? 0).toFixed(0)),
        best("cycles", d),
        best("energy", d),
      ]),
    ),
  );
  console.log("energy per inference, nJ (estimated)");
  console.log(
    textTable(
      ["input density", ...rows.map(({ name }) => name)].map((title) => ({ title })),
      densities.map((density, d) => [`${density} %`, ...rows.map(({ energy }) => (1e9 * (energy[d] ?? 0)).toFixed(2))]),
    ),
  );
  const figure = crossoverChart({
    id: "families-density",
    title: "Cycles by input density",
    caption: `${sizes.join("-")}, ${stepCount} steps, lanes ${lanes.join(" and ")}, mean of ${perDensity} samples per density.`,
    kind: "rtl",
    xTitle: "input density (%)",
    yTitle: "cycles per inference",
    positions: densities,
    curves: rows.map(({ name, cycles }) => ({ name, values: cycles })),
  });
  const csvRows = densities.map((density, d) => [density, ...rows.map(({ cycles }) => cycles[d])]);
  return { rows, svg: svgFile(figure), csv: toCsv(["input density (%)", ...rows.map(({ name }) => name)], csvRows) };
}

/** The cycles of every sample, compared between closed form, event simulation and RTL. */
async function measure(
  { name, family, zeroTest }: Variant,
  network: IntegerNetwork,
  trace: EventTrace,
): Promise<{ readonly cycles: number[]; readonly mapping: Mapping }> {
  const built = families[family];
  const mapping = built.map(network, { family, weightStorage: "dense", lanes, zeroTest }, target);
  const cycles = built.predict(mapping, trace);
  const simulated = built.simulate(mapping, trace);
  const agrees = cycles.stepEnds.every((end, i) => end === simulated.stepEnds[i]);
  const report = await verifyDesign({ platform: nodePlatform, design: built.emit(mapping), network, trace, cycles });
  if (report.mismatch !== undefined) console.log(`${name}: ${describeMismatch(report.mismatch)}`);
  if (!agrees) console.log(`${name}: closed form and event simulation differ`);
  passed &&= report.passed && agrees && report.scope.cyclesCompared;
  return { cycles: [...cycles.sampleCycles], mapping };
}

async function trainedDigits() {
  const dataset = await loadDataset(nodePlatform.files, "digits", "data");
  const batch = { encoding: defaultEncoding("rate"), stepCount: 8, seed: 1, pool: 1 };
  const network = initialNetwork({
    name: "digits",
    inputCount: 64,
    hidden: [32],
    classCount: 10,
    stepCount: batch.stepCount,
    neuron: neuronSpec("lif", { decay: 0.75 }),
    recurrent: false,
    readout: { kind: "count" },
    seed: 2,
  });
  const trained = await train({
    network,
    dataset,
    batch,
    backend: wasmBackend,
    training: briefTraining({ epochs: 12, learningRate: 0.01 }),
  });
  const integer = lowerNetwork(trained.network, rounding);
  const samples = Array.from({ length: 20 }, (_, i) => i);
  const input = encodeBatch(dataset, dataset.test, samples, batch);
  if (input.kind !== "spikes") throw new Error("digits: the input should be spikes");
  const trace = runGolden(integer, input.spikes);
  return { network: integer, trace, accuracy: accuracyOf(trace.decisions, dataset.test.labels.subarray(0, 20)) };
}

/** Random weights of 4 bits whose hidden layer fires about as often as its input. */
function fixedNetwork(sizes: readonly number[], stepCount: number): IntegerNetwork {
  const random = randomStream(5, "families");
  const layers = sizes.slice(1).map((neuronCount, l) => {
    const layer = denseLayer(`layer${l}`, { inputCount: sizes[l] ?? 0, neuronCount }, neuronSpec("lif"));
    layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.normal() * 0.25 + 0.01));
    return { ...layer, quantizer: { bits: 4, scale: 0.1 } };
  });
  const readout = { kind: "count" } as const;
  return lowerNetwork({ kind: "network", name: "fixed", inputCount: 128, stepCount, layers, readout }, rounding);
}

function densityOf({ input, sampleCount, stepCount }: EventTrace): number {
  return countSpikes(input) / (input.neuronCount * sampleCount * stepCount);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
