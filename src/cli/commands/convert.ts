import { configureImport, importOptions } from "../import-options.ts";
import type { CommandDefinition } from "../command.ts";
import { print, remark, voiceOf } from "../terminal.ts";

export const convertCommand: CommandDefinition = {
  name: "convert <from> <to>",
  summary: "between NIR and model files; repairs only what is named, and lists it",
  example: "lacuna convert net.nir net.lacuna --dialect snntorch --dt 1e-4",
  configure: (command) =>
    configureImport(command).option(
      "--repair <names>",
      "duplicate-edges, input-shape, output-shape, scalars, v-reset or all, joined by commas",
    ),
  run: async ([from = "", to = ""], options) => {
    const voice = voiceOf(options);
    const { convertModel } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const said = await importOptions(nodePlatform, options, `convert ${from} ${to}`);
    const wanted = typeof options["repair"] === "string" ? options["repair"].split(",") : [];
    const found = await convertModel(nodePlatform, from, to, { ...said, wanted });
    if (voice.json) print(JSON.stringify({ to, ...found }));
    else {
      for (const change of found.changes) print(change);
      print(`written ${to}`);
      if (found.offered.length > 0)
        remark(voice, `not repaired: ${found.offered.join(", ")}; allow it with --repair ${found.offered.join(",")}`);
    }
    return 0;
  },
};
