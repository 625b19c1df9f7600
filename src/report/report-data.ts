// What a report is drawn from: plain data, so that the command line, the studio and tests draw the same. Every part may be
// missing, and then says why.

import type { Quantity, QuantityKind } from "../base/index.ts";
import type { EnergyLine } from "../hardware/cost/index.ts";

export type { EnergyLine } from "../hardware/cost/index.ts";

/** Something that is not known, with the reason; printed as "unknown", never as 0. */
export interface Unknown {
  /** Why, as the end of a sentence: "not placed: nextpnr is not installed". */
  readonly unknown: string;
}

/** A number that may be printed, or why there is none. */
export type Figure = Quantity | Unknown;

/** A part of the report, or why it is missing. */
export type Part<T> = T | Unknown;

/** How a value of unit "1" is printed: 0.958 or 95.8 %. */
export type FigureFormat = "plain" | "percent";

/** One number of the strip at the top. */
export interface SummaryEntry {
  readonly name: string;
  readonly quantity: Figure;
  readonly format?: FigureFormat | undefined;
  /** A few words below the number: "test split, 360 samples". */
  readonly note?: string | undefined;
}

export interface DatasetSummary {
  readonly name: string;
  readonly source: string;
  readonly license: string;
  /** Samples per split, in order: training, validation, test. */
  readonly splits: readonly { readonly name: string; readonly sampleCount: number }[];
  /** Features of a sample, e.g. [8, 8]. */
  readonly sampleShape: readonly number[];
  readonly classNames: readonly string[];
}

export interface NetworkSummary {
  readonly encoding: string;
  readonly stepCount: number;
  readonly layers: readonly {
    readonly name: string;
    readonly neuron: string;
    readonly inputCount: number;
    readonly neuronCount: number;
    readonly synapseCount: number;
    readonly nonZeroCount: number;
    /** Bits of a weight; undefined for float weights. */
    readonly weightBits?: number | undefined;
  }[];
}

/** Curves over epochs, one panel per unit. */
export interface TrainingHistory {
  readonly panels: readonly {
    readonly title: string;
    readonly format: FigureFormat;
    readonly kind: QuantityKind;
    /** Values by epoch, starting at epoch 1; undefined where not evaluated. */
    readonly curves: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
  }[];
  /** Where a phase begins: training, pruning, quantization. */
  readonly phases: readonly { readonly name: string; readonly firstEpoch: number }[];
}

export interface ObjectiveDefinition {
  readonly name: string;
  readonly direction: "maximize" | "minimize";
  readonly format?: FigureFormat | undefined;
  /** What it means and how it is computed, in one sentence. */
  readonly definition: string;
}

/** One evaluated design. */
export interface TrialRow {
  readonly id: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly objectives: Readonly<Record<string, Figure>>;
  /** Whether it fits the target and meets every constraint. */
  readonly feasible: boolean;
  /** Which constraint it breaks, when it is not feasible. */
  readonly violation?: string | undefined;
  readonly onFront: boolean;
  readonly chosen: boolean;
}

export interface ExplorationSummary {
  readonly sampler: string;
  readonly objectives: readonly ObjectiveDefinition[];
  readonly constraints: readonly string[];
  readonly trials: readonly TrialRow[];
  /** Why this design of the front was chosen. */
  readonly choice: string;
  /** Hypervolume of the front after each design, against `reference`. */
  readonly hypervolume?: { readonly values: readonly number[]; readonly reference: string } | undefined;
}

/** Energy per inference of one design under one table of constants. */
export interface EnergyDerivation {
  /** Name of the table of constants. */
  readonly profile: string;
  readonly subject: "chosen design" | "ANN baseline";
  readonly lines: readonly EnergyLine[];
  /** Equals the lines added from first to last, exactly. */
  readonly total: Figure;
  /** What is said about static energy: included how, or why not. */
  readonly staticNote: string;
}

export interface EnergySummary {
  /** The first profile is the one of the headline. */
  readonly derivations: readonly EnergyDerivation[];
  /** What the ANN baseline is: "It has the same layers, with one multiply-accumulate per weight." */
  readonly baselineNote: string;
  /** What the counts and constants leave out. */
  readonly notModeled: readonly string[];
}

export interface LayerSparsity {
  readonly layer: string;
  /** Share of zero weights, 0…1. */
  readonly connectionSparsity: Figure;
  /** Share of silent (neuron, step) pairs, 0…1. */
  readonly activationSparsity: Figure;
  /** Share of steps in which the whole layer is silent, 0…1. */
  readonly temporalSparsity: Figure;
  /** Neurons that never fired on the data. */
  readonly silentNeurons: number;
  /** Neurons that cannot fire: no non-zero input weight. */
  readonly deadNeurons: number;
  readonly neuronCount: number;
  /** Per inference. */
  readonly synapticOperations: { readonly effective: Figure; readonly dense: Figure };
  /** Spikes per neuron at each step, 0…1. Shape [step]. */
  readonly spikeRate: readonly number[];
  readonly detail?: SparsityDetail | undefined;
  readonly storage?: StorageSummary | undefined;
}

