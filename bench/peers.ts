// Our engine beside snnTorch and SpikingJelly: the same networks and inputs, round after round interleaved, on the same machine.
// `--python FILE` names a Python with the peers, `--path FOLDER:FOLDER` where it finds their sources; `--only W1,W4` narrows to
// workloads, `--threads 1`; `--rounds N`; `--json FILE` keeps the table for machines. Exit 4 when a cell is missed, 5 without peers.
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { exitCodeOf } from "../src/base/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";
import type { BenchRunner } from "./bench-runner.ts";
import { cells, type Cell } from "./cells.ts";
import { flag, list } from "./flags.ts";
import { IntegerRunner, onGrid } from "./integer-runner.ts";
import { LacunaRunner } from "./lacuna-runner.ts";
import { PeerProcess, remedy, type PeerDescription, type PeerName } from "./peer-process.ts";
import { PeerRunner } from "./peer-runner.ts";
import { spreadOf, type Spread } from "./spread.ts";
import { workloads, type WorkloadName } from "./workloads.ts";

/** Samples per second of one side; a reason where it does not run. */
interface Side {
  readonly name: string;
  readonly rate?: Spread;
  /** Share of the outputs, spike counts before learning, that are the same as ours. */
  readonly equalOutputs?: number;
  readonly failure?: string;
}

interface Row extends Cell {
  readonly ours: Side;
  readonly rivals: readonly Side[];
  /** Our median over the best rival's. */
  readonly ratio: number | undefined;
  /** Our best round over the best of all rivals. */
  readonly bestRatio: number | undefined;
  readonly load: number;
}

const only = list("--only", Object.keys(workloads) as WorkloadName[]);
const threadCounts = new Set(list("--threads", ["1", "2"]).map(Number));
const rounds = Number(flag("--rounds") ?? 9);
/** A side repeats its batch for so long in each round. */
const roundSeconds = 0.03;
/** Threads of OpenMP spin for some milliseconds before they sleep. */
const settleMilliseconds = 20;
const chosen = cells.filter(({ workload, threads }) => only.includes(workload) && threadCounts.has(threads));

const python = flag("--python") ?? "python3";
await using peers = new PeerProcess(python, flag("--path") ?? process.env["PYTHONPATH"]);
const description = await describePeers();
console.log(
  `Python ${description.python}, torch ${description.torch}, snnTorch ${description.peers.snntorch}, ` +
    `SpikingJelly ${description.peers.spikingjelly}; ${nodePlatform.machine.description}`,
);
for (const [name, reason] of Object.entries(description.missing)) {
  if (reason !== null) console.log(`${name} is missing (${reason}): no ratio below counts as met\n  ${remedy}`);
}
const isWhole = Object.values(description.missing).every((reason) => reason === null);
const rows: Row[] = [];
const started = performance.now();
for (const cell of chosen) {
  const row = await measure(cell);
  rows.push(row);
  const left = ((performance.now() - started) / rows.length) * (chosen.length - rows.length);
  console.log(`  ${rows.length}/${chosen.length} ${cellText(row).join(", ")} (${Math.round(left / 1000)} s left)`);
}
const titles = [
  "",
  "",
  "input",
  "threads",
  "ours/s",
  "rivals/s",
  "equal outputs",
  "ratio",
  "of best rounds",
  "goal",
  "",
  "load",
];
console.log(
  `\n${textTable(
    titles.map((title) => ({ title, maxWidth: 100 })),
    rows.map(cellText),
  )}`,
);
console.log(
  `medians ± half the distance between quartiles, of ${rounds} interleaved rounds; load: of the machine, 1 minute`,
);
for (const name of only) console.log(`${name}: ${workloads[name].title}`);
const file = flag("--json");
if (file !== undefined) {
  const machine = nodePlatform.machine;
  writeFileSync(file, `${JSON.stringify({ machine, peers: description, rounds, rows }, undefined, 2)}\n`);
}
process.exitCode = isWhole && rows.every(({ ratio, goal }) => ratio !== undefined && ratio >= goal) ? 0 : 4;

// ---------------------------------------------------------------------------------------------------------------------

