import type { CommandDefinition } from "../command.ts";
import type { NamedPath, SynthesisResult } from "../../experiment/index.ts";
import { print, stageView, voiceOf } from "../terminal.ts";

export const synthCommand: CommandDefinition = {
  name: "synth <folder>",
  summary: "synthesize a design folder, place and route it, write the bitstream",
  example: "lacuna synth lacuna-out/demo/rtl --tree",
  configure: (command) =>
    command
      .option("--no-place", "stop after synthesis")
      .option("--tree", "print the cells of every layer and module")
      .option("--for <technology>", "ecp5 or xilinx7: to cells, not timed, with project files for the vendor's tools"),
  run: async ([folder = ""], options, signal) => {
    const voice = voiceOf(options);
    const { synthesizeFolder } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { formatQuantity } = await import("../../base/index.ts");
    const { textTable } = await import("../../report/index.ts");
    const technology = options["for"];
    const found = await synthesizeFolder({
      platform: nodePlatform,
      folder,
      place: options["place"] !== false,
      technology: technology === undefined ? undefined : String(technology),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) {
      print(JSON.stringify(found));
      return 0;
    }
    const showTable = (columns: Parameters<typeof textTable>[0], rows: Parameters<typeof textTable>[1]): void =>
      print(textTable(columns, rows).trimEnd());
    print(`${found.title}${found.paths === undefined ? ", not timed" : ""}`);
    showTable(
      [{ title: "resource" }, { title: "value", align: "right" }, { title: "kind" }, { title: "source" }],
      found.rows.map(([name, q]) => [name, formatQuantity(q), q.kind, q.source]),
    );
    if (options["tree"] === true) {
      const { columns, root } = found.tree;
      const titles = columns.map((title) => ({ title, align: "right" as const }));
      showTable([{ title: "cells of" }, ...titles], treeRows(root, ""));
    }
    if (found.paths !== undefined) {
      showTable(
        [
          { title: "slowest path" },
          { title: "delay", align: "right" },
          { title: "from" },
          { title: "to" },
          { title: "through" },
        ],
        found.paths.map((path) => pathRow(path, formatQuantity(path.delay))),
      );
    }
    for (const name of found.files) print(`wrote ${folder}/${name}`);
    return 0;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

function treeRows(node: SynthesisResult["tree"]["root"], indent: string): string[][] {
  return [
    [`${indent}${node.name}`, ...node.counts.map((count) => (count === 0 ? "" : String(count)))],
    ...node.parts.flatMap((part) => treeRows(part, `${indent}· `)),
  ];
}

function pathRow({ clocks, from, to, layers }: NamedPath, delay: string): string[] {
  const through = layers.map(({ name, seconds }) => `${name} ${(seconds * 1e9).toFixed(2)} ns`).join(", ");
  return [clocks.join(" to "), delay, signalOf(from), signalOf(to), through];
}

/** The signal that a cell is called after: "u_core.u_layer_0.sum_q_SB_LUT4_O_I1_LC.O" is "u_core.u_layer_0.sum_q". */
function signalOf(pin: string): string {
  return pin.replace(/(_SB_|\$).*$/, "");
}
