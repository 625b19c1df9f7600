// The chosen design made real: golden run on the test split, SystemVerilog, verification, synthesis, placement.

import { assertDefined, hashValue, ToolError, UserError } from "../../base/index.ts";
import { families, type CycleReport, type HardwareChoice, type Mapping } from "../../hardware/family/index.ts";
import { hashNetwork, runGoldenFast, type EventTrace, type IntegerNetwork } from "../../hardware/golden/index.ts";
import {
  describeMismatch,
  placeAndRoute,
  synthesize,
  verifyDesign,
  type PlacementReport,
  type RtlDesign,
  type SynthesisReport,
  type VerificationReport,
} from "../../hardware/rtl/index.ts";
import { targetByName, type Target } from "../../hardware/target/index.ts";
import { accuracyOf, confusionMatrix } from "../../model/encoding/index.ts";
import { runStage, type Session } from "../session.ts";
import { batchOptions, encodeSpikes, percent, type Data, type SoftwareResult } from "./software.ts";

/** The test split through the golden model. */
export interface TestResult {
  readonly trace: EventTrace;
  readonly labels: Uint8Array;
  readonly accuracy: number;
  readonly confusion: readonly (readonly number[])[];
}

/** A design with its cycles. */
export interface BuiltDesign {
  readonly mapping: Mapping;
  readonly design: RtlDesign;
  readonly cycles: CycleReport;
  readonly meanCycles: number;
}

/** Run the chosen network on the whole test split: these are the numbers that are reported. */
export function testChosen(session: Session, data: Data, software: SoftwareResult): Promise<TestResult> {
  const { config } = session;
  return runStage(
    session,
    {
      name: "test",
      version: 1,
      inputs: { network: hashNetwork(software.integer), data: data.hash, encoding: config.encoding, seed: config.seed },
      run: async (context) => {
        const { test, classCount } = { test: data.dataset.test, classCount: data.dataset.classCount };
        const indices = Uint32Array.from({ length: test.sampleCount }, (_, i) => i);
        const batch = batchOptions(config, software.integer.stepCount);
        const trace = runGoldenFast(
          software.integer,
          encodeSpikes(data.dataset, test, indices, batch),
          context.onProgress,
        );
        return {
          trace,
          labels: test.labels.slice(),
          accuracy: accuracyOf(trace.decisions, test.labels),
          confusion: confusionMatrix(trace.decisions, test.labels, classCount),
        };
      },
    },
    ({ accuracy, trace }) => `golden model: ${percent(accuracy)} of ${trace.sampleCount} test samples`,
  );
}

/** Map, predict and emit; cheap, so it is done anew in every run. */
export function buildDesign(
  integer: IntegerNetwork,
  choice: HardwareChoice,
  target: Target,
  trace: EventTrace,
): BuiltDesign {
  const family = families[choice.family];
  const mapping = family.map(integer, choice, target);
  const cycles = family.predict(mapping, trace);
  const meanCycles = cycles.sampleCycles.reduce((sum, c) => sum + c, 0) / Math.max(1, cycles.sampleCycles.length);
  return { mapping, design: family.emit(mapping), cycles, meanCycles };
}

/** Golden and RTL, every spike and every cycle. @throws `verify/mismatch` with the counter-example (exit "not-met") */
export async function verifyChosen(
  session: Session,
  built: BuiltDesign,
  test: TestResult,
): Promise<VerificationReport> {
  const { config, platform } = session;
  const sampleCount = Math.min(config.verifySamples ?? test.trace.sampleCount, test.trace.sampleCount);
  const trace = firstSamples(test.trace, sampleCount);
  const report = await runStage(
    session,
    {
      name: "verify",
      version: 1,
      inputs: {
        design: hashValue(built.design),
        trace: hashValue(trace),
        cycles: hashValue(built.cycles.sampleCycles),
      },
      run: ({ onProgress, signal }) =>
        verifyDesign({
          platform,
          design: built.design,
          network: built.mapping.network,
          trace,
          cycles: built.cycles,
          onProgress,
          signal,
        }),
    },
    (found) =>
      found.passed
        ? `0 of ${found.spikesCompared.toLocaleString("en-US")} spikes and 0 of ${found.stepEndsCompared.toLocaleString("en-US")} step ends differ, ${found.scope.samples} samples`
        : describeMismatch(assertDefined(found.mismatch, "mismatch")),
  );
  if (report.mismatch !== undefined) {
    throw new UserError("verify/mismatch", describeMismatch(report.mismatch), { exit: "not-met" });
  }
  return report;
}

export function synthesizeChosen(session: Session, built: BuiltDesign): Promise<SynthesisReport> {
  const { platform, config } = session;
  return runStage(
    session,
    {
      name: "synthesize",
      version: 1,
      inputs: { design: hashValue(built.design), target: config.target },
      run: ({ signal }) => synthesize({ platform, design: built.design, target: targetByName(config.target), signal }),
    },
    (found) =>
      `${found.lookUpTables.value} LUT4, ${found.flipFlops.value} flip-flops, ${found.blockRams.value} block RAMs (${found.version})`,
  );
}

/** Place and route; undefined when it is switched off or nextpnr is not installed, which is said and is no failure. */
export async function placeChosen(session: Session, synthesis: SynthesisReport): Promise<PlacementReport | undefined> {
  const { platform, config, onEvent } = session;
  if (!config.place) return undefined;
  try {
    return await runStage(
      session,
      {
        name: "place and route",
        version: 1,
        inputs: { netlist: hashValue(synthesis.netlist), target: config.target },
        run: ({ signal }) => placeAndRoute({ platform, synthesis, target: targetByName(config.target), signal }),
      },
      (found) =>
        `${found.logicCells.value} logic cells, ${(found.maxFrequency.value / 1e6).toFixed(1)} MHz (${found.versions[0]})`,
    );
  } catch (error) {
    if (!(error instanceof ToolError && error.code === "tool/missing")) throw error;
    onEvent({ type: "note", text: `not placed: ${error.message}; ${error.hint ?? ""}` });
    return undefined;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** The first samples of a trace. Layers are [step, sample, neuron], so every array is cut. */
export function firstSamples(trace: EventTrace, count: number): EventTrace {
  if (count === trace.sampleCount) return trace;
  const cut = (train: EventTrace["input"]): EventTrace["input"] => {
    const words = new Uint32Array(train.stepCount * count * train.rowWords);
    for (let step = 0; step < train.stepCount; step++) {
      const from = step * train.sampleCount * train.rowWords;
      words.set(train.words.subarray(from, from + count * train.rowWords), step * count * train.rowWords);
    }
    return { ...train, sampleCount: count, words };
  };
  const classes = trace.counts.length / trace.sampleCount;
  return {
    ...trace,
    sampleCount: count,
    input: cut(trace.input),
    layers: trace.layers.map(cut),
    counts: trace.counts.slice(0, count * classes),
    decisions: trace.decisions.slice(0, count),
  };
}
