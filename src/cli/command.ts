import type { Command } from "commander";

/** One command of the tree: a door, no logic. */
export interface CommandDefinition {
  /** As commander writes it: `eval <model>`. */
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  /** Its argument is a model file; a NIR file is imported first, by flags that are added. */
  readonly takesModel?: true;
  /** Adds options. */
  readonly configure?: (command: Command) => unknown;
  /** Returns the exit code. Heavy modules are imported inside. */
  readonly run: (
    args: readonly string[],
    options: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) => Promise<number>;
}
