import type { CommandDefinition } from "../command.ts";
import { print, voiceOf } from "../terminal.ts";

export const reportCommand: CommandDefinition = {
  name: "report <run>",
  summary: "draw the page of a finished run, or of a report.json, again",
  example: "lacuna report .lacuna/runs/demo -o demo.html",
  configure: (command) => command.option("-o, --output <file>", "page to write", "report.html"),
  run: async ([from = ""], options) => {
    const voice = voiceOf(options);
    const { redrawReport } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const output = String(options["output"]);
    await nodePlatform.files.write(output, await redrawReport(nodePlatform, from));
    print(voice.json ? JSON.stringify({ page: output }) : output);
    return 0;
  },
};
