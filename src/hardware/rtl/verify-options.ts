import type { ProgressListener } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { EventTrace, IntegerNetwork } from "../golden/index.ts";
import type { ExpectedCycles } from "./checker.ts";
import type { RtlDesign } from "./design.ts";
import type { BitEdit, RtlSimulator } from "./simulator.ts";

/** A memory bit that changes while the design runs. */
export interface MemoryFault {
  /** The memory's instance, as `RtlSimulator.editMemory` takes it. */
  readonly instance: string;
  readonly word: number;
  readonly bit: number;
  readonly edit: BitEdit;
  /** Once behind the loading of weights; once, just before a layer's step of a sample; or before all of its steps. */
  readonly when:
    | "loaded"
    | { readonly layer: number; readonly at: "always" | { readonly sample: number; readonly step: number } };
}

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
  /** For the embedded simulator: the design as it was compiled before, for example from another netlist. */
  readonly compiled?: RtlSimulator;
  /** What registers hold before the reset, for the embedded simulator: words of a stream with this seed; without it 0. */
  readonly powerUpSeed?: number;
  /** Random pauses of the host with this seed: results must not change, cycles are then not compared. */
  readonly backPressureSeed?: number;
  /** Faults that the trace already knows; the embedded simulator only. Cycles are then not compared. */
  readonly faults?: readonly MemoryFault[];
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
}
