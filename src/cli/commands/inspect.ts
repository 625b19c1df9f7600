import type { CommandDefinition } from "../command.ts";
import { configureImport } from "../import-options.ts";
import { inspectOther } from "../inspect-others.ts";
import { print, voiceOf } from "../terminal.ts";

export const inspectCommand: CommandDefinition = {
  name: "inspect <model>",
  summary:
    "what a file holds (model, NIR, ONNX): layers, neurons, shapes, ranges, zeros, findings, what targets can do",
  example: "lacuna inspect quantized.lacuna",
  configure: configureImport,
  run: async ([file = ""], options) => {
    const voice = voiceOf(options);
    const other = await inspectOther(file, options, voice);
    if (other !== undefined) return other;
    const { inspectModel } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { textTable } = await import("../../report/index.ts");
    const found = await inspectModel(nodePlatform.files, file);
    if (voice.json) {
      print(JSON.stringify(found));
      return 0;
    }
    print(
      `${found.name}: ${found.shape}, ${found.stepCount} steps, ${found.encoding} coding, ${found.synapses.toLocaleString("en-US")} synapses`,
    );
    const right = (title: string) => ({ title, align: "right" as const });
    const columns = [
      { title: "layer" },
      { title: "neuron" },
      right("inputs"),
      right("neurons"),
      right("zero weights"),
      right("weights"),
      { title: "parameters" },
    ];
    print(
      textTable(
        columns,
        found.layers.map((l) => [
          l.name,
          l.neuron,
          String(l.inputCount),
          String(l.neuronCount),
          `${(l.connectionSparsity * 100).toFixed(1)} %`,
          l.weightBits === undefined
            ? `float, ${l.low.toPrecision(3)}…${l.high.toPrecision(3)}`
            : `${l.weightBits} bit`,
          Object.entries(l.parameters)
            .map(([name, value]) => `${name} ${l.learned.includes(name) ? "per neuron" : value}`)
            .join(", "),
        ]),
      ).trimEnd(),
    );
    const { supportLines } = await import("../../hardware/rtl/index.ts");
    print("\nwhat can run the neurons");
    const alike = Map.groupBy(found.layers, ({ support }) => supportLines(support).join("\n    "));
    for (const [lines, layers] of alike) print(`  ${layers.map(({ name }) => name).join(", ")}\n    ${lines}`);
    if (found.storage.length > 0) {
      const formats = found.storage[0]?.bits.map(({ format }) => format) ?? [];
      print("\nbits of the weights in each storage format, exact");
      print(
        textTable(
          [{ title: "layer" }, ...formats.map(right)],
          found.storage.map(({ layer, bits }) => [layer, ...bits.map((b) => b.bits.toLocaleString("en-US"))]),
        ).trimEnd(),
      );
    }
    return 0;
  },
};
