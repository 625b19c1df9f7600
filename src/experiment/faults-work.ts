// What `faults` does with a model file: accuracy against the rate of every kind of hardware fault, and the RTL's word for it.

import { hashValue, meanInterval, randomStream, UserError, type MeanInterval } from "../base/index.ts";
import {
  disturb,
  faultKinds,
  families,
  type Disturbance,
  type FaultKind,
  type HardwareChoice,
  type Mapping,
} from "../hardware/family/index.ts";
import { hashNetwork, runFaulty, type EventTrace, type Fault } from "../hardware/golden/index.ts";
import { describeMismatch, verifyDesign } from "../hardware/rtl/index.ts";
import { targetByName } from "../hardware/target/index.ts";
import { accuracyOf } from "../model/encoding/index.ts";
import { gridMap, svgFile, toCsv } from "../report/index.ts";
import { openRun, type Run } from "../runs/index.ts";
import { integerOf, loadModel } from "./model-file.ts";
import { datasetOf, goldenOn, type ModelTask } from "./model-work.ts";
import { runStage } from "./session.ts";
import { firstSamples } from "./stages/build.ts";

export interface FaultsTask extends ModelTask {
  readonly choice: HardwareChoice;
  readonly target: string;
  readonly dataFolder: string | undefined;
  readonly runFolder: string;
  readonly kinds: readonly FaultKind[];
  readonly rates: readonly number[];
  /** Test samples of a trial. */
  readonly sampleCount: number;
  /** Random draws of faults per kind and rate. */
  readonly trials: number;
  readonly seed: number;
  /** Samples of each point's first trial that the emitted design is run on, with the same faults; 0: none. */
  readonly rtlSamples: number;
}

/** One kind of fault at one rate. */
export interface FaultPoint {
  readonly kind: FaultKind;
  readonly rate: number;
  /** Faults of a trial, on average; a lossy stream counts as one. */
  readonly faults: number;
  /** By the golden model with the faults. Shape [trial]. */
  readonly accuracies: readonly number[];
  readonly accuracy: MeanInterval;
}

export interface FaultsReport {
  readonly model: string;
  readonly hardware: string;
  readonly samples: number;
  readonly trials: number;
  /** Without faults. */
  readonly accuracy: number;
  readonly points: readonly FaultPoint[];
  /** What the emitted design said of the same faults; undefined when it was not asked. */
  readonly rtl: { readonly points: number; readonly samples: number; readonly spikesCompared: number } | undefined;
}

/**
 * Disturb a model's hardware and see what is left of its accuracy. A run that was stopped continues.
 * @throws `faults/rtl-differs` (exit "not-met") when the emitted design does something else with the same faults
 */
export async function disturbModel(options: FaultsTask): Promise<FaultsReport> {
  const { platform, choice, kinds, rates, signal, onEvent } = options;
  const model = await loadModel(platform.files, options.file);
  const dataset = await datasetOf(options, model, options.dataFolder);
  const clean = goldenOn(model, dataset, Math.min(options.sampleCount, dataset.test.sampleCount));
  const labels = dataset.test.labels.subarray(0, clean.sampleCount);
  const mapping = families[choice.family].map(integerOf(model), choice, targetByName(options.target));
  await using run = await openRun(platform, options.runFolder);
  const campaign: Campaign = { options, run, mapping, clean, labels };
  const points: FaultPoint[] = [];
  let spikesCompared = 0;
  for (const [k, kind] of kinds.entries()) {
    for (const [r, rate] of rates.entries()) {
      points.push(await measurePoint(campaign, kind, rate));
      if (options.rtlSamples > 0) spikesCompared += await verifyPoint(campaign, kind, rate);
      const [done, total] = [k * rates.length + r + 1, kinds.length * rates.length];
      onEvent({ type: "progress", title: "faults", progress: { label: "faults", done, total, unit: "points" } });
      signal.throwIfAborted();
    }
  }
  return {
    model: model.network.name,
    hardware: [
      `${choice.family}, ${choice.weightStorage} weights, lanes ${choice.lanes.join(",")}`,
      ...(choice.protection ?? []),
    ].join(", "),
    samples: clean.sampleCount,
    trials: options.trials,
    accuracy: accuracyOf(clean.decisions, labels),
    points,
    rtl: options.rtlSamples === 0 ? undefined : { points: points.length, samples: options.rtlSamples, spikesCompared },
  };
}

