import type { CommandDefinition } from "../command.ts";
import { configureRun, runWholePath } from "../whole-path.ts";

export const codesignCommand: CommandDefinition = {
  name: "codesign [config]",
  summary: "the main job on your choice of data, network, target and budget",
  example: "lacuna codesign examples/mnist.config.json --run mnist",
  configure: configureRun,
  run: async ([file], options, signal) => {
    const { readDocument } = await import("../load-config.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    return runWholePath(() => readDocument(nodePlatform, file), file ?? "lacuna.config", options, signal);
  },
};
