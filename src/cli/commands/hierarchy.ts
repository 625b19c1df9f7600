import type { CommandDefinition } from "../command.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

export const hierarchyCommand: CommandDefinition = {
  name: "hierarchy <model>",
  summary:
    "energy through DRAM, buffers and links to the adder, by storage format of the weights; where compression stops paying",
  example: "lacuna hierarchy sparse.lacuna --samples 500",
  configure: (command) =>
    command
      .option("--samples <count>", "test samples to run", "500")
      .option("--data-folder <folder>", "where the data lies now"),
  run: async ([file = ""], options, signal) => {
    const voice = voiceOf(options);
    const { hierarchyOf } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { textTable } = await import("../../report/index.ts");
    const found = await hierarchyOf({
      platform: nodePlatform,
      packageFolder,
      file,
      dataFolder: options["dataFolder"] === undefined ? undefined : String(options["dataFolder"]),
      sampleCount: Number(options["samples"]),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) {
      print(JSON.stringify(found));
      return 0;
    }
    const right = (title: string) => ({ title, align: "right" as const });
    const nano = (joules: number): string => (joules * 1e9).toPrecision(4);
    const percent = (share: number | undefined): string =>
      share === undefined ? "–" : `${(share * 100).toFixed(1)} %`;
    print(`nJ per inference, estimated; counts from ${found.sampleCount} test samples by the golden model`);
    for (const { layer, density, formats, best } of found.layers) {
      print(`\n${layer}: ${percent(density)} of the weights are not zero`);
      const components = best.lines.map(({ component }) => component);
      const rows = components.map((component, i) => [
        component,
        ...formats.map(({ lines }) => nano(lines[i]?.energy.value ?? Number.NaN)),
      ]);
      rows.push(["total", ...formats.map(({ total }) => nano(total.value))]);
      rows.push(["saves below", ...formats.map(({ crossover }) => percent(crossover))]);
      const columns = formats.map(({ format }) => right(`${format}${format === best.format ? " *" : ""}`));
      print(textTable([{ title: "component" }, ...columns], rows).trimEnd());
    }
    print(
      `\nevery layer in its cheapest format (*): ${nano(found.bestTotal)} nJ; all dense: ${nano(found.plainTotal)} nJ`,
    );
    return 0;
  },
};
