import type { CommandDefinition } from "../command.ts";
import { print, remark, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

function tuneCommand(
  name: "sparsify" | "quantize",
  parts: Pick<CommandDefinition, "summary" | "example">,
): CommandDefinition {
  return {
    name: `${name} <model>`,
    ...parts,
    configure: (command) =>
      command
        .option("--sparsity <share>", "share of weights that end at zero", name === "sparsify" ? "0.8" : undefined)
        .option("--bits <count>", "weight bits, 2 to 8", name === "quantize" ? "4" : undefined)
        .option("--block <neurons>", "neurons of a row that are pruned together", "1")
        .option("--epochs <count>", "epochs of fine-tuning")
        .option("--model <file>", "model file to write", `${name === "sparsify" ? "sparse" : "quantized"}.lacuna`),
    run: async ([file = ""], options, signal) => {
      const voice = voiceOf(options);
      const { tuneModel } = await import("../../experiment/index.ts");
      const { nodePlatform } = await import("../../platform/node/index.ts");
      const number = (flag: string): number | undefined =>
        options[flag] === undefined ? undefined : Number(options[flag]);
      const target = String(options["model"]);
      const found = await tuneModel({
        platform: nodePlatform,
        packageFolder,
        file,
        target,
        sparsity: number("sparsity"),
        weightBits: number("bits"),
        pruneBlock: number("block"),
        epochs: number("epochs"),
        signal,
        onEvent: stageView(voice, nodePlatform.clock.monotonic),
      });
      if (voice.json) print(JSON.stringify({ model: target, ...found }));
      else {
        const before = `test accuracy ${(found.before * 100).toFixed(1)} %`;
        print(
          `${before} → ${(found.after * 100).toFixed(1)} % (${found.kind})   zero weights ${(found.connectionSparsity * 100).toFixed(1)} %`,
        );
        remark(voice, `written ${target}`);
      }
      return 0;
    },
  };
}

export const sparsifyCommand: CommandDefinition = tuneCommand("sparsify", {
  summary: "prune a model gradually while fine-tuning it",
  example: "lacuna sparsify model.lacuna --sparsity 0.8 --model sparse.lacuna",
});

export const quantizeCommand: CommandDefinition = tuneCommand("quantize", {
  summary: "fine-tune a model with few weight bits; judge it by the golden model",
  example: "lacuna quantize model.lacuna --bits 4 --model quantized.lacuna",
});
