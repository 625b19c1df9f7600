// What `verify` does with a design folder.

import { suggestName, UserError } from "../base/index.ts";
import { families } from "../hardware/family/index.ts";
import {
  compileSynthesized,
  verifyDesign,
  type SimulatorName,
  type VerificationReport,
} from "../hardware/rtl/index.ts";
import type { Platform } from "../platform/index.ts";
import { loadDesign } from "./design-folder.ts";
import type { EventListener } from "./session.ts";

/** Work on a design folder. */
export interface FolderTask {
  readonly platform: Platform;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
}

const simulators: readonly SimulatorName[] = ["embedded", "verilator", "icarus"];

/** Simulate the SystemVerilog as it lies in the folder, or the cells that synthesis makes of it, against the golden model. */
export async function verifyFolder(
  options: FolderTask & { readonly simulator: string; readonly netlist?: boolean },
): Promise<VerificationReport> {
  const { platform, folder, signal, onEvent } = options;
  const simulator = simulators.find((name) => name === options.simulator);
  if (simulator === undefined) {
    const message = `--simulator ${options.simulator}: ${suggestName(options.simulator, simulators)}`;
    throw new UserError("usage/flag", message, { exit: "usage" });
  }
  const { mapping, design, trace } = await loadDesign(platform.files, folder);
  if (options.netlist === true && simulator !== "embedded") {
    throw new UserError("usage/flag", "--netlist runs in the embedded simulator only", { exit: "usage" });
  }
  const compiled =
    options.netlist === true ? await compileSynthesized(platform, design, mapping.target, signal) : undefined;
  const report = await verifyDesign({
    ...(compiled === undefined ? {} : { compiled }),
    platform,
    design,
    network: mapping.network,
    trace,
    cycles: families[mapping.choice.family].predict(mapping, trace),
    simulator,
    signal,
    onProgress: (progress) => onEvent({ type: "progress", title: "verify", progress }),
  });
  return compiled === undefined
    ? report
    : { ...report, simulator: `${report.simulator}, cells after synthesis for ${mapping.target.title}` };
}