/** The finer measures of a layer; shares are 0…1. */
export interface SparsityDetail {
  /** Groups of as many neighbors as there are lanes, without any weight. */
  readonly emptyLaneGroups: Figure;
  /** Neurons that stay silent over a sample. */
  readonly spatialSparsity: Figure;
  /** (Neuron, step) pairs that no weight reaches while all state is 0. */
  readonly membraneSparsity: Figure;
  /** Steps of the layer that would change nothing. */
  readonly restingSteps: Figure;
  /** −1 a clock, 0 random, toward 1 bursts. */
  readonly burstiness: Figure;
  readonly saturatedNeurons: number;
  /** Additions that the hardware does, zeros included, per inference. */
  readonly executedOperations: Figure;
  /** Effective operations of the busiest lane over the mean. */
  readonly loadImbalance: Figure;
}

/** The weights of a layer in every storage format. */
export interface StorageSummary {
  readonly chosen: string;
  /** One sentence. */
  readonly reason: string;
  readonly formats: readonly {
    readonly format: string;
    readonly logicalBits: Figure;
    /** Of the RAM blocks. */
    readonly allocatedBits: Figure;
    /** Mean, until all weights of a spike are there. */
    readonly cyclesPerSpike: Figure;
  }[];
}

export interface SparsitySummary {
  /** Samples on which activity was counted. */
  readonly scope: string;
  readonly kind: QuantityKind;
  readonly layers: readonly LayerSparsity[];
}

/** Spikes of one sample. */
export interface RasterSample {
  readonly sample: string;
  readonly label: string;
  readonly decision: string;
  readonly stepCount: number;
  /** In the order of the signal: the encoded input first. */
  readonly layers: readonly {
    readonly name: string;
    readonly neuronCount: number;
    readonly spikes: readonly (readonly [step: number, neuron: number])[];
  }[];
  /** The sample before encoding, row by row, each value 0…1. */
  readonly image?: { readonly width: number; readonly height: number; readonly values: readonly number[] } | undefined;
}

export interface ConfusionMatrix {
  readonly scope: string;
  readonly kind: QuantityKind;
  readonly classNames: readonly string[];
  /** Samples by [label][decision]. */
  readonly counts: readonly (readonly number[])[];
}

export interface CycleSummary {
  readonly layers: readonly { readonly layer: string; readonly cycles: Figure; readonly note?: string | undefined }[];
  /** Cycles per inference: not the sum where layers overlap. */
  readonly total: Figure;
  readonly clock: Figure;
  readonly note: string;
}

export interface ResourceSummary {
  readonly target: string;
  readonly rows: readonly {
    readonly resource: string;
    /** From weak to strong evidence: estimated, synthesized, placed. */
    readonly used: readonly Figure[];
    readonly limit: Figure;
  }[];
}

export interface MemoryRow {
  readonly name: string;
  /** Bits that the design needs. */
  readonly logicalBits: Figure;
  /** Bits of the blocks that it occupies. */
  readonly allocatedBits: Figure;
  readonly kind: string;
}

export interface VerificationSummary {
  readonly passed: boolean;
  /** What was compared, in full: samples, steps, layers, cycles. "Passed" never stands without it. */
  readonly scope: string;
  readonly simulator: string;
  readonly comparisons: readonly { readonly name: string; readonly compared: number; readonly different: number }[];
  /** The first difference: layer, neuron, step, cycle, both values, sample. */
  readonly mismatch?: string | undefined;
}

export interface Reproduction {
  readonly commands: readonly string[];
  readonly seed: number;
  readonly hashes: readonly { readonly name: string; readonly hash: string }[];
  readonly machine: string;
}

export interface StageRow {
  readonly name: string;
  readonly outcome: "ran" | "reused" | "failed" | "skipped";
  readonly seconds: number;
  /** Why it ran again, or was skipped. */
  readonly reason?: string | undefined;
}

/** All that `renderReport` draws. */
export interface ReportData {
  readonly title: string;
  /** One or two sentences: what was built from what. */
  readonly abstract: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly generator: string;
  readonly summary: readonly SummaryEntry[];
  /** The resolved configuration: plain JSON. */
  readonly config: unknown;
  readonly dataset: Part<DatasetSummary>;
  readonly network: Part<NetworkSummary>;
  readonly training: Part<TrainingHistory>;
  readonly exploration: Part<ExplorationSummary>;
  readonly energy: Part<EnergySummary>;
  readonly sparsity: Part<SparsitySummary>;
  readonly raster: Part<RasterSample>;
  readonly confusion: Part<ConfusionMatrix>;
  readonly cycles: Part<CycleSummary>;
  readonly resources: Part<ResourceSummary>;
  readonly memories: Part<readonly MemoryRow[]>;
  readonly verification: Part<VerificationSummary>;
  readonly tools: readonly { readonly name: string; readonly version: string; readonly use: string }[];
  readonly reproduction: Part<Reproduction>;
  readonly limits: readonly string[];
  readonly stages: readonly StageRow[];
}

/** Whether a figure or part is missing. */
export function isUnknown(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null && "unknown" in value && typeof value.unknown === "string";
}
