// A report such as a run on the digits would give: made up, seeded, used by the tests of this folder.

import { pJ, quantity, randomStream, type Quantity } from "../base/index.ts";
import { sumLines } from "./check-report.ts";
import type {
  EnergyDerivation,
  EnergyLine,
  LayerSparsity,
  RasterSample,
  ReportData,
  SparsityDetail,
  StorageSummary,
  TrialRow,
} from "./report-data.ts";

/** A report with every part present; the numbers are invented, but agree with each other. */
export function sampleReport(changes: Partial<ReportData> = {}): ReportData {
  const derivations = sampleDerivations();
  const total = derivations[0]!.total as Quantity;
  return { ...whatWasDone(total), ...whatWasFound(derivations), ...changes };
}

/** Trials with plausible trade-offs; number 11 is chosen. */
export function sampleTrials(count: number, energy: Quantity): TrialRow[] {
  const random = randomStream(7, "trials");
  const trials = Array.from({ length: count }, (_, i) => {
    const bits = 2 + Math.floor(random.uniform() * 5);
    const sparsity = [0, 0.5, 0.7, 0.8, 0.9][Math.floor(random.uniform() * 5)]!;
    const lanes = 2 ** Math.floor(random.uniform() * 4);
    const steps = [4, 6, 8][Math.floor(random.uniform() * 3)]!;
    const accuracy =
      0.972 - 0.05 * (6 - bits) ** 2 * 0.12 - 0.03 * sparsity ** 4 - 0.02 / steps - 0.004 * random.uniform();
    const joules = 4.2e-9 * steps * (1 - 0.75 * sparsity) * (0.4 + bits / 8) + 1e-9 * random.uniform();
    const seconds = ((4200 * (1 - 0.7 * sparsity) * steps) / 8 / lanes + 160 * steps) / 24e6;
    const cells = 620 + 95 * lanes + 30 * bits;
    return {
      i,
      parameters: { bits, sparsity, lanes, steps, family: i % 5 === 0 ? "dense" : "layer-pipeline" },
      accuracy,
      joules,
      seconds,
      cells,
    };
  });
  const values = trials.map((t) => [-t.accuracy, t.joules, t.seconds, t.cells]);
  const feasible = trials.map((t) => t.accuracy >= 0.93);
  const isDominated = (i: number): boolean =>
    values.some(
      (v, j) => feasible[j] && v.every((x, k) => x <= values[i]![k]!) && v.some((x, k) => x < values[i]![k]!),
    );
  return trials.map((t, index) => ({
    id: String(t.i + 1),
    parameters: t.parameters,
    objectives: {
      accuracy: quantity(t.accuracy, "1", "simulated", "golden model, 360 test samples"),
      energy:
        index === 10
          ? energy
          : quantity(t.joules, "J", "estimated", "counts × constants", { low: t.joules * 0.7, high: t.joules * 1.4 }),
      latency: quantity(t.seconds, "s", "simulated", "cycle model at 24 MHz"),
      area: quantity(t.cells, "cell", "estimated", "area model"),
    },
    feasible: index === 10 || feasible[index]!,
    violation: feasible[index] || index === 10 ? undefined : "accuracy >= 0.93",
    onFront: index === 10 || (feasible[index]! && !isDominated(index)),
    chosen: index === 10,
  }));
}

/** Two tables of constants, each for the design and for the ANN baseline. */
export function sampleDerivations(): EnergyDerivation[] {
  return [
    derivation("FPGA model, invented", "chosen design", spiking([1.7, 2.9, 0.4], 60e-6)),
    derivation("FPGA model, invented", "ANN baseline", [
      line("hidden", "multiply-accumulate", 4096, 6.1),
      line("out", "multiply-accumulate", 640, 6.1),
    ]),
    derivation("ASIC model, invented", "chosen design", spiking([0.9, 5, 0.1])),
    derivation("ASIC model, invented", "ANN baseline", [
      line("hidden", "multiply-accumulate", 4096, 4.6),
      line("out", "multiply-accumulate", 640, 4.6),
    ]),
  ];
}

