import type { ProgressListener } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { EventTrace, IntegerNetwork } from "../golden/index.ts";
import type { ExpectedCycles } from "./checker.ts";
import type { RtlDesign } from "./design.ts";

export type SimulatorName = "embedded" | "verilator" | "icarus";

export interface VerifyOptions {
  readonly platform: Platform;
  readonly design: RtlDesign;
  readonly network: IntegerNetwork;
  /** What the golden model says. */
  readonly trace: EventTrace;
  readonly cycles: ExpectedCycles;
  /** Default: the embedded one. */
  readonly simulator?: SimulatorName;
  /** Random pauses of the host with this seed: results must not change, cycles are then not compared. */
  readonly backPressureSeed?: number;
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
}
