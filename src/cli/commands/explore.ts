import type { CommandDefinition } from "../command.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { configureRun, overridesOf, packageFolder, runFolders } from "../whole-path.ts";
import { version } from "../version.ts";

export const exploreCommand: CommandDefinition = {
  name: "explore [config]",
  summary: "train and search software and hardware choices together; print the front",
  example: "lacuna explore examples/mnist.config.json --set explore.designs=96",
  configure: configureRun,
  run: async ([file], options, signal) => {
    const voice = voiceOf(options);
    const { exploreOnly } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { loadConfig } = await import("../load-config.ts");
    const { textTable } = await import("../../report/index.ts");
    const config = await loadConfig(nodePlatform, file, overridesOf(options));
    const folders = await runFolders(nodePlatform, config, options);
    const found = await exploreOnly({
      platform: nodePlatform,
      config,
      ...folders,
      packageFolder,
      generator: `Lacuna ${version}`,
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    const { study, chosenId } = found;
    if (voice.json) {
      print(JSON.stringify({ front: study.front, chosen: chosenId, trials: study.trials }));
      return 0;
    }
    const names = Object.keys(study.trials[0]?.values ?? {});
    const columns = ["id", ...names, ...config.objectives].map((title) => ({ title, align: "right" as const }));
    const rows = study.front.map((id) => {
      const trial = study.trials[id];
      const objectives = config.objectives.map((name) => (trial?.objectives?.[name] ?? Number.NaN).toPrecision(3));
      return [
        `${id}${id === chosenId ? " *" : ""}`,
        ...names.map((name) => String(trial?.values[name])),
        ...objectives,
      ];
    });
    print(textTable(columns, rows).trimEnd());
    print(`* chosen (${found.reason}). Units: energy J, latency s, area logic cells; all estimated.`);
    return 0;
  },
};
