import type { CommandDefinition } from "../command.ts";
import { configureRun, runWholePath } from "../whole-path.ts";

export const demoCommand: CommandDefinition = {
  name: "demo",
  summary: "the main job on real digits: train, search, verify, place; about a minute, no network",
  example: "lacuna demo --set explore.designs=24",
  configure: configureRun,
  run: async (_args, options, signal) => {
    const { demoConfig } = await import("../../experiment/index.ts");
    return runWholePath(async () => demoConfig, "demo", options, signal);
  },
};
