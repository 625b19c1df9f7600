// Holds the event-control cycle model against runs of SNN-DSE's simulator and SystemVerilog: `npm run check:snn-dse -- FILE`
// (default ../shared/snn-dse/runs.json), `--json FILE` keeps the comparisons, exit 4 when one differs. The original's defects are
// switched on for the comparison only; the last column says what the same work takes without them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { assertDefined } from "../src/base/index.ts";
import {
  predictEncoderCore,
  predictEventControl,
  publishedDefects,
  publishedEncoderDefects,
  simulateEventControl,
  type EventControlWork,
} from "../src/hardware/family/index.ts";
import { textTable } from "../src/report/index.ts";

const counts = z.array(z.int().min(0));
const fileSchema = z.object({
  systemc_runs: z
    .array(
      z.object({
        network: z.string(),
        neurons_per_unit: z.array(z.int().min(1)),
        spikes_per_step: z.record(z.string(), counts),
        start_cycles: z.record(z.string(), counts).optional(),
        total_cycles: z.int(),
      }),
    )
    .default([]),
  fc_ec_rtl: z
    .object({
      runs: z.array(
        z.object({
          T: z.int(),
          F: z.int(),
          P: z.int().min(1),
          groups: z.int().min(1),
          spikes: counts,
          compression_cycles: z.int(),
          total_cycles: z.int(),
          accumulate_pulses: z.int(),
        }),
      ),
    })
    .optional(),
  shipped_trace_log: z.record(z.string(), z.union([z.int(), z.string()])).default({}),
});

interface Comparison {
  readonly what: string;
  readonly expected: number;
  readonly got: number;
  /** Relative; 0 means to the cycle. */
  readonly tolerance: number;
  /** Numbers that were compared. */
  readonly compared: number;
  readonly differing: number;
  readonly withoutDefects?: number;
}

/** Mean spikes into the layers of 1024x1024x300; the log gives totals only. @source fitted to it, within 0.71 % on each row */
const meanSpikes = [116, 356, 315] as const;
const loggedSteps = 15;

const file = process.argv.slice(2).find((argument, i, all) => !argument.startsWith("--") && all[i - 1] !== "--json");
const path = file ?? "../shared/snn-dse/runs.json";
if (!existsSync(path)) fail(3, `${path}: there is no such file`);
const read = fileSchema.safeParse(readJson(path));
if (!read.success) fail(3, `${path}: ${z.prettifyError(read.error)}`);
const { systemc_runs: runs, fc_ec_rtl: encoderRuns, shipped_trace_log: log } = read.data;

const comparisons = [
  ...goldenTrace(),
  ...runs.map(simulatorRun),
  ...(encoderRuns?.runs ?? []).map(encoderRun),
  ...Object.entries(log).flatMap(([name, cycles]) => (typeof cycles === "number" ? [loggedRun(name, cycles)] : [])),
];
report(comparisons);

// ---------------------------------------------------------------------------------------------------------------------

/** Seven hand-overs of a 784-500-500-300 net at 4x8x16. @source SNN-DSE, git 8a2fc2b, trace_log.txt */
function goldenTrace(): Comparison[] {
  const times = simulateEventControl(
    {
      neuronsPerUnit: [4, 8, 16],
      spikes: [
        [93, 95, 112, 97, 96],
        [58, 74, 81, 81],
        [75, 95, 89],
      ],
    },
    publishedDefects,
  );
  const got = [times.starts[1]?.[0], ...(times.starts[2] ?? []), ...times.ends].map((cycle) => cycle ?? -1);
  return [compare("golden trace, 7 points", [1678, 3655, 8613, 14891, 8609, 14887, 20769], got)];
}

