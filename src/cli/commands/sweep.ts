import type { CommandDefinition } from "../command.ts";
import { print, remark, stageView, voiceOf } from "../terminal.ts";
import { configureRun, overridesOf, packageFolder, runFolders } from "../whole-path.ts";

export const sweepCommand: CommandDefinition = {
  name: "sweep <name> [config]",
  summary:
    "beta-theta, surrogate-slope, encoding, neuron, steps or bits-pruning: every combination, as CSV and figures",
  example: "lacuna sweep beta-theta --data mnist --data-folder ../shared/data/mnist --train 10000",
  configure: (command) => {
    configureRun(command);
    command
      .option("--data <set>", "digits, mnist, fashion-mnist or nmnist, without a config", "digits")
      .option("--data-folder <folder>", "folder with the files of the set")
      .option("--train <count>", "use only so many training samples")
      .option("--cold", "learn every point from the start; without it points start from one trained network");
  },
  run: async ([name = "", file], options, signal) => {
    const voice = voiceOf(options);
    const experiment = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { applyOverrides, readDocument } = await import("../load-config.ts");
    const { textTable } = await import("../../report/index.ts");
    const { shareInterval } = await import("../../model/sparsity/index.ts");
    const sweep = experiment.sweepByName(name);
    const document =
      file === undefined ? experiment.sweepDocument(String(options["data"])) : await readDocument(nodePlatform, file);
    const flags = [
      ...(options["dataFolder"] === undefined ? [] : [`data.folder=${JSON.stringify(options["dataFolder"])}`]),
      ...(options["train"] === undefined ? [] : [`data.trainLimit=${String(options["train"])}`]),
    ];
    const config = experiment.parseConfig(applyOverrides(document, [...flags, ...overridesOf(options)]), file ?? name);
    if (options["plan"] === true) {
      print(JSON.stringify({ sweep: sweep.name, axes: sweep.axes, warm: options["cold"] !== true }, undefined, 2));
      return 0;
    }
    const { runFolder, outputFolder } = await runFolders(nodePlatform, config, options);
    const found = await experiment.runSweep({
      platform: nodePlatform,
      config,
      sweep,
      warm: options["cold"] !== true,
      runFolder,
      packageFolder,
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    const folder = `${outputFolder}/${sweep.name}`;
    await nodePlatform.files.write(`${folder}/sweep.csv`, experiment.sweepCsv(found));
    for (const [figure, text] of Object.entries(experiment.sweepFigures(found))) {
      await nodePlatform.files.write(`${folder}/${figure}`, text);
    }
    const { trials, front } = found.study;
    if (voice.json) {
      print(JSON.stringify({ sweep: sweep.name, seconds: found.seconds, front, trials, folder }));
      return 0;
    }
    const right = (title: string) => ({ title, align: "right" as const });
    const columns = [
      ...sweep.axes.map(({ title }) => right(title)),
      ...["accuracy", "spikes", "SynOps", "dense/SynOps", "cycles", "balanced", "energy nJ"].map(right),
    ];
    const rows = trials.map(({ id, values, details, failure }) => [
      ...sweep.axes.map(({ name: axis }, i) => `${i === 0 && front.includes(id) ? "* " : ""}${String(values[axis])}`),
      ...(details === undefined
        ? [failure ?? "", "", "", "", "", "", ""]
        : [
            shareText(shareInterval(details.accuracy, details.sampleCount)),
            details.spikes.toFixed(1),
            details.effectiveOperations.toFixed(0),
            `${(details.denseOperations / Math.max(1, details.effectiveOperations)).toFixed(0)}×`,
            details.fixed?.cycles.toFixed(0) ?? "–",
            details.balanced?.cycles.toFixed(0) ?? "–",
            details.balanced === undefined ? "–" : (details.balanced.energy * 1e9).toPrecision(3),
          ]),
    ]);
    print(textTable(columns, rows).trimEnd());
    print("(low…high): 95 % Wilson interval");
    print("* on the front of accuracy and effective synaptic operations; validation samples, golden model");
    print(
      "cycles: predicted by the closed form that equals RTL; balanced: the fastest allocation of at most as many lanes; energy: estimated",
    );
    remark(voice, `written ${folder}`);
    return 0;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

function shareText({
  mean,
  low,
  high,
}: {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}): string {
  const percent = (share: number): string => (share * 100).toFixed(1);
  return `${percent(mean)} % (${percent(low)}…${percent(high)})`;
}
