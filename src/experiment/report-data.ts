// What an experiment found, arranged for the report: no numbers are made here, only carried.

import { assertDefined, formatQuantity, hashValue, quantity, type Quantity } from "../base/index.ts";
import {
  deriveBaseline,
  deriveEnergy,
  deriveLatency,
  estimateCells,
  profiles,
  staticLine,
} from "../hardware/cost/index.ts";
import { blocksUsed } from "../hardware/family/index.ts";
import { hashNetwork, weightColumns } from "../hardware/golden/index.ts";
import { describeMismatch } from "../hardware/rtl/index.ts";
import { measureConnections } from "../model/sparsity/index.ts";
import { isUnknown } from "../report/index.ts";
import type {
  EnergySummary,
  ExplorationSummary,
  Figure,
  ReportData,
  ResourceSummary,
  TrainingHistory,
} from "../report/index.ts";
import type { EpochRecord } from "../learning/index.ts";
import { objectiveDirections, type Exploration } from "./stages/explore.ts";
import type { Data } from "./stages/software.ts";
import type { ObjectiveName } from "./config.ts";
import type { Findings } from "./findings.ts";
import { cycleSummary, rasterOf, sparsitySummary } from "./report-activity.ts";
import type { Session } from "./session.ts";

const noPlacement = { unknown: "the design was not placed" };

