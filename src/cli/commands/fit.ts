import { exitCode } from "../../base/index.ts";
import type { FitResult } from "../../experiment/index.ts";
import type { CommandDefinition } from "../command.ts";
import { configureHardware, hardwareWish } from "../hardware-options.ts";
import { paint, print, voiceOf } from "../terminal.ts";

export const fitCommand: CommandDefinition = {
  name: "fit <model>",
  takesModel: true,
  summary: "does a model fit a target? names layer, resource and remedies that fit when not",
  example: "lacuna fit quantized.lacuna --target up5k --lanes 8,2",
  configure: configureHardware,
  run: async ([file = ""], options) => {
    const voice = voiceOf(options);
    const { fitModel } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { usageBar } = await import("../../report/index.ts");
    const found = await fitModel(nodePlatform, file, hardwareWish(options), String(options["target"]));
    const isFitting = found.problems.length === 0;
    if (voice.json) print(JSON.stringify(found));
    else {
      print(isFitting ? paint(voice, "green", "fits") : paint(voice, "red", "does not fit"));
      if (found.areLanesChosen) {
        const why = isFitting
          ? "the fastest that fit if every neuron fired in every step"
          : "no other lanes fit either";
        print(`lanes ${found.lanes.join(",")}: ${why}`);
      }
      for (const { resource, used, limit, kind } of found.resources) {
        print(`${resource.padEnd(18)} ${usageBar(used, limit, 24)} ${used}/${limit} ${kind}`);
      }
      for (const line of found.unknown) print(line);
      for (const { path, message } of found.problems) print(`${path}: ${message}`);
      if (!isFitting) for (const line of remedyLines(found)) print(line);
      print(`answered in ${found.milliseconds.toFixed(0)} ms (measured)`);
    }
    return isFitting ? 0 : exitCode("not-met");
  },
};

function remedyLines({ remedies, problems }: FitResult): string[] {
  if (remedies.length === 0) {
    const hints = problems.flatMap(({ hint }) => (hint === undefined ? [] : [`  hint: ${hint}`]));
    return [
      "no other lanes, storage, family, target, weight bits, sparsity or size of a hidden layer makes it fit",
      ...hints,
    ];
  }
  return [
    "each of these fits, the smallest change first:",
    ...remedies.flatMap(({ kind, before, flags, cells, measureAgain }, index) => [
      `${index + 1}. ${kind}: ${[before, flags.join(" ")].filter(Boolean).join("; then ")}${cells === undefined ? "" : ` (about ${cells} logic cells)`}`,
      ...(measureAgain === undefined ? [] : [`   measure again: ${measureAgain}`]),
    ]),
  ];
}
