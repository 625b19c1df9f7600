import type { CommandDefinition } from "../command.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

export const evalCommand: CommandDefinition = {
  name: "eval <model>",
  takesModel: true,
  summary: "accuracy, spikes and sparsity of a model on its test split",
  example: "lacuna eval model.lacuna --data-folder ~/mnist",
  configure: (command) =>
    command
      .option("--data-folder <folder>", "where the data lies now")
      .option("--early-exit <rule>", "also decide before the last step: first-spike, certain, or margin:3"),
  run: async ([file = ""], options, signal) => {
    const voice = voiceOf(options);
    const { evaluateModel } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { textTable } = await import("../../report/index.ts");
    const found = await evaluateModel({
      platform: nodePlatform,
      packageFolder,
      file,
      dataFolder: options["dataFolder"] === undefined ? undefined : String(options["dataFolder"]),
      earlyExit: options["earlyExit"] === undefined ? undefined : String(options["earlyExit"]),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) {
      print(JSON.stringify(found));
      return 0;
    }
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    const { early, interval } = found;
    const between = ({ low, high }: typeof interval, show: (value: number) => string): string =>
      `95 %: ${show(low)}…${show(high)}`;
    const points = (share: number): string => (share * 100).toFixed(1);
    print(
      `accuracy ${percent(found.accuracy)} (${between(interval, points)}) of ${found.sampleCount} test samples (${found.kind})`,
    );
    if (early !== undefined) {
      const { lost, meanSteps } = early;
      print(
        `early exit ${early.rule}: accuracy ${percent(early.accuracy)}, ${points(lost.mean)} points lost (${between(lost, points)}), ` +
          `after ${meanSteps.mean.toFixed(2)} (${between(meanSteps, (n) => n.toFixed(2))}) of ${early.stepCount} steps`,
      );
    }
    const columns = [
      "layer",
      "zero weights",
      "silent neuron-steps",
      "spikes/sample",
      "dead neurons",
      "effective SynOps",
      "dense SynOps",
    ];
    print(
      textTable(
        columns.map((title, i) => ({ title, align: i === 0 ? ("left" as const) : ("right" as const) })),
        found.layers.map((l) => [
          l.layer,
          percent(l.connectionSparsity),
          percent(l.activationSparsity),
          l.spikesPerSample.toFixed(1),
          String(l.deadNeurons),
          Math.round(l.effectiveSynapticOperations).toLocaleString("en-US"),
          Math.round(l.denseSynapticOperations).toLocaleString("en-US"),
        ]),
      ).trimEnd(),
    );
    return 0;
  },
};