export function reportData(session: Session, found: Findings, generator: string): ReportData {
  const { config, platform } = session;
  const { data, software, test, built, placement } = found;
  const clock = placement?.maxFrequency ?? built.mapping.target.estimatedClock;
  const latency = deriveLatency(built.cycles, clock);
  const staticEnergy: Figure = staticLine(built.mapping.target, latency)?.energy ?? {
    unknown: "no source is known for the static power of this target",
  };
  const energy = energySummary(found, staticEnergy);
  const shape = [software.integer.inputCount, ...software.integer.layers.map((layer) => layer.neuronCount)].join("-");
  return {
    title: `${config.name}: ${shape} on ${built.mapping.target.title}`,
    abstract: `A spiking network ${shape} with ${software.integer.stepCount} time steps, trained on ${data.dataset.title}, pruned, quantized, searched together with its hardware, and built as SystemVerilog.`,
    createdAt: platform.clock.now(),
    generator,
    summary: summaryOf(found, energy, latency, staticEnergy),
    config,
    dataset: datasetSummary(data),
    network: networkSummary(found, describeEncoding(config.encoding)),
    training: trainingHistory(found.base.history, software.history),
    exploration: explorationSummary(session, found.exploration),
    energy,
    sparsity: sparsitySummary(found),
    raster: rasterOf(found),
    confusion: {
      scope: `test split, ${test.trace.sampleCount} samples, golden model`,
      kind: "simulated",
      classNames: classNames(data),
      counts: test.confusion,
    },
    cycles: cycleSummary(found, clock),
    resources: resourceSummary(found),
    memories: memoryRows(found),
    verification: verificationSummary(found),
    tools: toolList(found),
    reproduction: {
      commands: [`lacuna codesign ${config.name}.config.json   # the configuration above, saved as JSON`],
      seed: config.seed,
      hashes: [
        { name: "data", hash: data.hash },
        { name: "integer network", hash: hashNetwork(software.integer) },
        { name: "SystemVerilog", hash: hashValue(built.design.files) },
      ],
      machine: platform.machine.description,
    },
    limits: [
      "Energy is counted events times published constants of another technology: it orders designs, it does not predict a board.",
      "Verified means: golden model and register transfer level agree on the stated samples; the placed netlist was not simulated.",
      "Latency assumes a host that delivers one word per clock cycle.",
      "Clock frequency is nextpnr's estimate for the slowest path; the board was not measured.",
    ],
    stages: session.ledger.map(({ name, reused, reason, seconds }) => ({
      name,
      outcome: reused ? "reused" : "ran",
      seconds,
      reason,
    })),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function summaryOf(
  found: Findings,
  energy: EnergySummary,
  latency: Quantity,
  staticEnergy: Figure,
): ReportData["summary"] {
  const { test, built, placement, verification } = found;
  const samples = test.trace.sampleCount;
  const whole = verification.scope.samples === samples;
  const source = `golden model, ${verification.scope.samples} samples verified on RTL`;
  const target = built.mapping.target.title;
  return [
    {
      name: "accuracy",
      quantity: quantity(test.accuracy, "1", whole ? "rtl" : "simulated", source),
      format: "percent",
      note: `test split, ${samples} samples, integers`,
    },
    {
      name: "accuracy before integers",
      quantity: quantity(found.floatTestAccuracy, "1", "simulated", "32-bit float, the network before pruning"),
      format: "percent",
      note: "test split, float, not pruned",
    },
    { name: "energy per inference", quantity: headlineEnergy(energy), note: `dynamic, ${profiles[0]?.title ?? ""}` },
    { name: "static energy", quantity: staticEnergy, note: "the FPGA at rest × latency; not added, see derivation" },
    { name: "latency", quantity: latency, note: `mean of ${samples} test samples` },
    { name: "logic cells", quantity: placement?.logicCells ?? estimateCells(built.mapping), note: target },
    { name: "clock", quantity: placement?.maxFrequency ?? noPlacement, note: "slowest path after routing" },
  ];
}

function classNames({ dataset }: Data): string[] {
  return Array.from({ length: dataset.classCount }, (_, c) => String(c));
}

function datasetSummary(data: Data): ReportData["dataset"] {
  const { dataset } = data;
  return {
    name: dataset.title,
    source: dataset.source,
    license: dataset.license,
    splits: [
      { name: "training and validation", sampleCount: dataset.train.sampleCount },
      { name: "test", sampleCount: dataset.test.sampleCount },
    ],
    sampleShape: dataset.shape,
    classNames: classNames(data),
  };
}

function networkSummary({ software }: Findings, encoding: string): ReportData["network"] {
  return {
    encoding,
    stepCount: software.integer.stepCount,
    layers: software.integer.layers.map((layer) => ({
      name: layer.name,
      neuron: layer.neuron.name,
      inputCount: layer.inputCount,
      neuronCount: layer.neuronCount,
      synapseCount: layer.weights.length,
      nonZeroCount: measureConnections(layer.weights, weightColumns(layer)).nonZeroCount,
      weightBits: layer.weightBits,
    })),
  };
}

function memoryRows({ built }: Findings): ReportData["memories"] {
  const exact = (bits: number): Quantity => quantity(bits, "bit", "estimated", "exact from the mapping");
  return built.mapping.layers.flatMap((layer) =>
    layer.memories.map((memory) => ({
      name: memory.name,
      logicalBits: exact(memory.logicalBits),
      allocatedBits: exact(memory.allocatedBits),
      kind: `${memory.depth} × ${memory.width}, ${memory.place}`,
    })),
  );
}

function verificationSummary({ verification, test }: Findings): ReportData["verification"] {
  const { samples, steps, layers, neurons } = verification.scope;
  const simulated = verification.cyclesSimulated.toLocaleString("en-US");
  // Verification stops at the first difference.
  const different = verification.passed ? 0 : 1;
  return {
    passed: verification.passed,
    scope: `${samples} of ${test.trace.sampleCount} test samples, ${steps} steps, ${layers} layers, ${neurons} neurons; ${simulated} clock cycles simulated at register transfer level, before synthesis`,
    simulator: verification.simulator,
    mismatch: verification.mismatch === undefined ? undefined : describeMismatch(verification.mismatch),
    comparisons: [
      { name: "spikes of every layer and step", compared: verification.spikesCompared, different },
      { name: "cycles at which a step ends", compared: verification.stepEndsCompared, different },
      { name: "decisions and their cycle counts", compared: samples, different },
    ],
  };
}

function describeEncoding(encoding: Session["config"]["encoding"]): string {
  const { kind, ...rest } = encoding;
  return `${kind} (${Object.entries(rest)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ")})`;
}

function trainingHistory(base: readonly EpochRecord[], tuned: readonly EpochRecord[]): TrainingHistory {
  const all = [...base, ...tuned];
  return {
    panels: [
      {
        title: "accuracy",
        format: "percent",
        kind: "simulated",
        curves: [
          { name: "training", values: all.map(({ trainAccuracy }) => trainAccuracy) },
          { name: "validation", values: all.map(({ validationAccuracy }) => validationAccuracy) },
        ],
      },
      {
        title: "loss",
        format: "plain",
        kind: "simulated",
        curves: [{ name: "training", values: all.map(({ loss }) => loss) }],
      },
    ],
    phases: [
      { name: "training", firstEpoch: 1 },
      { name: "pruning and quantization", firstEpoch: base.length + 1 },
    ],
  };
}

const units: Readonly<
  Record<ObjectiveName, { readonly unit: Quantity["unit"]; readonly source: string; readonly definition: string }>
> = {
  accuracy: {
    unit: "1",
    source: "golden model on the validation split",
    definition: "share of right decisions of the golden model on the validation split",
  },
  energy: {
    unit: "J",
    source: "events × 45 nm constants",
    definition: "dynamic energy per inference: counted events times published constants",
  },
  latency: {
    unit: "s",
    source: "closed-form cycles at the assumed clock",
    definition: "mean cycles per inference over the clock assumed for the target",
  },
  area: {
    unit: "cell",
    source: "estimate from widths",
    definition: "logic cells estimated from the widths of the datapath",
  },
};

function explorationSummary({ config }: Session, { study, chosenId, reason }: Exploration): ExplorationSummary {
  const front = new Set(study.front);
  return {
    sampler: config.explore.sampler,
    objectives: config.objectives.map((name) => ({
      name,
      direction: objectiveDirections[name],
      ...(name === "accuracy" ? { format: "percent" as const } : {}),
      definition: units[name].definition,
    })),
    constraints: config.constraints,
    trials: study.trials.map((trial) => ({
      id: String(trial.id),
      parameters: trial.values,
      objectives: Object.fromEntries(
        config.objectives.map((name): [string, Figure] => {
          const value = trial.objectives?.[name];
          const { unit, source } = units[name];
          return [
            name,
            value === undefined
              ? { unknown: trial.failure ?? "not evaluated" }
              : quantity(value, unit, name === "accuracy" ? "simulated" : "estimated", source),
          ];
        }),
      ),
      feasible: trial.feasible,
      violation: trial.failure ?? (trial.feasible ? undefined : "breaks a constraint"),
      onFront: front.has(trial.id),
      chosen: trial.id === chosenId,
    })),
    choice: reason,
    hypervolume: { values: study.progress, reference: "1.1 of each objective's range" },
  };
}

function energySummary({ built, test }: Findings, staticEnergy: Figure): EnergySummary {
  const staticNote = isUnknown(staticEnergy)
    ? `Static energy is unknown: ${staticEnergy.unknown}.`
    : `Static energy of the whole chip: ${formatQuantity(staticEnergy)} (${staticEnergy.source}). It is not added: the dynamic constants belong to another technology.`;
  const derivations = profiles.flatMap((profile): EnergySummary["derivations"] => {
    const design = deriveEnergy(built.mapping, test.trace, profile);
    const baseline = deriveBaseline(built.mapping, profile);
    return [
      { profile: profile.name, subject: "chosen design", lines: design.lines, total: design.total, staticNote },
      ...(baseline === undefined
        ? []
        : [
            {
              profile: profile.name,
              subject: "ANN baseline" as const,
              lines: baseline.lines,
              total: baseline.total,
              staticNote,
            },
          ]),
    ];
  });
  return {
    derivations,
    baselineNote:
      "The baseline is an artificial (not spiking) network of the same layer sizes: one pass, every weight multiplied, 8-bit activations, the same weight bits, priced by the same constants. Published break-evens lie near 0.15 to 1.4 spikes per synapse and inference (Dampfhoffer et al., 2023).",
    notModeled: [
      "clock tree, control logic and wires",
      "the host that sends spikes and reads counts",
      "conversion of images to spikes",
    ],
  };
}

function headlineEnergy({ derivations }: EnergySummary): Figure {
  return assertDefined(derivations[0], "derivation").total;
}

function resourceSummary({ built, synthesis, placement }: Findings): ResourceSummary {
  const { limits } = built.mapping.target;
  const memories = built.mapping.layers.map(({ memories: m }) => m);
  const exact = (place: "block-ram" | "single-port-ram"): Quantity =>
    quantity(blocksUsed(memories, place), "block", "estimated", "exact from the mapping");
  const limit = (sourced: { readonly value: number; readonly source: string }, unit: Quantity["unit"]): Quantity =>
    quantity(sourced.value, unit, "placed", sourced.source);
  return {
    target: built.mapping.target.title,
    rows: [
      {
        resource: "logic cells",
        used: [estimateCells(built.mapping), synthesis.lookUpTables, placement?.logicCells ?? noPlacement],
        limit: limit(limits.logicCells, "cell"),
      },
      {
        resource: "block RAMs",
        used: [exact("block-ram"), synthesis.blockRams, placement?.blockRams ?? noPlacement],
        limit: limit(limits.blockRams, "block"),
      },
      {
        resource: "single-port RAMs",
        used: [exact("single-port-ram"), synthesis.singlePortRams, placement?.singlePortRams ?? noPlacement],
        limit: limit(limits.singlePortRams, "block"),
      },
      { resource: "pins", used: [placement?.pins ?? noPlacement], limit: limit(limits.pins, "1") },
    ],
  };
}

function toolList({ verification, synthesis, placement }: Findings): ReportData["tools"] {
  const versions = [verification.simulator, synthesis.version, ...(placement?.versions ?? [])];
  const uses = ["simulation of the SystemVerilog", "synthesis", "place and route", "bitstream"];
  return versions.map((version, i) => ({ name: version.split(" ")[0] ?? version, version, use: uses[i] ?? "" }));
}