function spiking([add, read, update]: readonly number[], staticWatts?: number): EnergyLine[] {
  const lines = [
    line("hidden", "synapse read", 1843.25, read!),
    line("hidden", "accumulate", 1843.25, add!),
    line("hidden", "neuron update", 512, update!),
    line("out", "synapse read", 211.6, read!),
    line("out", "accumulate", 211.6, add!),
    line("out", "neuron update", 80, update!),
  ];
  if (staticWatts === undefined) return lines;
  const seconds = 93.4e-6;
  const power = quantity(staticWatts, "W", "estimated", "invented for tests");
  const energy = quantity(seconds * staticWatts, "J", "estimated", "static");
  return [
    ...lines,
    {
      layer: "chip",
      event: "static",
      count: seconds,
      unitEnergy: power,
      energy,
      source: "Invented static power, for tests.",
    },
  ];
}

function line(layer: string, event: string, count: number, picojoules: number): EnergyLine {
  const unit = pJ(picojoules);
  return {
    layer,
    event,
    count,
    unitEnergy: quantity(unit, "J", "estimated", `constants, ${event}`),
    energy: quantity(count * unit, "J", "estimated", "count × constant"),
    source: `Invented constant for "${event}", table 1, for tests.`,
  };
}

function derivation(profile: string, subject: EnergyDerivation["subject"], lines: EnergyLine[]): EnergyDerivation {
  const sum = sumLines(lines);
  return {
    profile,
    subject,
    lines,
    total: quantity(sum, "J", "estimated", "sum of the lines", { low: sum * 0.7, high: sum * 1.4 }),
    staticNote: "Static energy is the line of the chip: power × latency.",
  };
}

function whatWasDone(
  energy: Quantity,
): Pick<
  ReportData,
  | "title"
  | "abstract"
  | "createdAt"
  | "generator"
  | "summary"
  | "config"
  | "dataset"
  | "network"
  | "training"
  | "exploration"
  | "reproduction"
  | "tools"
  | "stages"
  | "limits"
> {
  return {
    title: "Handwritten digits on an iCE40 HX8K",
    abstract:
      "A spiking network 64-64-10 learned from 8×8 handwritten digits, pruned to 70 % zero weights and 4-bit weights, as verified hardware.",
    createdAt: "2026-01-01T12:00:00Z",
    generator: "lacuna 0.1.0",
    summary: [
      {
        name: "Accuracy",
        quantity: quantity(0.9583, "1", "simulated", "golden model"),
        format: "percent",
        note: "test split, 360 samples",
      },
      { name: "Energy", quantity: energy, note: "per inference, static included" },
      {
        name: "Latency",
        quantity: quantity(93.4e-6, "s", "rtl", "cycles of the RTL at the placed clock"),
        note: "per inference, mean",
      },
      { name: "Area", quantity: quantity(1388, "cell", "placed", "nextpnr"), note: "logic cells of 7,680" },
      { name: "Clock", quantity: quantity(41.2e6, "Hz", "placed", "nextpnr"), note: "slowest path" },
    ],
    config: {
      name: "digits",
      seed: 1,
      network: { hidden: [64], neuron: "lif" },
      explore: { designs: 48, weightBits: [2, 3, 4, 6] },
    },
    dataset: {
      name: "digits 8×8",
      source: "invented for tests",
      license: "CC BY 4.0",
      splits: [
        { name: "training", sampleCount: 1293 },
        { name: "validation", sampleCount: 144 },
        { name: "test", sampleCount: 360 },
      ],
      sampleShape: [8, 8],
      classNames: [..."0123456789"],
    },
    network: {
      encoding: "rate, gain 1",
      stepCount: 8,
      layers: [
        {
          name: "hidden",
          neuron: "lif, reset by subtraction",
          inputCount: 64,
          neuronCount: 64,
          synapseCount: 4096,
          nonZeroCount: 1229,
          weightBits: 4,
        },
        {
          name: "out",
          neuron: "lif, reset by subtraction",
          inputCount: 64,
          neuronCount: 10,
          synapseCount: 640,
          nonZeroCount: 256,
          weightBits: 4,
        },
      ],
    },
    training: {
      panels: [
        {
          title: "loss",
          format: "plain",
          kind: "simulated",
          curves: [{ name: "training", values: curve(2.3, 0.12, 3) }],
        },
        {
          title: "accuracy",
          format: "percent",
          kind: "simulated",
          curves: [
            { name: "training", values: curve(0.3, 0.985, 2) },
            { name: "validation", values: curve(0.28, 0.962, 2.2).map((v, i) => (i % 5 === 4 ? undefined : v)) },
          ],
        },
      ],
      phases: [
        { name: "training", firstEpoch: 1 },
        { name: "pruning", firstEpoch: 11 },
        { name: "quantization", firstEpoch: 15 },
      ],
    },
    exploration: {
      sampler: "NSGA-II, seed 1",
      objectives: [
        {
          name: "accuracy",
          direction: "maximize",
          format: "percent",
          definition: "Share of right decisions of the integer network on the validation samples.",
        },
        {
          name: "energy",
          direction: "minimize",
          definition: "Counts × constants of the first profile, per inference.",
        },
        { name: "latency", direction: "minimize", definition: "Cycles of the cycle model over the estimated clock." },
        { name: "area", direction: "minimize", definition: "Logic cells by the area model." },
      ],
      constraints: ["accuracy >= 0.93"],
      trials: sampleTrials(48, energy),
      hypervolume: {
        values: Array.from({ length: 48 }, (_, i) => 0.81 * (1 - Math.exp(-Math.floor(i / 4) / 3))),
        reference: "the worst value of each objective",
      },
      choice: "the knee of the front, the point farthest from the plane through its ends.",
    },
    reproduction: {
      commands: ["npm ci", "npx lacuna codesign lacuna.config.json"],
      seed: 1,
      hashes: [
        { name: "configuration", hash: "3f".repeat(32) },
        { name: "data", hash: "a7".repeat(32) },
        { name: "bitstream", hash: "0c".repeat(32) },
      ],
      machine: "linux x64, 2 cores, Node 26.10.0",
    },
    tools: [
      { name: "Yosys", version: "0.70", use: "synthesis" },
      { name: "nextpnr-ice40", version: "0.8", use: "place and route" },
      { name: "embedded simulator", version: "lacuna 0.1.0", use: "verification" },
    ],
    stages: [
      { name: "data", outcome: "reused", seconds: 0.02 },
      { name: "train", outcome: "ran", seconds: 7.91, reason: "epochs: 10 → 18" },
      { name: "explore", outcome: "ran", seconds: 20.4, reason: "reads train" },
      { name: "place", outcome: "skipped", seconds: 0, reason: "place: false" },
    ],
    limits: [
      "Energy is an estimate from counts and published constants; no device was measured.",
      "Latency leaves out the transfer of the sample over the host port.",
    ],
  };
}

