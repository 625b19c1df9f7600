import type { Command } from "commander";
import type { CommandDefinition } from "../command.ts";
import { print, remark, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

function tuneCommand(
  name: "sparsify" | "quantize",
  parts: Pick<CommandDefinition, "summary" | "example">,
): CommandDefinition {
  return {
    name: `${name} <model>`,
    takesModel: true,
    ...parts,
    configure: (command) => {
      command
        .option("--sparsity <share>", "share of weights that end at zero", name === "sparsify" ? "0.8" : undefined)
        .option("--bits <count>", "weight bits, 1 to 16", name === "quantize" ? "4" : undefined)
        .option("--epochs <count>", "epochs of fine-tuning")
        .option("--model <file>", "model file to write", `${name === "sparsify" ? "sparse" : "quantized"}.lacuna`);
      configureGrid(command);
      configurePruning(command);
    },
    run: async ([file = ""], options, signal) => {
      const voice = voiceOf(options);
      const { tuneModel } = await import("../../experiment/index.ts");
      const { nodePlatform } = await import("../../platform/node/index.ts");
      const number = (flag: string): number | undefined =>
        options[flag] === undefined ? undefined : Number(options[flag]);
      const { method, structure, scope, curve } = options;
      const target = String(options["model"]);
      const found = await tuneModel({
        platform: nodePlatform,
        packageFolder,
        file,
        target,
        sparsity: number("sparsity"),
        weightBits: number("bits"),
        tuning: {
          epochs: number("epochs"),
          pruneBlock: number("block"),
          grid: gridOf(options),
          pruning: {
            method,
            structure,
            scope,
            curve,
            start: number("start"),
            end: number("end"),
            regrow: number("regrow"),
          },
        },
        integerEpochs: number("integerEpochs"),
        rounds: number("rounds"),
        rewindTo: number("rewindTo") ?? 0,
        shrink: options["shrink"] === true,
        raiseThresholds: number("raiseThresholds"),
        signal,
        onEvent: stageView(voice, nodePlatform.clock.monotonic),
      });
      if (voice.json) print(JSON.stringify({ model: target, ...found }));
      else {
        const before = `test accuracy ${(found.before * 100).toFixed(1)} %`;
        print(
          `${before} → ${(found.after * 100).toFixed(1)} % (${found.kind})   zero weights ${(found.connectionSparsity * 100).toFixed(1)} %`,
        );
        if (found.spikes !== undefined) {
          print(`${found.spikes.different} of ${found.spikes.all} spikes differ between golden model and floats`);
        }
        for (const { factor, accuracy, hiddenSpikes } of found.thresholds) {
          print(
            `thresholds × ${factor}: validation ${(accuracy * 100).toFixed(1)} %, ${hiddenSpikes.toFixed(1)} hidden spikes`,
          );
        }
        if (found.shapes[0] !== found.shapes[1]) print(`dead neurons removed: ${found.shapes.join(" → ")}`);
        remark(voice, `written ${target}`);
      }
      return 0;
    },
  };
}

/** Flags that take the place of the document's `tuning.grid`. */
function configureGrid(command: Command): void {
  command
    .option("--asymmetric", "grids with a zero point")
    .option("--per-channel", "a scale for each neuron or output channel, whole bits from one another")
    .option("--power-of-two", "scales are powers of two")
    .option("--integer-epochs <count>", "further epochs with potentials, decays and thresholds as integers");
}

function gridOf(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { asymmetric, perChannel, powerOfTwo } = options;
  const scale = powerOfTwo === true ? "powerOfTwo" : perChannel === true ? "shifted" : undefined;
  return {
    symmetry: asymmetric === true ? "asymmetric" : undefined,
    per: perChannel === true ? "channel" : undefined,
    scale,
  };
}

/** Flags that take the place of the document's `tuning.pruning`; the document's schema checks them. */
function configurePruning(command: Command): void {
  command
    .option("--method <name>", "magnitude, random, gradient, movement, snip or synflow")
    .option("--structure <name>", "block, n-of-m, neuron, input or kernel")
    .option("--block <neurons>", "neurons of a row that are pruned together, or m of n-of-m")
    .option("--scope <name>", "layer or global: whether layers compete")
    .option("--curve <name>", "one-shot, linear, cubic or exponential")
    .option("--start <share>", "share of the epochs after which pruning starts")
    .option("--end <share>", "share of the epochs after which sparsity is final")
    .option("--regrow <share>", "share of the kept weights exchanged by gradient in every epoch at first")
    .option("--rounds <count>", "prune in rounds with rewinding; trains from the start in each")
    .option("--rewind-to <epoch>", "epoch of the first training to go back to", "0")
    .option("--raise-thresholds <share>", "raise hidden thresholds while validation accuracy loses at most this share")
    .option("--shrink", "remove dead neurons; outputs stay equal bit for bit");
}

export const sparsifyCommand: CommandDefinition = tuneCommand("sparsify", {
  summary: "prune a model gradually while fine-tuning it",
  example: "lacuna sparsify model.lacuna --sparsity 0.9 --method movement --scope global --model sparse.lacuna",
});

export const quantizeCommand: CommandDefinition = tuneCommand("quantize", {
  summary: "fine-tune a model with few weight bits; judge it by the golden model",
  example: "lacuna quantize model.lacuna --bits 4 --model quantized.lacuna",
});
