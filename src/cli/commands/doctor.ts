import type { CommandDefinition } from "../command.ts";
import { paint, print, voiceOf } from "../terminal.ts";
import { version } from "../version.ts";

export const doctorCommand: CommandDefinition = {
  name: "doctor",
  summary: "what this machine offers: Node, cores, memory, the tools that come along, second opinions",
  example: "lacuna doctor",
  run: async (_args, options) => {
    const voice = voiceOf(options);
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const { machine, processes, tools } = nodePlatform;
    const checks: { readonly name: string; readonly ok: boolean; readonly needed: boolean; readonly text: string }[] =
      [];
    const memory = machine.memoryBytes / 2 ** 30;
    checks.push({ name: "Lacuna", ok: true, needed: true, text: version });
    checks.push({ name: "machine", ok: true, needed: true, text: `${machine.description}, ${machine.cpuCount} cores` });
    checks.push({
      name: "memory",
      ok: memory >= 3,
      needed: true,
      text: `${memory.toFixed(1)} GiB (place and route needs 3)`,
    });
    for (const tool of ["yosys", "nextpnr-ice40"] as const) {
      const found = await tools.run(tool, ["--version"], {}).then(
        (result) => ({ ok: true, text: result.version }),
        (error: unknown) => ({ ok: false, text: error instanceof Error ? error.message : String(error) }),
      );
      checks.push({ name: tool, needed: tool === "yosys", ...found });
    }
    for (const program of ["verilator", "iverilog", "chromium"]) {
      const found = await processes.find(program);
      checks.push({
        name: program,
        ok: found !== undefined,
        needed: false,
        text: found ?? "not installed; only for second opinions",
      });
    }
    if (voice.json) print(JSON.stringify(checks));
    else {
      for (const { name, ok, needed, text } of checks) {
        const mark = ok ? paint(voice, "green", "✓") : needed ? paint(voice, "red", "✗") : paint(voice, "yellow", "–");
        print(`${mark} ${name.padEnd(14)} ${text}`);
      }
    }
    return checks.every(({ ok, needed }) => ok || !needed) ? 0 : 5;
  },
};
