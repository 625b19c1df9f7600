import { UserError } from "../../base/index.ts";
import type { FaultsReport } from "../../experiment/index.ts";
import type { CommandDefinition } from "../command.ts";
import { countOption } from "../count-option.ts";
import { configureHardware, hardwareChoice } from "../hardware-options.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

export const faultsCommand: CommandDefinition = {
  name: "faults <model>",
  takesModel: true,
  summary: "resilience: accuracy against the rate of bit flips, stuck bits, dead lanes, lost and spurious events",
  example: "lacuna faults quantized.lacuna --lanes 8,2 --rates 0.001,0.01,0.1 --rtl 5",
  configure: (command) => {
    configureHardware(command);
    command
      .option("--kinds <list>", "kinds of faults (default: all)")
      .option("--rates <list>", "shares that are hit", "0.0001,0.001,0.01,0.1")
      .option("--samples <count>", "test samples of a trial", "200")
      .option("--trials <count>", "random draws per kind and rate", "5")
      .option("--seed <number>", "of the draws", "1")
      .option("--rtl <count>", "samples on which the emitted design with the same faults must agree", "0")
      .option("--data-folder <folder>", "where the data lies now")
      .option(
        "-o, --output <folder>",
        "where tables and figures are written, and where a stopped run continues",
        "lacuna-out/faults",
      );
  },
  run: async ([file = ""], options, signal) => {
    const voice = voiceOf(options);
    const { disturbModel, faultKindsOf, faultsFiles } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { faultKinds } = await import("../../hardware/family/index.ts");
    const output = String(options["output"]);
    const report = await disturbModel({
      platform: nodePlatform,
      packageFolder,
      file,
      dataFolder: options["dataFolder"] === undefined ? undefined : String(options["dataFolder"]),
      runFolder: `${output}/run`,
      choice: hardwareChoice(options),
      target: String(options["target"]),
      kinds: faultKindsOf(
        options["kinds"] === undefined ? Object.keys(faultKinds) : String(options["kinds"]).split(","),
      ),
      rates: ratesOf(String(options["rates"])),
      sampleCount: countOption(options, "samples"),
      trials: countOption(options, "trials"),
      seed: Number(options["seed"]),
      rtlSamples: Number(options["rtl"]),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    const files = faultsFiles(report);
    for (const [name, text] of Object.entries(files)) await nodePlatform.files.write(`${output}/${name}`, text);
    if (voice.json) print(JSON.stringify(report));
    else print([await tableOf(report), ...Object.keys(files).map((name) => `${output}/${name}`)].join("\n"));
    return 0;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

/** @throws `usage/flag` */
function ratesOf(text: string): number[] {
  const rates = text.split(",").map(Number);
  if (rates.every((rate) => rate >= 0 && rate <= 1)) return rates;
  throw new UserError("usage/flag", `--rates ${text}: expected numbers 0…1, such as 0.001,0.01`, { exit: "usage" });
}

async function tableOf(report: FaultsReport): Promise<string> {
  const { textTable } = await import("../../report/index.ts");
  const { faultKinds } = await import("../../hardware/family/index.ts");
  const right = (title: string) => ({ title, align: "right" as const });
  const columns = [{ title: "fault" }, right("rate"), right("faults"), right("accuracy %"), right("lost, points")];
  const lines = report.points.map(({ kind, rate, faults, accuracy: { mean, half } }) => [
    kind,
    String(rate),
    faults.toFixed(faults < 10 ? 1 : 0),
    `${(mean * 100).toFixed(1)}${half === undefined ? "" : ` ± ${(half * 100).toFixed(1)}`}`,
    ((report.accuracy - mean) * 100).toFixed(1),
  ]);
  const { rtl } = report;
  return [
    `${report.model} on ${report.hardware}: ${(report.accuracy * 100).toFixed(1)} % of ${report.samples} test samples without faults`,
    textTable(columns, lines).trimEnd(),
    `golden model with faults (simulated), ${report.trials} trials each, ± 95 % of the mean`,
    "rate, the share of:",
    ...[...new Set(report.points.map(({ kind }) => kind))].map((kind) => `  ${kind.padEnd(15)} ${faultKinds[kind]}`),
    rtl === undefined
      ? "RTL not asked; --rtl 5 runs the emitted design with the same faults"
      : `RTL with the same faults: 0 of ${rtl.spikesCompared.toLocaleString("en-US")} spikes differ, ${rtl.points} points × ${rtl.samples} samples`,
  ].join("\n");
}
