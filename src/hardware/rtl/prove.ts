// Proves the assertions of a module with Yosys' SAT solver: by induction over time, or where that does not close for a bounded
// number of cycles behind the reset. Registers start at 0, as the bitstream leaves them; the reset is low for one cycle.

import { ToolError } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { DesignFile } from "./design.ts";

export interface ProofTask {
  /** Module with assertions, `clk_i` and `rst_ni`. */
  readonly top: string;
  readonly parameters?: Readonly<Record<string, number>>;
  /** By induction of at most so many cycles, or only for so many cycles behind the reset. */
  readonly method: "induction" | "bounded";
  readonly cycles: number;
}

export interface ProofReport {
  readonly top: string;
  /** `proven` holds for ever, `bounded` for so many cycles behind the reset. */
  readonly verdict: "proven" | "bounded" | "violated" | "unknown";
  /** Length of the induction, cycles of the bounded proof, or the cycle of the violation. */
  readonly cycles: number;
  readonly version: string;
  readonly seconds: number;
}

/** Prove one module. @throws `rtl/proof` when Yosys refuses it */
export async function proveModule(
  platform: Platform,
  files: readonly DesignFile[],
  task: ProofTask,
  signal?: AbortSignal,
): Promise<ProofReport> {
  const started = platform.clock.monotonic();
  const { top, method, cycles } = task;
  const sources = files.map(({ name }) => name).filter((name) => name.endsWith(".sv"));
  const overrides = Object.entries(task.parameters ?? {}).map(([name, value]) => `-G ${name}=${value}`);
  const solve = "sat -set-init-zero -prove-asserts -set-assumes -seq 1 -set rst_ni 1 -set-at 1 rst_ni 0 -tempinduct";
  const script = [
    `read_slang --threads 1 --no-synthesis-define ${overrides.join(" ")} --top ${top} ${sources.join(" ")}`,
    "prep -flatten",
    "async2sync",
    "chformal -lower",
    "memory_map",
    "opt",
    "dffunmap",
    "opt_clean",
    `${solve} ${method === "bounded" ? "-tempinduct-baseonly" : ""} -maxsteps ${cycles} -timeout 200`,
  ];
  const contents = Object.fromEntries(files.map(({ name, text }) => [name, text]));
  const { status, log, version } = await platform.tools.run("yosys", ["-p", script.join("; ")], contents, signal);
  if (status !== 0) {
    throw new ToolError("rtl/proof", `Yosys could not read ${top}`, {
      command: "yosys",
      status,
      output: log.slice(-4000),
      exit: "not-met",
    });
  }
  return { top, ...verdictOf(log), version, seconds: (platform.clock.monotonic() - started) / 1000 };
}

// ---------------------------------------------------------------------------------------------------------------------

function verdictOf(log: string): Pick<ProofReport, "verdict" | "cycles"> {
  const lengths = [...log.matchAll(/Trying induction with length (\d+)/g)];
  const cycles = Number(lengths.at(-1)?.[1] ?? 0);
  if (log.includes("model found for base case: FAIL")) return { verdict: "violated", cycles };
  if (log.includes("Induction step proven: SUCCESS")) return { verdict: "proven", cycles };
  return { verdict: /proved base case for \d+ steps: SUCCESS/.test(log) ? "bounded" : "unknown", cycles };
}
