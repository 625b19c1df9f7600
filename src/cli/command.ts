import type { Command } from "commander";

/** One command of the tree: a door, no logic. */
export interface CommandDefinition {
  /** As commander writes it: `eval <model>`. */
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  /** Adds options. */
  readonly configure?: (command: Command) => unknown;
  /** Returns the exit code. Heavy modules are imported inside. */
  readonly run: (
    args: readonly string[],
    options: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) => Promise<number>;
}
