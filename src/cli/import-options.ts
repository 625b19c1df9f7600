import type { Command } from "commander";
import { UserError } from "../base/index.ts";
import type { ImportOptions } from "../experiment/index.ts";
import type { Platform } from "../platform/index.ts";
import { remark, voiceOf } from "./terminal.ts";
import { commandPrefix } from "./version.ts";

/** Flags that say what a NIR file does not. */
export function configureImport(command: Command): Command {
  return command
    .option(
      "--dialect <name>",
      "NIR: whose neurons: nir, snntorch, norse, spyx, sinabs, spikingjelly, rockpool or lava",
    )
    .option("--dt <seconds>", "NIR: seconds per time step")
    .option(
      "--reset <how>",
      "NIR: zero, subtract, value, subtract-next-step or zero-next-step, where the dialect's is wrong",
    )
    .option("--steps <count>", "NIR: time steps per inference")
    .option("--config <file>", "NIR: experiment document with data, encoding and numerics");
}

/** @throws `usage/flag` */
export async function importOptions(
  platform: Platform,
  options: Readonly<Record<string, unknown>>,
  command: string,
): Promise<ImportOptions> {
  const number = (flag: string, isRight: (value: number) => boolean, expected: string): number | undefined => {
    if (options[flag] === undefined) return undefined;
    const value = Number(options[flag]);
    if (isRight(value)) return value;
    throw new UserError("usage/flag", `--${flag} ${String(options[flag])}: expected ${expected}`, { exit: "usage" });
  };
  const text = (flag: string): string | undefined => (typeof options[flag] === "string" ? options[flag] : undefined);
  const config = text("config");
  const { readDocument } = await import("./load-config.ts");
  return {
    dialect: text("dialect"),
    stepSeconds: number("dt", (value) => value > 0 && Number.isFinite(value), "seconds above 0, such as 1e-4"),
    reset: text("reset"),
    stepCount: number("steps", (value) => Number.isInteger(value) && value >= 1, "a whole number ≥ 1"),
    document: config === undefined ? undefined : await readDocument(platform, config),
    command: `${commandPrefix} ${command}`,
  };
}

/** The model file that a command works on; a NIR file is imported first, and what was assumed is said. */
export async function modelFile(
  file: string,
  options: Readonly<Record<string, unknown>>,
  command: string,
): Promise<string> {
  const { modelFileOf } = await import("../experiment/index.ts");
  const { nodePlatform } = await import("../platform/node/index.ts");
  const said = await importOptions(nodePlatform, options, `${command} ${file}`);
  return modelFileOf(nodePlatform, file, said, (note) => remark(voiceOf(options), `note: ${note}`));
}