function whatWasFound(
  derivations: readonly EnergyDerivation[],
): Pick<
  ReportData,
  "energy" | "sparsity" | "raster" | "confusion" | "cycles" | "resources" | "memories" | "verification"
> {
  return {
    energy: {
      derivations,
      baselineNote: "It has the same layers, with one multiply-accumulate per weight.",
      notModeled: ["Clock tree and routing beyond what the constants include.", "Input and output pins."],
    },
    sparsity: {
      scope: "mean over 360 test samples",
      kind: "simulated",
      layers: [layerSparsity("hidden", 64, 0.7, 0.82), layerSparsity("out", 10, 0.6, 0.91)],
    },
    raster: sampleRaster(),
    confusion: {
      scope: "360 test samples",
      kind: "simulated",
      classNames: [..."0123456789"],
      counts: Array.from({ length: 10 }, (_, i) =>
        Array.from({ length: 10 }, (_, j) => (i === j ? 34 + (i % 3) : (i * 7 + j * 3) % 23 === 1 ? 1 + (j % 2) : 0)),
      ),
    },
    cycles: {
      layers: [
        { layer: "hidden", cycles: rtl(1812, "cycle"), note: "4 lanes; limits the pipeline" },
        { layer: "out", cycles: rtl(640, "cycle"), note: "2 lanes" },
      ],
      total: rtl(2241, "cycle"),
      clock: quantity(24e6, "Hz", "placed", "chosen below the slowest path"),
      note: "Layers overlap in time, so that the whole is less than the sum.",
    },
    resources: {
      target: "iCE40 HX8K",
      rows: [
        {
          resource: "logic cells",
          used: [
            quantity(1310, "cell", "estimated", "area model"),
            quantity(1342, "cell", "synthesized", "Yosys"),
            quantity(1388, "cell", "placed", "nextpnr"),
          ],
          limit: quantity(7680, "cell", "placed", "data sheet"),
        },
        {
          resource: "block RAMs",
          used: [quantity(6, "block", "placed", "nextpnr")],
          limit: quantity(32, "block", "placed", "data sheet"),
        },
        {
          resource: "pins",
          used: [{ unknown: "no pins are bound" }],
          limit: quantity(206, "1", "placed", "data sheet"),
        },
      ],
    },
    memories: [
      {
        name: "hidden weights",
        kind: "block RAM",
        logicalBits: quantity(6144, "bit", "simulated", "storage format"),
        allocatedBits: quantity(8192, "bit", "synthesized", "Yosys"),
      },
      {
        name: "out weights",
        kind: "block RAM",
        logicalBits: quantity(1280, "bit", "simulated", "storage format"),
        allocatedBits: { unknown: "merged by synthesis" },
      },
    ],
    verification: {
      passed: true,
      simulator: "the embedded simulator",
      scope: "360 test samples × 8 steps, every spike of 74 neurons in 2 layers, every cycle count",
      comparisons: [
        { name: "spikes", compared: 213_120, different: 0 },
        { name: "step ends", compared: 5760, different: 0 },
      ],
    },
  };
}

