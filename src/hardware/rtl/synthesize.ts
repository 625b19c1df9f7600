import { quantity, ToolError, UserError, type Quantity } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { Target } from "../target/index.ts";
import type { RtlDesign } from "./design.ts";
import { readSources } from "./netlist.ts";

/** What synthesis made of a design. */
export interface SynthesisReport {
  /** Cells by type, as Yosys counts them. */
  readonly cells: Readonly<Record<string, number>>;
  readonly lookUpTables: Quantity;
  readonly flipFlops: Quantity;
  readonly blockRams: Quantity;
  readonly singlePortRams: Quantity;
  readonly version: string;
  /** The netlist for place and route. */
  readonly netlist: string;
  readonly seconds: number;
}

export interface PlacementReport {
  readonly logicCells: Quantity;
  readonly blockRams: Quantity;
  readonly singlePortRams: Quantity;
  readonly pins: Quantity;
  readonly maxFrequency: Quantity;
  /** The slowest path, cell by cell, as nextpnr names them. */
  readonly criticalPath: readonly string[];
  readonly bitstream: Uint8Array;
  readonly versions: readonly string[];
  readonly seconds: number;
}

interface ToolOptions {
  readonly platform: Platform;
  readonly design: RtlDesign;
  readonly target: Target;
  readonly signal?: AbortSignal;
}

/**
 * Synthesize a design for its target with Yosys.
 * @throws `rtl/synthesis` with the tool's last lines
 */
export async function synthesize(options: ToolOptions): Promise<SynthesisReport> {
  const { platform, design, target, signal } = options;
  const started = platform.clock.monotonic();
  const sources = design.files.map(({ name }) => name).filter((name) => name.endsWith(".sv"));
  const script = [
    readSources(design.top, sources),
    synthesisPass(design.top, target),
    "write_json top.json",
    "tee -q -o stat.json stat -json",
  ].join("; ");
  const contents = Object.fromEntries(design.files.map(({ name, text }) => [name, text]));
  const result = await platform.tools.run("yosys", ["-p", script], contents, signal);
  const netlist = text(result.files["top.json"]);
  const statistics = text(result.files["stat.json"]);
  if (result.status !== 0 || netlist === undefined || statistics === undefined) {
    throw new ToolError("rtl/synthesis", `Yosys could not synthesize for ${target.title}`, {
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
  const count = (matches: (type: string) => boolean, unit: "cell" | "block"): Quantity => {
    const total = Object.entries(cells).reduce((sum, [type, n]) => sum + (matches(type) ? n : 0), 0);
    return quantity(total, unit, "synthesized", result.version);
  };
  return {
    cells,
    lookUpTables: count((type) => type === "SB_LUT4", "cell"),
    flipFlops: count((type) => type.startsWith("SB_DFF"), "cell"),
    blockRams: count((type) => type.startsWith("SB_RAM40"), "block"),
    singlePortRams: count((type) => type === "SB_SPRAM256KA", "block"),
    version: result.version,
    netlist,
    seconds: (platform.clock.monotonic() - started) / 1000,
  };
}

/** The command of Yosys that synthesizes module `top`. */
export function synthesisPass(top: string, { flow, limits }: Target): string {
  const singlePort = limits.singlePortRams.value > 0 ? " -spram" : "";
  return `synth_ice40 -top ${top}${singlePort} -abc9 -device ${flow.device === "up5k" ? "u" : "hx"}`;
}

/**
 * Place and route with nextpnr, then pack the bitstream.
 * @throws `fit/does-not-place` when the chip is too small; `rtl/place`, `tool/missing`
 */
export async function placeAndRoute(
  options: Omit<ToolOptions, "design"> & { readonly synthesis: SynthesisReport; readonly seed?: number },
): Promise<PlacementReport> {
  const { platform, target, synthesis, signal } = options;
  const started = platform.clock.monotonic();
  const args = [
    ...[`--${target.flow.device}`, "--package", target.flow.package, "--json", "top.json", "--asc", "top.asc"],
    ...[
      "--report",
      "report.json",
      "--timing-allow-fail",
      "--pcf-allow-unconstrained",
      "--seed",
      String(options.seed ?? 1),
    ],
    ...["--freq", String(target.flow.device === "up5k" ? 30 : 80)],
  ];
  const placed = await platform.tools.run("nextpnr-ice40", args, { "top.json": synthesis.netlist }, signal);
  const report = text(placed.files["report.json"]);
  const configuration = placed.files["top.asc"];
  if (report === undefined || configuration === undefined) throw explainFailure(placed.log, placed.status, target);
  const packed = await platform.tools.run("icepack", ["top.asc", "top.bin"], { "top.asc": configuration }, signal);
  const bitstream = packed.files["top.bin"];
  if (packed.status !== 0 || !(bitstream instanceof Uint8Array))
    throw explainFailure(packed.log, packed.status, target);
  return {
    ...readReport(report, placed.version),
    bitstream,
    versions: [placed.version, packed.version],
    seconds: (platform.clock.monotonic() - started) / 1000,
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** As much of nextpnr's JSON report as is read. */
interface NextpnrReport {
  readonly fmax: Readonly<Record<string, { readonly achieved: number }>>;
  readonly utilization: Readonly<Record<string, { readonly used: number; readonly available: number }>>;
  readonly critical_paths: readonly {
    readonly path: readonly {
      readonly delay: number;
      readonly type: string;
      readonly to: { readonly cell: string; readonly port: string };
    }[];
  }[];
}

function readReport(
  json: string,
  version: string,
): Pick<PlacementReport, "logicCells" | "blockRams" | "singlePortRams" | "pins" | "maxFrequency" | "criticalPath"> {
  const report = JSON.parse(json) as NextpnrReport;
  const used = (kind: string, unit: "cell" | "block" | "1"): Quantity =>
    quantity(report.utilization[kind]?.used ?? 0, unit, "placed", version);
  const clocks = Object.values(report.fmax).map(({ achieved }) => achieved);
  const slowest = report.critical_paths.reduce<NextpnrReport["critical_paths"][number]["path"]>(
    (longest, { path }) => (delayOf(path) > delayOf(longest) ? path : longest),
    [],
  );
  return {
    logicCells: used("ICESTORM_LC", "cell"),
    blockRams: used("ICESTORM_RAM", "block"),
    singlePortRams: used("ICESTORM_SPRAM", "block"),
    pins: used("SB_IO", "1"),
    maxFrequency: quantity(Math.min(...clocks) * 1e6, "Hz", "placed", version),
    criticalPath: slowest.map(({ type, delay, to }) => `${delay.toFixed(2)} ns ${type} to ${to.cell}.${to.port}`),
  };
}

function delayOf(path: readonly { readonly delay: number }[]): number {
  return path.reduce((sum, { delay }) => sum + delay, 0);
}

function explainFailure(log: string, status: number, target: Target): Error {
  const line = log.split("\n").find((entry) => entry.startsWith("ERROR")) ?? "";
  if (/Unable to place|no Bels remaining|failed to place|Failed to expand/i.test(line)) {
    return new UserError("fit/does-not-place", `target "${target.name}": ${line.replace(/^ERROR:\s*/, "")}`, {
      exit: "not-met",
      hint: "use fewer lanes, fewer weight bits or a larger target",
    });
  }
  return new ToolError("rtl/place", `nextpnr could not place on ${target.title}`, {
    command: "nextpnr-ice40",
    status,
    output: log.slice(-4000),
    exit: "not-met",
  });
}

function text(content: string | Uint8Array | undefined): string | undefined {
  return content === undefined || typeof content === "string" ? content : new TextDecoder().decode(content);
}