/** One row per trial, and accuracy over kinds and rates as a picture. */
export function faultsFiles(report: FaultsReport): Readonly<Record<string, string>> {
  const rows = report.points.flatMap(({ kind, rate, accuracies }) =>
    accuracies.map((accuracy, trial) => [kind, rate, trial, accuracy]),
  );
  const kinds = [...new Set(report.points.map(({ kind }) => kind))];
  const rates = [...new Set(report.points.map(({ rate }) => rate))];
  const picture = gridMap({
    id: "faults",
    title: "Accuracy against faults, %, simulated",
    caption: `Golden model with faults, ${report.samples} test samples, mean of ${report.trials} trials; ${percent(report.accuracy)} without faults.`,
    row: { title: "fault", names: kinds },
    column: { title: "rate", names: rates.map(String) },
    cells: kinds.map((kind) =>
      rates.map((rate) => {
        const point = report.points.find((candidate) => candidate.kind === kind && candidate.rate === rate);
        return point === undefined ? undefined : point.accuracy.mean * 100;
      }),
    ),
    text: (value) => value.toFixed(1),
  });
  return { "faults.csv": toCsv(["fault", "rate", "trial", "accuracy"], rows), "faults.svg": svgFile(picture) };
}

/** The kinds that a list names. @throws `usage/flag` */
export function faultKindsOf(names: readonly string[]): FaultKind[] {
  return names.map((name) => {
    if (Object.hasOwn(faultKinds, name)) return name as FaultKind;
    throw new UserError("usage/flag", `--kinds ${name}: expected ${Object.keys(faultKinds).join(", ")}`, {
      exit: "usage",
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------------

interface Campaign {
  readonly options: FaultsTask;
  readonly run: Run;
  readonly mapping: Mapping;
  readonly clean: EventTrace;
  readonly labels: Uint8Array;
}

function drawTrial({ options, mapping, clean }: Campaign, kind: FaultKind, rate: number, trial: number): Disturbance {
  const random = randomStream(options.seed, `faults ${kind} ${rate} ${trial}`);
  return disturb(mapping, { kind, rate, sampleCount: clean.sampleCount, random });
}

function saturates(mapping: Mapping): boolean {
  return mapping.choice.protection?.includes("saturate") === true;
}

async function measurePoint(campaign: Campaign, kind: FaultKind, rate: number): Promise<FaultPoint> {
  const { options, run, mapping, clean, labels } = campaign;
  const { trials, seed, signal, onEvent } = options;
  const found = await runStage(
    { run, signal, onEvent, ledger: [] },
    {
      name: `faults ${kind} ${rate}`,
      version: 2,
      inputs: {
        ...{ kind, rate, trials, seed, choice: mapping.choice, samples: clean.sampleCount },
        network: hashNetwork(mapping.network),
        labels,
        input: clean.input.words,
      },
      run: async ({ onProgress }) => {
        const accuracies: number[] = [];
        let faults = 0;
        for (let trial = 0; trial < trials; trial++) {
          const drawn = drawTrial(campaign, kind, rate, trial);
          faults += drawn.hitCount / trials;
          const trace = runFaulty(mapping.network, clean.input, drawn.faults, { saturates: saturates(mapping) });
          accuracies.push(accuracyOf(trace.decisions, labels));
          onProgress({ label: kind, done: trial + 1, total: trials, unit: "trials" });
          await Promise.resolve();
          signal.throwIfAborted();
        }
        return { accuracies, faults };
      },
    },
    ({ accuracies }) => `${percent(meanInterval(accuracies).mean)} of ${clean.sampleCount} samples, ${trials} trials`,
  );
  return { kind, rate, ...found, accuracy: meanInterval(found.accuracies) };
}

/** Run the design with the first trial's faults and compare every spike. Returns how many spikes were compared. */
async function verifyPoint(campaign: Campaign, kind: FaultKind, rate: number): Promise<number> {
  const { options, run, mapping, clean } = campaign;
  const { platform, signal, onEvent, rtlSamples } = options;
  const count = Math.min(rtlSamples, clean.sampleCount);
  const { faults, memory } = drawTrial(campaign, kind, rate, 0);
  // Upsets of samples that are not run.
  const isReached = (fault: Fault): boolean => fault.kind !== "state-bit" || fault.sample < count;
  const family = families[mapping.choice.family];
  const design = family.emit(mapping, faults);
  const part = firstSamples(clean, count);
  const report = await runStage(
    { run, signal, onEvent, ledger: [] },
    {
      name: `RTL ${kind} ${rate}`,
      version: 2,
      inputs: {
        design: hashValue(design),
        faults: hashValue({ faults, memory }),
        network: hashNetwork(mapping.network),
        input: part.input.words,
      },
      run: ({ onProgress }) =>
        verifyDesign({
          platform,
          design,
          network: mapping.network,
          trace: runFaulty(mapping.network, part.input, faults.filter(isReached), { saturates: saturates(mapping) }),
          cycles: family.predict(mapping, part),
          faults: memory,
          onProgress,
          signal,
        }),
    },
    ({ spikesCompared, passed }) => (passed ? `0 of ${spikesCompared} spikes differ` : "differs"),
  );
  if (report.mismatch === undefined) return report.spikesCompared;
  throw new UserError("faults/rtl-differs", `${kind} ${rate}: ${describeMismatch(report.mismatch)}`, {
    exit: "not-met",
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
