import { ToolError } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { DesignFile } from "./design.ts";

/** A bit of a net: a number, or a constant. `x` and `z` count as 0: simulation has two states. */
export type NetBit = number | "0" | "1" | "x" | "z";

export interface NetCell {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly connections: Readonly<Record<string, readonly NetBit[]>>;
}

/** A flat word-level netlist as Yosys writes it. */
export interface Netlist {
  readonly ports: Readonly<
    Record<string, { readonly direction: "input" | "output"; readonly bits: readonly NetBit[] }>
  >;
  readonly cells: readonly NetCell[];
  /** Bits by the names of nets. */
  readonly names: Readonly<Record<string, { readonly bits: readonly NetBit[] }>>;
  /** The tool that elaborated it, with its version. */
  readonly version: string;
}

/** From SystemVerilog to word-level cells, everything in one module, memories whole. */
const elaborate = [
  "proc",
  "flatten",
  "opt -full",
  "pmuxtree",
  "opt -full",
  "memory_collect",
  "opt_clean",
  // Checks of the source are for simulators that print; here the comparison with the golden model checks.
  "delete t:$check t:$assert t:$assume t:$cover t:$print t:$scopeinfo",
  "opt_clean",
].join("; ");

/**
 * Elaborate `top` with Yosys (slang front end).
 *
 * @param passes  Further passes of Yosys behind the usual ones.
 * @throws `rtl/elaborate` with the tool's last lines
 */
export async function elaborateNetlist(
  platform: Platform,
  files: readonly DesignFile[],
  top: string,
  signal?: AbortSignal,
  passes: readonly string[] = [],
): Promise<Netlist> {
  const sources = files.map(({ name }) => name).filter((name) => name.endsWith(".sv"));
  const script = [readSources(top, sources), elaborate, ...passes, "write_json netlist.json"].join("; ");
  const contents = Object.fromEntries(files.map(({ name, text }) => [name, text]));
  const result = await platform.tools.run("yosys", ["-p", script], contents, signal);
  const json = result.files["netlist.json"];
  if (result.status !== 0 || json === undefined) {
    throw new ToolError("rtl/elaborate", `Yosys could not elaborate ${top}`, {
      command: "yosys",
      status: result.status,
      output: result.log.slice(-4000),
      exit: "not-met",
    });
  }
  return parseNetlist(typeof json === "string" ? json : new TextDecoder().decode(json), top, result.version);
}

/** The Yosys command that reads SystemVerilog; file names are our own. */
export function readSources(top: string, sources: readonly string[]): string {
  return `read_slang --threads 1 --top ${top} ${sources.join(" ")}`;
}

/** Read what `write_json` wrote. */
export function parseNetlist(json: string, top: string, version: string): Netlist {
  const document = JSON.parse(json) as {
    readonly modules: Readonly<
      Record<
        string,
        {
          readonly ports: Netlist["ports"];
          readonly cells: Readonly<Record<string, NetCell>>;
          readonly netnames?: Netlist["names"];
        }
      >
    >;
  };
  const module = document.modules[top];
  if (module === undefined) {
    throw new ToolError("rtl/elaborate", `the netlist has no module ${top}`, { command: "yosys", exit: "not-met" });
  }
  return { ports: module.ports, cells: Object.values(module.cells), names: module.netnames ?? {}, version };
}
