import type { CommandDefinition } from "../command.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { configureRun, overridesOf, packageFolder, runFolders } from "../whole-path.ts";

export const trainCommand: CommandDefinition = {
  name: "train [config]",
  summary: "train a spiking network and write it as a model file",
  example: "lacuna train examples/mnist.config.json --steps 8 --model mnist.lacuna",
  configure: (command) => {
    configureRun(command);
    command
      .option("--steps <count>", "time steps (default: the first of explore.stepCount)")
      .option("--model <file>", "model file to write", "model.lacuna");
  },
  run: async ([file], options, signal) => {
    const voice = voiceOf(options);
    const { trainOnly } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { loadConfig } = await import("../load-config.ts");
    const steps = options["steps"] === undefined ? [] : [`explore.stepCount=[${String(options["steps"])}]`];
    const config = await loadConfig(nodePlatform, file, [...overridesOf(options), ...steps]);
    const model = String(options["model"]);
    const result = await trainOnly({
      platform: nodePlatform,
      config,
      runFolder: (await runFolders(nodePlatform, config, options)).runFolder,
      packageFolder,
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic, { everyEpoch: true }),
      modelFile: model,
    });
    if (voice.json) print(JSON.stringify({ model, ...result }));
    else print(`test accuracy ${(result.testAccuracy * 100).toFixed(1)} % (float)   ${model}`);
    return 0;
  },
};
