import type { CommandDefinition } from "../command.ts";
import { configureHardware, hardwareChoice } from "../hardware-options.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

const percent = (share: number): string => `${share >= 0 ? "+" : ""}${(100 * share).toFixed(1)} %`;

export const allocateCommand: CommandDefinition = {
  name: "allocate <model>",
  summary: "lanes per layer: every legal choice by exact cycles, the front, and what each layer's lanes are worth",
  example: "lacuna allocate quantized.lacuna --target up5k --samples 20",
  configure: (command) => {
    configureHardware(command);
    command
      .option("--samples <count>", "test samples whose exact cycles count", "20")
      .option("--most-lanes <count>", "most lanes of a layer", "64");
  },
  run: async ([file = ""], options, signal) => {
    const voice = voiceOf(options);
    const { allocateModel } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { textTable } = await import("../../report/index.ts");
    const found = await allocateModel({
      platform: nodePlatform,
      packageFolder,
      file,
      choice: hardwareChoice(options),
      target: String(options["target"]),
      sampleCount: Number(options["samples"]),
      mostLanes: Number(options["mostLanes"]),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) {
      print(JSON.stringify(found));
      return 0;
    }
    const { designCount, fittingCount, samples, designsPerSecond } = found;
    print(
      `${designCount} allocations, ${fittingCount} fit ${found.target}; exact cycles over ${samples} samples, ${designsPerSecond.toFixed(0)} designs/s`,
    );
    const titles = ["lanes", "cycles", "cells (estimated)", "block RAMs", "single-port RAMs"];
    print(
      textTable(
        titles.map((title) => ({ title })),
        found.front.map(({ lanes, cycles, cells, blockRams, singlePortRams }) => [
          lanes.join(","),
          cycles.toFixed(1),
          String(cells),
          String(blockRams),
          String(singlePortRams),
        ]),
      ),
    );
    print(`fastest that fits: --lanes ${found.best.lanes.join(",")}`);
    for (const { layer, lanes, busyShare, fewer, more } of found.advice) {
      const changes = [fewer, more].flatMap((change) =>
        change === undefined
          ? []
          : [`${change.lanes} lanes: ${percent(change.cycles)} cycles, ${percent(change.cells)} cells`],
      );
      print(`"${layer}" (${lanes} lanes) is busy ${(100 * busyShare).toFixed(0)} % of the time; ${changes.join("; ")}`);
    }
    return 0;
  },
};
