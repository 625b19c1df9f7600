import type { Quantity } from "../../base/index.ts";
import type { CommandDefinition } from "../command.ts";
import { countOption } from "../count-option.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

export const metricsCommand: CommandDefinition = {
  name: "metrics <model>",
  takesModel: true,
  summary: "NeuroBench's metrics by their exact definitions, bit-true ones beside them, and how the peers count",
  example: "lacuna metrics model.lacuna --samples 500",
  configure: (command) =>
    command
      .option("--data-folder <folder>", "where the data lies now")
      .option("--samples <count>", "test samples to run", "200"),
  run: async ([file = ""], options, signal) => {
    const voice = voiceOf(options);
    const { metricsOf } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { textTable } = await import("../../report/index.ts");
    const found = await metricsOf({
      platform: nodePlatform,
      packageFolder,
      file,
      dataFolder: options["dataFolder"] === undefined ? undefined : String(options["dataFolder"]),
      sampleCount: countOption(options, "samples"),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) {
      print(JSON.stringify(found));
      return 0;
    }
    print(
      `${found.model}: ${found.shape}, ${found.stepCount} steps, ${found.sampleCount} test samples; all simulated, operations per sample`,
    );
    print(
      textTable(
        [{ title: "metric" }, { title: "by" }, { title: "value", align: "right" }],
        found.metrics.map(({ name, by, quantity }) => [name, by, shown(quantity)]),
      ),
    );
    for (const { name, by, definition } of found.metrics) print(`${name} (${by}): ${definition}`);
    return 0;
  },
};

/** Shares with four digits, bits as bytes too, counts with one. */
function shown(quantity: Quantity | undefined): string {
  if (quantity === undefined) return "not defined here";
  const { value, unit } = quantity;
  if (unit === "bit") return `${(value / 8).toLocaleString("en-US", { maximumFractionDigits: 1 })} B`;
  if (unit === "1" && value <= 1) return value.toFixed(4);
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}
