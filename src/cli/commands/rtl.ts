import type { CommandDefinition } from "../command.ts";
import { hostDoors } from "../../hardware/family/index.ts";
import { configureHardware, hardwareWish, hostDoor } from "../hardware-options.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { commandPrefix } from "../version.ts";
import { packageFolder } from "../whole-path.ts";

export const rtlCommand: CommandDefinition = {
  name: "rtl <model>",
  takesModel: true,
  summary: "write SystemVerilog for a model, with the golden trace to verify it",
  example: "lacuna rtl quantized.lacuna --target up5k --lanes 8,2 -o rtl",
  configure: (command) => {
    configureHardware(command);
    command
      .option("-o, --output <folder>", "folder to write", "rtl")
      .option("--samples <count>", "test samples in the golden trace", "100")
      .option("--host <door>", `how a processor reaches it: ${hostDoors.join(", ")}`, "words");
  },
  run: async ([file = ""], options, signal) => {
    const voice = voiceOf(options);
    const { emitModel } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const folder = String(options["output"]);
    const found = await emitModel({
      platform: nodePlatform,
      packageFolder,
      file,
      folder,
      choice: hardwareWish(options),
      door: hostDoor(String(options["host"])),
      target: String(options["target"]),
      sampleCount: Number(options["samples"]),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) print(JSON.stringify({ folder, ...found }));
    else {
      print(
        `${found.files.length} files in ${folder}; ${found.meanCycles.toFixed(1)} cycles per inference (mean of ${found.samples} samples, predicted)`,
      );
      if (options["lanes"] === undefined) print(`lanes ${found.lanes.join(",")}: the fastest that fit`);
      print(`try next: ${commandPrefix} verify ${folder}`);
    }
    return 0;
  },
};
