import type { PlacementReport, SynthesisReport, VerificationReport } from "../hardware/rtl/index.ts";
import type { BuiltDesign, TestResult } from "./stages/build.ts";
import type { Exploration } from "./stages/explore.ts";
import type { BaseResult, Data, SoftwareResult } from "./stages/software.ts";

/** Everything that an experiment produced. */
export interface Findings {
  readonly data: Data;
  readonly base: BaseResult;
  readonly exploration: Exploration;
  readonly software: SoftwareResult;
  readonly test: TestResult;
  readonly built: BuiltDesign;
  readonly verification: VerificationReport;
  readonly synthesis: SynthesisReport;
  readonly placement: PlacementReport | undefined;
  readonly floatTestAccuracy: number;
}