function layerSparsity(layer: string, neuronCount: number, connection: number, activation: number): LayerSparsity {
  return {
    layer,
    connectionSparsity: simulated(connection),
    activationSparsity: simulated(activation),
    temporalSparsity: layer === "out" ? simulated(0.22) : { unknown: "no step was silent in this test" },
    silentNeurons: neuronCount === 64 ? 5 : 0,
    deadNeurons: neuronCount === 64 ? 2 : 0,
    neuronCount,
    synapticOperations: {
      effective: simulated(neuronCount * 28.8, "op"),
      dense: simulated(neuronCount * 64 * 8, "op"),
    },
    spikeRate: Array.from(
      { length: 8 },
      (_, step) => (1 - activation) * (0.3 + 1.4 * Math.sin(((step + 1) / 9) * Math.PI) ** 2),
    ),
    // Reports of before these measures have none.
    ...(layer === "out" ? {} : { detail: sampleDetail(), storage: sampleStorage() }),
  };
}

function sampleDetail(): SparsityDetail {
  return {
    emptyLaneGroups: simulated(0.41),
    spatialSparsity: { ...simulated(0.62), band: { low: 0.6, high: 0.64 } },
    membraneSparsity: simulated(0.07),
    restingSteps: simulated(0.125),
    burstiness: { unknown: "no neuron fired twice in a sample" },
    saturatedNeurons: 3,
    executedOperations: simulated(2048, "op"),
    loadImbalance: simulated(1.31),
  };
}

function sampleStorage(): StorageSummary {
  const bits = (value: number) => quantity(value, "bit", "estimated", "counted in the encoded words");
  const cycles = (value: number) => quantity(value, "cycle", "estimated", "counted in the encoded words");
  return {
    chosen: "block masks",
    reason: "39.0 % of the weights are not zero: it needs the fewest blocks",
    formats: [
      { format: "dense", logicalBits: bits(16384), allocatedBits: bits(20480), cyclesPerSpike: cycles(16) },
      { format: "block masks", logicalBits: bits(9000), allocatedBits: bits(12288), cyclesPerSpike: cycles(9.5) },
    ],
  };
}

function sampleRaster(): RasterSample {
  const random = randomStream(3, "raster");
  const spikes = (neuronCount: number, rate: number): [number, number][] =>
    Array.from({ length: 8 * neuronCount }, (_, i): [number, number] => [
      Math.floor(i / neuronCount),
      i % neuronCount,
    ]).filter(([step, neuron]) => random.uniform() < rate * (neuron % 5 === 0 ? 2.5 : 0.6) * (step < 1 ? 0.3 : 1));
  const three = ["00111100", "01100110", "00000110", "00011100", "00000110", "00000110", "01100110", "00111100"];
  return {
    sample: "test 17",
    label: "3",
    decision: "3",
    stepCount: 8,
    layers: [
      { name: "input", neuronCount: 64, spikes: spikes(64, 0.3) },
      { name: "hidden", neuronCount: 64, spikes: spikes(64, 0.16) },
      { name: "out", neuronCount: 10, spikes: spikes(10, 0.2) },
    ],
    image: {
      width: 8,
      height: 8,
      values: three.flatMap((row) => [...row].map((c) => (c === "1" ? 0.6 + 0.4 * random.uniform() : 0.04))),
    },
  };
}

const curve = (from: number, to: number, speed: number): number[] =>
  Array.from(
    { length: 18 },
    (_, i) => to + (from - to) * Math.exp(-i / speed) + (i === 12 ? 0.02 * Math.sign(from - to) : 0),
  );

const rtl = (value: number, unit: Quantity["unit"]): Quantity => quantity(value, unit, "rtl", "simulation of the RTL");

const simulated = (value: number, unit: Quantity["unit"] = "1"): Quantity =>
  quantity(value, unit, "simulated", "golden model");
