// The engine alone: samples per second for every workload, density and number of threads. `--only W1,W4` narrows, `--threads 1,2`,
// `--densities 0.01,0.05`, `--rounds N`, `--json FILE` keeps the table for machines, `--phases` shows where a batch on several
// threads spends its time. Compare ratios: machines are noisy.
import { writeFileSync } from "node:fs";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";
import type { Mode } from "./bench-runner.ts";
import { flag, list } from "./flags.ts";
import { LacunaRunner } from "./lacuna-runner.ts";
import { PhaseClock } from "./phase-clock.ts";
import { spreadOf } from "./spread.ts";
import { workloads, type WorkloadName } from "./workloads.ts";

interface Row {
  readonly workload: WorkloadName;
  readonly mode: Mode;
  readonly threads: number;
  readonly inputDensity: number;
  /** Samples per second: median, and half the distance between the quartiles. */
  readonly median: number;
  readonly spread: number;
  readonly methods: readonly string[];
  readonly densities: readonly number[];
  readonly megabytes: number;
}

const names = list("--only", Object.keys(workloads) as WorkloadName[]);
const densities = list("--densities", ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]).map(Number);
const threadCounts = list("--threads", ["1", "2"]).map(Number);
const rounds = Number(flag("--rounds") ?? 15);
const rows: Row[] = [];
const clock = process.argv.includes("--phases") ? new PhaseClock() : undefined;
const runner = new LacunaRunner("Lacuna", undefined, false, clock?.watch(nodePlatform.threads));
const total = names.length * densities.length * threadCounts.length * 2;
const started = performance.now();

for (const workload of names) {
  for (const threads of threadCounts) {
    for (const density of densities)
      for (const mode of ["infer", "train"] as const) await measure(workload, mode, threads, density);
  }
}
runner.close();

const columns = ["", "", "threads", "input", "samples/s", "±", "density, method of each layer", "MB"];
const cells = rows.map((row) => [
  row.workload,
  row.mode,
  String(row.threads),
  percent(row.inputDensity),
  Math.round(row.median).toLocaleString("en-US"),
  percent(row.spread / row.median),
  row.methods.map((method, l) => `${percent(row.densities[l] ?? 0)} ${method}`).join(", "),
  row.megabytes.toFixed(0),
]);
console.log(
  `\n${textTable(
    columns.map((title) => ({ title })),
    cells,
  )}`,
);
console.log(`${nodePlatform.machine.description}; medians of ${rounds} batches`);
for (const name of names) console.log(`${name}: ${workloads[name].title}`);
const file = flag("--json");
if (file !== undefined) {
  writeFileSync(file, `${JSON.stringify({ machine: nodePlatform.machine, rounds, rows }, undefined, 2)}\n`);
}
process.exit(0);

// ---------------------------------------------------------------------------------------------------------------------

async function measure(workload: WorkloadName, mode: Mode, threads: number, inputDensity: number): Promise<void> {
  await runner.prepare(workload, mode, inputDensity, threads);
  const rates: number[] = [];
  // A batch of one sample takes microseconds: more of them make one measurement.
  const repeats = workloads[workload].batchSize === 1 ? 50 : 1;
  const batches: number[] = [];
  clock?.clear();
  for (let round = 0; round < rounds; round++) {
    let seconds = 0;
    for (let i = 0; i < repeats; i++) {
      batches.push((await runner.run()).seconds);
      seconds += batches.at(-1) ?? 0;
    }
    rates.push((workloads[workload].batchSize * repeats) / seconds);
  }
  const { median, spread } = spreadOf(rates);
  const { layers, megabytes } = runner.report();
  rows.push({
    workload,
    mode,
    threads,
    inputDensity,
    median,
    spread,
    methods: layers.map(({ method }) => method),
    densities: layers.map(({ density }) => density),
    megabytes,
  });
  const left = ((performance.now() - started) / rows.length) * (total - rows.length);
  const rate = Math.round(median).toLocaleString("en-US");
  const eta = `${Math.round(left / 1000)} s left`;
  console.log(
    `  ${rows.length}/${total} ${workload} ${mode}, ${threads} threads, ${percent(inputDensity)}: ${rate}/s (${eta})`,
  );
  // One thread runs without a team.
  if (clock !== undefined && threads > 1) console.log(clock.report(batches));
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
