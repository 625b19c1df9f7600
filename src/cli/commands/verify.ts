import { exitCode } from "../../base/index.ts";
import type { CommandDefinition } from "../command.ts";
import { paint, print, stageView, voiceOf } from "../terminal.ts";

export const verifyCommand: CommandDefinition = {
  name: "verify <folder>",
  summary: "simulate a design folder and compare every spike and every cycle with the golden model",
  example: "lacuna verify lacuna-out/demo/rtl --simulator verilator",
  configure: (command) =>
    command
      .option("--simulator <name>", "embedded, verilator or icarus", "embedded")
      .option("--netlist", "simulate the cells that synthesis makes of it"),
  run: async ([folder = ""], options, signal) => {
    const voice = voiceOf(options);
    const { verifyFolder } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { describeMismatch } = await import("../../hardware/rtl/index.ts");
    const report = await verifyFolder({
      platform: nodePlatform,
      folder,
      simulator: String(options["simulator"]),
      netlist: options["netlist"] === true,
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) print(JSON.stringify(report));
    else {
      const { samples, steps, layers, neurons } = report.scope;
      if (report.mismatch === undefined)
        print(`${paint(voice, "green", "equal")} to the golden model, spike for spike and cycle for cycle`);
      else print(`${paint(voice, "red", "differs")}: ${describeMismatch(report.mismatch)}`);
      print(
        `scope: ${samples} samples × ${steps} steps, ${layers} layers, ${neurons} neurons; ${report.spikesCompared} spikes and ${report.stepEndsCompared} step ends compared`,
      );
      print(`${report.simulator}; ${report.cyclesSimulated} cycles in ${report.seconds.toFixed(2)} s`);
    }
    return report.passed ? 0 : exitCode("not-met");
  },
};
