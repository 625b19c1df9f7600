import type { RegimeRow, RegimesResult } from "../../experiment/index.ts";
import type { CommandDefinition } from "../command.ts";
import { countOption } from "../count-option.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { configureRun, overridesOf, packageFolder, runFolders } from "../whole-path.ts";

export const regimesCommand: CommandDefinition = {
  name: "regimes [config]",
  summary: "quantize only, prune only, both at once, prune then quantize: accuracy, zeros, energy by format, the front",
  example: "lacuna regimes examples/regimes.config.json --seeds 3",
  configure: (command) => {
    configureRun(command);
    command.option("--seeds <count>", "repeat everything with so many seeds", "1");
  },
  run: async ([file], options, signal) => {
    const voice = voiceOf(options);
    const { regimePlan, regimesCsv, regimesFigures, runRegimes } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { loadConfig } = await import("../load-config.ts");
    const config = await loadConfig(nodePlatform, file, overridesOf(options));
    if (options["plan"] === true) {
      print(JSON.stringify({ points: regimePlan(config), seeds: countOption(options, "seeds") }));
      return 0;
    }
    const { runFolder, outputFolder } = await runFolders(nodePlatform, config, options);
    const count = countOption(options, "seeds");
    const result = await runRegimes({
      platform: nodePlatform,
      config,
      runFolder,
      packageFolder,
      seeds: Array.from({ length: count }, (_, i) => config.seed + i),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    const files = { "regimes.csv": regimesCsv(result), ...regimesFigures(result) };
    for (const [name, text] of Object.entries(files)) await nodePlatform.files.write(`${outputFolder}/${name}`, text);
    if (voice.json) print(JSON.stringify(result));
    else print([await tableOf(result), ...Object.keys(files).map((name) => `${outputFolder}/${name}`)].join("\n"));
    return 0;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

const percent = (share: number): string => (share * 100).toFixed(1);
const micro = (joules: number | undefined): string => (joules === undefined ? "" : (joules * 1e6).toPrecision(3));

/** One line per point, means over seeds; those of the front are marked. */
async function tableOf({ rows }: RegimesResult): Promise<string> {
  const { textTable } = await import("../../report/index.ts");
  const formats = rows.find(({ energies }) => energies.length > 0)?.energies.map(({ format }) => format) ?? [];
  const right = (title: string) => ({ title, align: "right" as const });
  const head = ["bits", "pruned %", "epochs", "accuracy %", "points against float", "zeros %", "by layer"];
  const columns = [...head, "additions", "kbit", ...formats.map((format) => `${format}, µJ`), "cheapest, µJ"];
  const lines = rows.map((row) => [
    row.isFront ? `${row.regime} *` : row.regime,
    String(row.weightBits ?? "float"),
    row.sparsity === 0 ? "" : percent(row.sparsity),
    row.epochs === 0 ? "" : String(row.epochs),
    percent(row.accuracy.mean),
    row.regime === "float" ? "" : gainText(row),
    percent(row.connectionSparsity),
    row.layers.map(({ connectionSparsity }) => percent(connectionSparsity)).join(" / "),
    Math.round(row.additions).toLocaleString("en-US"),
    (row.bits / 1000).toFixed(1),
    ...formats.map((_, f) => micro(row.energies[f]?.energy)),
    micro(row.cheapest?.energy),
    row.cheapest?.formats.join(" / ") ?? "",
  ]);
  const seeds = rows[0]?.seedCount ?? 0;
  return [
    textTable([{ title: "regime" }, ...columns.map(right), { title: "by layer" }], lines).trimEnd(),
    `* front of accuracy and energy; means over ${seeds} ${seeds === 1 ? "seed" : "seeds"}, ± 95 % of the paired difference`,
    "accuracy by the golden model on the test split; kbit of the smallest format; energy per inference estimated by lacuna hierarchy's model",
  ].join("\n");
}

function gainText({ gain: { mean, half } }: RegimeRow): string {
  return half === undefined ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${half.toFixed(1)}`;
}
