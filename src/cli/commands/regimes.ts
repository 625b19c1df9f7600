import { meanInterval } from "../../base/index.ts";
import type { RegimePoint, RegimesResult } from "../../experiment/index.ts";
import type { CommandDefinition } from "../command.ts";
import { countOption } from "../count-option.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { configureRun, overridesOf, packageFolder, runFolders } from "../whole-path.ts";

export const regimesCommand: CommandDefinition = {
  name: "regimes [config]",
  summary: "quantize only, prune only, both at once, prune then quantize: accuracy, zeros, bits by format, the front",
  example: "lacuna regimes examples/regimes.config.json --seeds 3",
  configure: (command) => {
    configureRun(command);
    command.option("--seeds <count>", "repeat everything with so many seeds", "1");
  },
  run: async ([file], options, signal) => {
    const voice = voiceOf(options);
    const { regimePlan, runRegimes } = await import("../../experiment/index.ts");
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
    const csv = await csvOf(result.points);
    await nodePlatform.files.write(`${outputFolder}/regimes.csv`, new TextEncoder().encode(csv));
    print(voice.json ? JSON.stringify(result) : `${await tableOf(result)}\n${outputFolder}/regimes.csv`);
    return 0;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

const percent = (share: number): string => (share * 100).toFixed(1);
const shownFormats = [
  "dense",
  "bitmap",
  "compressed rows",
  "coordinate payload",
  "run length",
  "offset pairs",
] as const;

async function csvOf(points: readonly RegimePoint[]): Promise<string> {
  const { toCsv } = await import("../../report/index.ts");
  const formats = [...new Set(points.flatMap((point) => point.formats.map(({ format }) => format)))];
  const layers = points[0]?.layers.map(({ layer }) => layer) ?? [];
  const head = ["regime", "seed", "weight bits", "sparsity asked", "accuracy", "zero weights"];
  return toCsv(
    [...head, ...layers.map((layer) => `zeros ${layer}`), "spikes", "additions", ...formats.map((f) => `bits ${f}`)],
    points.map((p) => [
      p.regime,
      p.seed,
      p.weightBits,
      p.sparsity,
      p.accuracy,
      p.connectionSparsity,
      ...p.layers.map(({ connectionSparsity }) => connectionSparsity),
      p.spikes,
      p.additions,
      ...formats.map((name) => p.formats.find(({ format }) => format === name)?.bits),
    ]),
  );
}

/** One line per point, means over seeds; those of the front are marked. */
async function tableOf({ points, front }: RegimesResult): Promise<string> {
  const { textTable } = await import("../../report/index.ts");
  const seed = points[0]?.seed;
  const formats = shownFormats.filter((name) => points.some((p) => p.formats.some(({ format }) => format === name)));
  const right = (title: string) => ({ title, align: "right" as const });
  const rows = points.flatMap((point, place) => {
    if (point.seed !== seed) return [];
    const { regime, weightBits, sparsity } = point;
    const same = points.filter((p) => p.regime === regime && p.weightBits === weightBits && p.sparsity === sparsity);
    const mean = (of: (p: RegimePoint) => number): number => same.reduce((sum, p) => sum + of(p), 0) / same.length;
    const bitsIn = (name: string): string => {
      if (!point.formats.some(({ format }) => format === name)) return "";
      return (mean((p) => p.formats.find(({ format }) => format === name)?.bits ?? 0) / 1000).toFixed(1);
    };
    return [
      [
        front.includes(place) ? `${regime} *` : regime,
        String(weightBits ?? "float"),
        sparsity === 0 ? "" : percent(sparsity),
        percent(mean((p) => p.accuracy)),
        regime === "float" ? "" : againstFloat(same, points),
        percent(mean((p) => p.connectionSparsity)),
        point.layers.map((_, l) => percent(mean((p) => p.layers[l]?.connectionSparsity ?? 0))).join(" / "),
        Math.round(mean((p) => p.additions)).toLocaleString("en-US"),
        ...formats.map(bitsIn),
      ],
    ];
  });
  return textTable(
    [
      { title: "regime (* front)" },
      right("bits"),
      right("pruned %"),
      right("accuracy %"),
      right("points against float, 95 %"),
      right("zeros %"),
      right("by layer"),
      right("additions"),
      ...formats.map((name) => right(`${name}, kbit`)),
    ],
    rows,
  );
}

/** Mean difference to the float network of the same seed, with its interval. */
function againstFloat(same: readonly RegimePoint[], points: readonly RegimePoint[]): string {
  const differences = same.map(({ seed, accuracy }) => {
    const float = points.find((point) => point.seed === seed && point.regime === "float");
    return (accuracy - (float?.accuracy ?? Number.NaN)) * 100;
  });
  const { mean, half } = meanInterval(differences);
  return half === undefined ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${half.toFixed(1)}`;
}
