import { quantity, ToolError, type Quantity } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { RtlDesign } from "./design.ts";
import { readSources } from "./netlist.ts";
import type { Technology } from "./technology.ts";

/** A design as cells of a technology; nothing is placed and nothing timed. */
export interface SynthesizedCells {
  /** Cells by type, as Yosys counts them. */
  readonly cells: Readonly<Record<string, number>>;
  /** The technology's resources, by title, in its order. */
  readonly resources: readonly (readonly [title: string, count: Quantity])[];
  /** Name and version of the tool. */
  readonly version: string;
  /** The netlist for place and route, as JSON of Yosys. */
  readonly netlist: string;
}

/**
 * Synthesize a design to the cells of a technology with Yosys.
 * @throws `rtl/synthesis` with the tool's last lines
 */
export async function synthesizeCells(
  platform: Platform,
  design: RtlDesign,
  technology: Technology,
  signal?: AbortSignal,
): Promise<SynthesizedCells> {
  const sources = design.files.map(({ name }) => name).filter((name) => name.endsWith(".sv"));
  const script = [
    readSources(design.top, sources),
    technology.pass(design.top),
    "write_json top.json",
    "tee -q -o stat.json stat -json",
  ].join("; ");
  const contents = Object.fromEntries(design.files.map(({ name, text }) => [name, text]));
  const result = await platform.tools.run("yosys", ["-p", script], contents, signal);
  const netlist = textOf(result.files["top.json"]);
  const statistics = textOf(result.files["stat.json"]);
  if (result.status !== 0 || netlist === undefined || statistics === undefined) {
    throw new ToolError("rtl/synthesis", `Yosys could not synthesize for ${technology.title}`, {
      command: "yosys",
      status: result.status,
      output: result.log.slice(-4000),
      exit: "not-met",
    });
  }
  const { design: counted } = JSON.parse(statistics) as {
    readonly design: { readonly num_cells_by_type: Readonly<Record<string, number>> };
  };
  const cells = counted.num_cells_by_type;
  const resources = technology.resources.map(({ title, unit, types }) => {
    const total = Object.entries(cells).reduce((sum, [type, count]) => sum + (types.test(type) ? count : 0), 0);
    return [title, quantity(total, unit, "synthesized", result.version)] as const;
  });
  return { cells, resources, version: result.version, netlist };
}

/** A file that a tool wrote, as text. */
export function textOf(content: string | Uint8Array | undefined): string | undefined {
  return content === undefined || typeof content === "string" ? content : new TextDecoder().decode(content);
}
