// What synthesis made of a design, as something that the embedded simulator runs: look-up tables, carries, flip-flops and RAM blocks
// replaced by the models of them that come with Yosys.

import { ToolError } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { Target } from "../target/index.ts";
import type { RtlDesign } from "./design.ts";
import { parseNetlist, readSources } from "./netlist.ts";
import { simulatorOf, type RtlSimulator } from "./simulator.ts";
import { synthesisPass } from "./technology.ts";

/**
 * Synthesize the core, with its observation ports, and compile the cells to a simulator for `VerifyOptions.compiled`.
 * @throws `rtl/synthesis`
 */
export async function compileSynthesized(
  platform: Platform,
  design: RtlDesign,
  target: Target,
  signal?: AbortSignal,
): Promise<RtlSimulator> {
  const { core } = design;
  const sources = design.files.map(({ name }) => name).filter((name) => name.endsWith(".sv"));
  const macro = target.flow.device === "up5k" ? "ICE40_U" : "ICE40_HX";
  const script = [
    readSources(core, sources),
    synthesisPass(core, target),
    // Only the design itself is kept: what else synthesis leaves are black boxes of the cells.
    "write_verilog -noattr cells.v",
    "design -reset",
    "read_verilog cells.v",
    `read_verilog -D ${macro} +/ice40/cells_sim.v`,
    `hierarchy -top ${core}`,
    "proc",
    "flatten",
    "opt -full",
    "memory_collect",
    "opt_clean",
    "delete t:$check t:$assert t:$assume t:$cover t:$print t:$scopeinfo",
    "write_json netlist.json",
  ].join("; ");
  const contents = Object.fromEntries(design.files.map(({ name, text }) => [name, text]));
  const { files, status, log, version } = await platform.tools.run("yosys", ["-p", script], contents, signal);
  const json = files["netlist.json"];
  if (status !== 0 || json === undefined) {
    throw new ToolError("rtl/synthesis", `Yosys could not synthesize for ${target.title}`, {
      command: "yosys",
      status,
      output: log.slice(-4000),
      exit: "not-met",
    });
  }
  return simulatorOf(parseNetlist(typeof json === "string" ? json : new TextDecoder().decode(json), core, version));
}
