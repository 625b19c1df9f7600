#!/usr/bin/env node
import process from "node:process";
import { Command, CommanderError } from "commander";
import { exitCode } from "../base/index.ts";
import { commands } from "./commands/index.ts";
import { configureImport, modelFile } from "./import-options.ts";
import { reportFailure } from "./failure.ts";
import { voiceOf, type CommonOptions } from "./terminal.ts";
import { version } from "./version.ts";

const interrupted = new AbortController();

const program = new Command("lacuna")
  .description("Sparsity-aware hardware/software co-design for spiking neural networks.")
  .version(version, "--version")
  .helpCommand(false)
  .showSuggestionAfterError(true)
  .configureHelp({ sortSubcommands: false })
  .addHelpText("after", "\nTry first:\n  lacuna demo\n  lacuna doctor\n  lacuna codesign examples/mnist.config.json");

for (const { name, summary, takesModel, configure, run, example } of commands) {
  const command = program
    .command(name)
    .description(summary)
    .option("--json", "one JSON object on standard output")
    .option("-q, --quiet", "no progress")
    .option("--no-color", "plain text")
    .addHelpText("after", `\nExample:\n  ${example}`);
  configure?.(command);
  if (takesModel === true) configureImport(command);
  command.exitOverride().action(async () => {
    const [file = "", ...rest] = command.args;
    const args = takesModel === true ? [await modelFile(file, command.opts(), command.name()), ...rest] : command.args;
    process.exitCode = await run(args, command.opts(), interrupted.signal);
  });
}
program.exitOverride();
if (process.argv.length <= 2) program.help({ error: false });

process.on("SIGINT", () => stop("SIGINT"));
process.on("SIGTERM", () => stop("SIGTERM"));
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCode("usage");
  else process.exitCode = reportFailure(error, voiceOf(optionsGiven()));
}
if (process.exitCode !== undefined && process.exitCode !== 0) process.exit();

// ---------------------------------------------------------------------------------------------------------------------

/** First signal: stop at the next safe point. Second: at once; the state on disk is valid at every moment. */
function stop(signal: "SIGINT" | "SIGTERM"): void {
  const code = exitCode(signal === "SIGINT" ? "interrupted" : "terminated");
  if (interrupted.signal.aborted) process.exit(code);
  process.stderr.write("\nstopping after this step; the state is safe. Ctrl-C again stops at once.\n");
  interrupted.abort();
  // A stage that cannot stop must not keep the user waiting.
  setTimeout(() => process.exit(code), 10_000).unref();
}

/** The common flags, read without commander because parsing itself may have failed. */
function optionsGiven(): CommonOptions {
  const given = process.argv;
  return { json: given.includes("--json"), quiet: given.includes("--quiet"), color: !given.includes("--no-color") };
}
