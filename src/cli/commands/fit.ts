import { exitCode } from "../../base/index.ts";
import type { CommandDefinition } from "../command.ts";
import { configureHardware, hardwareChoice } from "../hardware-options.ts";
import { paint, print, voiceOf } from "../terminal.ts";

export const fitCommand: CommandDefinition = {
  name: "fit <model>",
  takesModel: true,
  summary: "does a model fit a target? names layer, resource and remedy when not",
  example: "lacuna fit quantized.lacuna --target up5k --lanes 8,2",
  configure: configureHardware,
  run: async ([file = ""], options) => {
    const voice = voiceOf(options);
    const { fitModel } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { usageBar } = await import("../../report/index.ts");
    const found = await fitModel(nodePlatform.files, file, hardwareChoice(options), String(options["target"]));
    if (voice.json) print(JSON.stringify(found));
    else {
      print(found.problems.length === 0 ? paint(voice, "green", "fits") : paint(voice, "red", "does not fit"));
      for (const { resource, used, limit, kind } of found.resources) {
        print(`${resource.padEnd(18)} ${usageBar(used, limit, 24)} ${used}/${limit} ${kind}`);
      }
      for (const line of found.unknown) print(line);
      for (const problem of found.problems) {
        print(`${problem.path}: ${problem.message}`);
        if (problem.hint !== undefined) print(`  ${paint(voice, "cyan", "fix")} ${problem.hint}`);
      }
    }
    return found.problems.length === 0 ? 0 : exitCode("not-met");
  },
};
