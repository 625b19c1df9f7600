// Two versions of the engine in one process, batch by batch: `--before FOLDER` names a checkout of the other one, with its
// dependencies. `--only W1,W4`, `--modes train`, `--density 0.05`, `--rounds N` (default 40). What is compared is the CPU time of the calling
// thread, on one thread, so that a machine with other work on it still tells which is faster.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";
import type { Mode } from "./bench-runner.ts";
import { flag, list } from "./flags.ts";
import { LacunaRunner } from "./lacuna-runner.ts";
import { workloads, type WorkloadName } from "./workloads.ts";

const before = flag("--before");
if (before === undefined) throw new Error("--before: expected the folder of another version, got nothing");
const url = pathToFileURL(resolve(before, "bench/lacuna-runner.ts")).href;
const other = (await import(url)) as { readonly LacunaRunner: typeof LacunaRunner };
const rounds = Number(flag("--rounds") ?? 40);
/** A side repeats its batch for so long in each round. */
const roundMilliseconds = 25;
const rows: string[][] = [];

for (const name of list("--only", Object.keys(workloads) as WorkloadName[])) {
  for (const mode of list<Mode>("--modes", ["infer", "train"])) rows.push(await compare(name, mode));
}
const titles = ["", "", "input", "before, µs", "now, µs", "times as fast", "of best tenths"];
console.log(
  textTable(
    titles.map((title) => ({ title })),
    rows,
  ),
);
console.log(
  `${nodePlatform.machine.description}; CPU time of a batch, measured, medians of ${rounds} interleaved rounds`,
);

// ---------------------------------------------------------------------------------------------------------------------

async function compare(name: WorkloadName, mode: Mode): Promise<string[]> {
  const density = Number(flag("--density") ?? workloads[name].density);
  const sides = [new other.LacunaRunner(), new LacunaRunner()].map((runner) => ({ runner, times: [] as number[] }));
  for (const { runner } of sides) await runner.prepare(name, mode, density, 1);
  for (let round = 0; round < rounds; round++) {
    for (const { runner, times } of sides) times.push(await cpuOf(runner));
  }
  for (const { runner } of sides) runner.close();
  const at = (share: number): number[] =>
    sides.map(({ times }) => times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? Number.NaN);
  const [middle, best] = [at(0.5), at(0.1)];
  const ratio = ([a = 0, b = 0]: readonly number[]): string => (a / b).toFixed(2);
  return [name, mode, `${100 * density} %`, ...middle.map((time) => time.toFixed(0)), ratio(middle), ratio(best)];
}

/** Microseconds of a batch. */
async function cpuOf(runner: LacunaRunner): Promise<number> {
  const started = performance.now();
  const { user, system } = process.threadCpuUsage();
  let count = 0;
  do {
    await runner.run();
    count++;
  } while (performance.now() - started < roundMilliseconds);
  const now = process.threadCpuUsage();
  return (now.user + now.system - user - system) / count;
}