async function describePeers(): Promise<PeerDescription> {
  try {
    const found = await peers.request<PeerDescription>({ do: "describe" });
    if (found.peers.snntorch !== null || found.peers.spikingjelly !== null) return found;
    console.error(`bench:peers: ${python} has torch, but neither snnTorch nor SpikingJelly\n  ${remedy}`);
  } catch (error) {
    console.error(`bench:peers: ${error instanceof Error ? error.message : String(error)}\n  ${remedy}`);
    process.exit(exitCodeOf(error));
  }
  return process.exit(5);
}

/** All sides of a cell, round after round. */
async function measure(cell: Cell): Promise<Row> {
  const sides = sidesOf(cell).map((runner) => ({
    runner,
    failure: "",
    outputs: [] as ArrayLike<number>,
    seconds: [] as number[],
  }));
  for (const side of sides) {
    try {
      side.outputs = await side.runner.prepare(cell.workload, cell.mode, cell.density, cell.threads);
    } catch (error) {
      side.failure = error instanceof Error ? error.message : String(error);
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) if (side.failure === "") side.seconds.push(await secondsOf(side.runner));
  }
  const { batchSize } = workloads[cell.workload];
  const own = Array.from(sides[0]?.outputs ?? []);
  const [ours, ...rivals] = sides.map(({ runner, failure, outputs, seconds }): Side => {
    const { name } = runner;
    if (failure !== "") return { name, failure };
    const equalOutputs = own.filter((value, i) => value === outputs[i]).length / own.length;
    return { name, equalOutputs, rate: spreadOf(seconds.map((s) => batchSize / s)) };
  });
  for (const { runner } of sides) if (runner instanceof LacunaRunner) runner.close();
  const ratioOf = (figure: "median" | "best"): number | undefined => {
    const best = Math.max(...rivals.map(({ rate }) => rate?.[figure] ?? 0));
    return ours?.rate === undefined || best === 0 ? undefined : ours.rate[figure] / best;
  };
  return {
    ...cell,
    ours: ours ?? { name: "none" },
    rivals,
    ratio: ratioOf("median"),
    bestRatio: ratioOf("best"),
    load: loadavg()[0] ?? 0,
  };
}

/** Our side first. */
function sidesOf({ rival }: Cell): readonly BenchRunner[] {
  const peer = (name: PeerName): PeerRunner => new PeerRunner(name, peers);
  switch (rival) {
    case "plain":
      return [new LacunaRunner(), peer("snntorch"), peer("spikingjelly")];
    case "compiled":
      return [new LacunaRunner(), peer("spikingjelly-inductor")];
    case "float":
      return [new IntegerRunner(), new LacunaRunner("Lacuna, the same in floats", onGrid, true)];
    default:
      return rival satisfies never;
  }
}

/**
 * Of one batch: the mean of those that fill a round. Whoever ran before may have threads that still look for work, and has filled the
 * caches: wait for the first, and run once for the second.
 */
async function secondsOf(runner: BenchRunner): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, settleMilliseconds));
  await runner.run();
  let total = 0;
  let count = 0;
  do {
    total += (await runner.run()).seconds;
    count++;
  } while (total < roundSeconds);
  return total / count;
}

function cellText({ workload, mode, density, threads, ours, rivals, ratio, bestRatio, goal, load }: Row): string[] {
  const verdict = ratio === undefined ? "no figure" : ratio < goal ? "MISSED" : isWhole ? "met" : "one peer only";
  return [
    workload,
    mode,
    `${density * 100} %`,
    `${threads}`,
    sideText(ours),
    rivals.map((side) => `${side.name} ${sideText(side)}`).join(", "),
    rivals
      .map(({ equalOutputs }) => (equalOutputs === undefined ? "–" : `${Math.round(100 * equalOutputs)} %`))
      .join(", "),
    timesText(ratio),
    timesText(bestRatio),
    `${goal}×`,
    verdict,
    load.toFixed(1),
  ];
}

function timesText(ratio: number | undefined): string {
  return ratio === undefined ? "–" : `${Number(ratio.toPrecision(3))}×`;
}

function sideText({ rate, failure }: Side): string {
  if (rate === undefined) return failure ?? "–";
  return `${Math.round(rate.median).toLocaleString("en-US")} ± ${Math.round(rate.spread).toLocaleString("en-US")}`;
}
