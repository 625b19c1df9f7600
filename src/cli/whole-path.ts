import type { Command } from "commander";
import path from "node:path";
import type { CodesignResult, Config } from "../experiment/index.ts";
import type { Platform } from "../platform/index.ts";
import { applyOverrides } from "./load-config.ts";
import { paint, print, remark, stageView, voiceOf, type Voice } from "./terminal.ts";
import { commandPrefix, version } from "./version.ts";

/** The flags of commands that run an experiment. */
export function configureRun(command: Command): void {
  command
    .option("--set <key=value...>", "override one value of the configuration")
    .option("--run <name>", "name of the run; the same name continues (default: the configuration's)")
    .option("--fresh", "start a new run and keep the old one")
    .option("-o, --output <folder>", "where results are written (default: lacuna-out/<run>)")
    .option("-n, --plan", "print what would be done, run nothing");
}

/** The folder of this package: `data/` lies there. */
export const packageFolder: string = path.resolve(import.meta.dirname, "../..");

/** Where a run keeps its state and its results. */
export async function runFolders(
  platform: Platform,
  config: Config,
  options: Readonly<Record<string, unknown>>,
): Promise<{ readonly runFolder: string; readonly outputFolder: string }> {
  const wanted = typeof options["run"] === "string" ? options["run"] : config.name;
  // A run's name becomes a folder: everything unusual in it is replaced.
  let name = wanted.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "") || "run";
  if (options["fresh"] === true) {
    const base = name;
    for (let i = 2; await platform.files.exists(`.lacuna/runs/${name}`); i++) name = `${base}-${i}`;
  }
  const output = typeof options["output"] === "string" ? options["output"] : `lacuna-out/${name}`;
  return { runFolder: `.lacuna/runs/${name}`, outputFolder: output };
}

export function overridesOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(options["set"]) ? options["set"].map(String) : [];
}

/** From a document to placed hardware, with a line per stage and the numbers at the end. */
export async function runWholePath(
  readDocument: () => Promise<unknown>,
  source: string,
  options: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<number> {
  const voice = voiceOf(options);
  const { codesign, headlines, parseConfig } = await import("../experiment/index.ts");
  const { nodePlatform } = await import("../platform/node/index.ts");
  const config = parseConfig(applyOverrides(await readDocument(), overridesOf(options)), source);
  if (options["plan"] === true) return printPlan(config, voice);
  const folders = await runFolders(nodePlatform, config, options);
  const started = nodePlatform.clock.monotonic();
  remark(voice, paint(voice, "bold", `Lacuna ${version} · ${config.name} · run ${folders.runFolder}`));
  const result = await codesign({
    platform: nodePlatform,
    config,
    ...folders,
    packageFolder,
    generator: `Lacuna ${version}`,
    signal,
    onEvent: stageView(voice, nodePlatform.clock.monotonic),
  });
  const seconds = (nodePlatform.clock.monotonic() - started) / 1000;
  if (voice.json) print(JSON.stringify({ seconds, files: result.files, summary: result.report.summary }));
  else await printResult(result, headlines(result.report), seconds, voice);
  return 0;
}

// ---------------------------------------------------------------------------------------------------------------------

async function printResult(
  result: CodesignResult,
  rows: readonly { readonly name: string; readonly text: string; readonly kind: string; readonly note: string }[],
  seconds: number,
  voice: Voice,
): Promise<void> {
  const { formatDuration, textTable } = await import("../report/index.ts");
  print("");
  const columns = [
    { title: "result" },
    { title: "value", align: "right" as const },
    { title: "kind" },
    { title: "what" },
  ];
  print(
    textTable(
      columns,
      rows.map(({ name, text, kind, note }) => [name, text, kind, note]),
    ).trimEnd(),
  );
  print("");
  for (const [what, file] of Object.entries(result.files)) print(`${what.padEnd(16)} ${file}`);
  remark(voice, `\nfinished in ${formatDuration(seconds)}`);
  const rtl = result.files["SystemVerilog"];
  if (rtl !== undefined)
    remark(
      voice,
      `try next: ${paint(voice, "cyan", `${commandPrefix} verify ${rtl}`)} · open ${result.files["report"]}`,
    );
}

function printPlan(config: Config, voice: Voice): number {
  const { explore } = config;
  const lines = [
    `data       ${config.data.set}`,
    `train      ${explore.stepCount.length} networks of ${config.network.hidden.join("-")} hidden neurons, ${config.training.epochs} epochs each`,
    `explore    ${explore.designs} designs by ${explore.sampler}, at most ${explore.stepCount.length * explore.weightBits.length * explore.sparsity.length} fine-tunings of ${config.tuning.epochs} epochs`,
    `verify     ${config.verifySamples ?? "all"} test samples`,
    `synthesize and ${config.place ? "place on" : "map to"} ${config.target}`,
  ];
  print(voice.json ? JSON.stringify({ plan: lines, config }) : lines.join("\n"));
  return 0;
}
