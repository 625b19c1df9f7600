import { assertDefined, quantity, ToolError, UserError, type Quantity } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { Target } from "../target/index.ts";
import type { RtlDesign } from "./design.ts";
import { synthesizeCells, textOf, type SynthesizedCells } from "./synthesize-cells.ts";
import { ice40Technology } from "./technology.ts";
import { readPaths, type ReportedPath, type TimingPath } from "./timing-path.ts";

/** What synthesis made of a design for an iCE40. */
export interface SynthesisReport extends SynthesizedCells {
  readonly lookUpTables: Quantity;
  readonly flipFlops: Quantity;
  readonly blockRams: Quantity;
  readonly singlePortRams: Quantity;
  readonly seconds: number;
}

export interface PlacementReport {
  readonly logicCells: Quantity;
  readonly blockRams: Quantity;
  readonly singlePortRams: Quantity;
  readonly pins: Quantity;
  readonly maxFrequency: Quantity;
  /** The slowest path between any two clocks or pads, the slowest first. */
  readonly paths: readonly TimingPath[];
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
  const found = await synthesizeCells(platform, design, ice40Technology(target), signal);
  const resource = (title: string): Quantity => assertDefined(new Map(found.resources).get(title), title);
  return {
    ...found,
    lookUpTables: resource("LUT4"),
    flipFlops: resource("flip-flops"),
    blockRams: resource("block RAMs"),
    singlePortRams: resource("single-port RAMs"),
    seconds: (platform.clock.monotonic() - started) / 1000,
  };
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
  const report = textOf(placed.files["report.json"]);
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
  readonly critical_paths: readonly ReportedPath[];
}

function readReport(
  json: string,
  version: string,
): Pick<PlacementReport, "logicCells" | "blockRams" | "singlePortRams" | "pins" | "maxFrequency" | "paths"> {
  const report = JSON.parse(json) as NextpnrReport;
  const used = (kind: string, unit: "cell" | "block" | "1"): Quantity =>
    quantity(report.utilization[kind]?.used ?? 0, unit, "placed", version);
  const clocks = Object.values(report.fmax).map(({ achieved }) => achieved);
  return {
    logicCells: used("ICESTORM_LC", "cell"),
    blockRams: used("ICESTORM_RAM", "block"),
    singlePortRams: used("ICESTORM_SPRAM", "block"),
    pins: used("SB_IO", "1"),
    maxFrequency: quantity(Math.min(...clocks) * 1e6, "Hz", "placed", version),
    paths: readPaths(report.critical_paths),
  };
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
