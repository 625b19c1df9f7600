import type { CommandDefinition } from "../command.ts";
import { print, stageView, voiceOf } from "../terminal.ts";

export const synthCommand: CommandDefinition = {
  name: "synth <folder>",
  summary: "synthesize a design folder, place and route it, write the bitstream",
  example: "lacuna synth lacuna-out/demo/rtl",
  configure: (command) => command.option("--no-place", "stop after synthesis"),
  run: async ([folder = ""], options, signal) => {
    const voice = voiceOf(options);
    const { synthesizeFolder } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { formatQuantity } = await import("../../base/index.ts");
    const { textTable } = await import("../../report/index.ts");
    const found = await synthesizeFolder({
      platform: nodePlatform,
      folder,
      place: options["place"] !== false,
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) print(JSON.stringify(found));
    else {
      const columns = [
        { title: "resource" },
        { title: "value", align: "right" as const },
        { title: "kind" },
        { title: "source" },
      ];
      print(
        textTable(
          columns,
          found.rows.map(([name, q]) => [name, formatQuantity(q), q.kind, q.source]),
        ).trimEnd(),
      );
      if (found.bitstream !== undefined) print(`bitstream ${found.bitstream}`);
    }
    return 0;
  },
};