function simulatorRun(run: (typeof runs)[number]): Comparison {
  const layerCount = run.neurons_per_unit.length;
  const work: EventControlWork = {
    neuronsPerUnit: run.neurons_per_unit,
    spikes: run.neurons_per_unit.map((_, l) => need(run.spikes_per_step[`into_layer${l}`], `into_layer${l}`)),
  };
  const times = simulateEventControl(work, publishedDefects);
  const expected = [run.total_cycles];
  const got = [times.totalCycles];
  const known = [...times.starts.map((cycles, l) => [`layer${l}_start`, cycles] as const)];
  for (const [name, cycles] of [...known, [`layer${layerCount - 1}_end`, times.ends] as const]) {
    const listed = run.start_cycles?.[name];
    if (listed === undefined) continue;
    expected.push(...listed, listed.length);
    got.push(...listed.map((_, t) => cycles[t] ?? -1), cycles.length);
  }
  const name = `${run.network}, ${run.neurons_per_unit.join("x")}`;
  return { ...compare(name, expected, got), withoutDefects: predictEventControl(work).totalCycles };
}

function encoderRun(run: NonNullable<typeof encoderRuns>["runs"][number]): Comparison {
  const work = { inputCount: run.F, chunkBits: run.P, groups: run.groups, spikes: run.spikes };
  const { totalCycles, compressionCycles, accumulations } = predictEncoderCore(work, publishedEncoderDefects);
  const name = `encoder core, T ${run.T}, F ${run.F}, P ${run.P}, groups ${run.groups}`;
  const expected = [run.total_cycles, run.compression_cycles, run.accumulate_pulses];
  const found = compare(name, expected, [totalCycles, compressionCycles, accumulations]);
  return { ...found, withoutDefects: predictEncoderCore(work).totalCycles };
}

function loggedRun(name: string, cycles: number): Comparison {
  const neuronsPerUnit = (name.split(" ").at(-1) ?? "").split("x").map(Number);
  const work = { neuronsPerUnit, spikes: meanSpikes.map((mean) => new Array<number>(loggedSteps).fill(mean)) };
  if (neuronsPerUnit.length !== meanSpikes.length || neuronsPerUnit.some((units) => !(units >= 1))) {
    fail(3, `${path}: shipped_trace_log: "${name}" names no neurons per unit of three layers`);
  }
  const got = simulateEventControl(work, publishedDefects).totalCycles;
  return { ...compare(`logged ${name}`, [cycles], [got], 0.01), withoutDefects: predictEventControl(work).totalCycles };
}

/** The first numbers stand for the run; all must agree. */
function compare(what: string, expected: readonly number[], got: readonly number[], tolerance = 0): Comparison {
  const differs = (value: number, i: number): boolean => Math.abs((got[i] ?? -1) - value) > tolerance * value;
  return {
    what,
    expected: assertDefined(expected[0], "expected"),
    got: assertDefined(got[0], "got"),
    tolerance,
    compared: expected.length,
    differing: expected.filter(differs).length,
  };
}

function report(all: readonly Comparison[]): void {
  const rows = all.map((c) => [
    c.what,
    String(c.expected),
    String(c.got),
    c.tolerance === 0 ? "exact" : `${((c.got / c.expected - 1) * 100).toFixed(2)} % of ${c.tolerance * 100} %`,
    c.differing === 0 ? `all ${c.compared}` : `${c.differing} of ${c.compared} DIFFER`,
    c.withoutDefects === undefined ? "–" : String(c.withoutDefects),
  ]);
  console.log(
    textTable(
      ["run", "cycles", "model", "allowed", "equal", "without defects"].map((title) => ({ title })),
      rows,
    ),
  );
  const bad = all.filter(({ differing }) => differing > 0);
  const at = process.argv.indexOf("--json");
  const target = at < 0 ? undefined : process.argv[at + 1];
  if (target !== undefined)
    writeFileSync(target, `${JSON.stringify({ file: path, differing: bad.length, runs: all }, undefined, 2)}\n`);
  console.log(`${all.length - bad.length} of ${all.length} runs agree`);
  process.exitCode = bad.length === 0 ? 0 : 4;
}

function need(values: number[] | undefined, name: string): number[] {
  return values ?? fail(3, `${path}: a run has no spikes_per_step.${name}`);
}

function readJson(from: string): unknown {
  try {
    return JSON.parse(readFileSync(from, "utf8"));
  } catch (error) {
    return fail(3, `${from}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fail(code: number, message: string): never {
  console.error(message);
  process.exit(code);
}
