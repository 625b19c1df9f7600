import { UserError } from "../../base/index.ts";
import type { FormatsReport } from "../../experiment/index.ts";
import type { CommandDefinition } from "../command.ts";
import { paint, print, voiceOf } from "../terminal.ts";

export const formatsCommand: CommandDefinition = {
  name: "formats <model>",
  takesModel: true,
  summary: "bits, RAM blocks and decode cycles of the weights in every storage format; which to take, and why",
  example: "lacuna formats sparse.lacuna --ram ice40-ebr --lanes 8,2 --break-even",
  configure: (command) =>
    command
      .option("--ram <kind>", "ice40-ebr, ice40-spram, ecp5-ebr, xc7-ramb18 or xc7-ramb36", "ice40-ebr")
      .option("--lanes <list>", "lanes per layer, such as 8,2", "1")
      .option("--max-cycles <count>", "cycles that a row may take; by default as many as dense storage")
      .option("--break-even", "also print the density below which each format saves bits"),
  run: async ([file = ""], options) => {
    const voice = voiceOf(options);
    const { formatsOf } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { textTable } = await import("../../report/index.ts");
    const lanes = String(options["lanes"]).split(",").map(Number);
    if (lanes.some((count) => !Number.isInteger(count) || count < 1)) {
      const message = `--lanes ${String(options["lanes"])}: expected whole numbers ≥ 1, such as 8,2`;
      throw new UserError("usage/flag", message, { exit: "usage" });
    }
    const maxCycles = options["maxCycles"] === undefined ? undefined : Number(options["maxCycles"]);
    const found = await formatsOf(nodePlatform.files, file, { ram: String(options["ram"]), lanes, maxCycles });
    if (voice.json) {
      print(JSON.stringify(found));
      return 0;
    }
    const right = (title: string) => ({ title, align: "right" as const });
    print(
      `${found.ram.title} (${found.ram.source}); bits are exact, cycles and reads are means over rows: one for a spike into a dense layer, one for each kernel position that it reaches in a convolution`,
    );
    for (const layer of found.layers) {
      const { choice } = layer;
      print(`\n${layer.layer}: ${layer.rows} × ${layer.columns}, ${layer.bits} bit, ${layer.lanes} lanes`);
      print(
        textTable(
          [
            { title: "format" },
            right("bits"),
            right("allocated bits"),
            right("blocks"),
            right("cycles/row"),
            right("metadata reads/row"),
            right("saves below"),
          ],
          choice.costs.map((cost) => [
            `${cost.format}${cost.format === choice.chosen.format ? " *" : ""}`,
            cost.logicalBits.toLocaleString("en-US"),
            cost.allocatedBits.toLocaleString("en-US"),
            String(cost.blocks),
            cost.cyclesPerSpike.toFixed(1),
            cost.metadataReadsPerSpike.toFixed(1),
            percent(cost.breakEven),
          ]),
        ).trimEnd(),
      );
      print(`${paint(voice, "cyan", "*")} ${choice.chosen.format}: ${choice.reason}`);
      if (options["breakEven"] === true) printBreakEven(layer.breakEven, textTable);
    }
    return 0;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

function percent(share: number | undefined): string {
  return share === undefined ? "never" : `${(share * 100).toFixed(1)} %`;
}

function printBreakEven(
  table: FormatsReport["layers"][number]["breakEven"],
  textTable: typeof import("../../report/index.ts").textTable,
): void {
  const columns = ["2 bit", "4 bit", "8 bit", "16 bit"].map((title) => ({ title, align: "right" as const }));
  print("\ndensity below which a format of this shape saves bits");
  const rows = table.map(({ format, densities }) => [format, ...densities.map(percent)]);
  print(textTable([{ title: "format" }, ...columns], rows).trimEnd());
}
