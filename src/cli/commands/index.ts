import type { CommandDefinition } from "../command.ts";
import { allocateCommand } from "./allocate.ts";
import { codesignCommand } from "./codesign.ts";
import { convertCommand } from "./convert.ts";
import { demoCommand } from "./demo.ts";
import { doctorCommand } from "./doctor.ts";
import { evalCommand } from "./eval.ts";
import { exploreCommand } from "./explore.ts";
import { faultsCommand } from "./faults.ts";
import { fitCommand } from "./fit.ts";
import { formatsCommand } from "./formats.ts";
import { hierarchyCommand } from "./hierarchy.ts";
import { inspectCommand } from "./inspect.ts";
import { metricsCommand } from "./metrics.ts";
import { precisionCommand } from "./precision.ts";
import { regimesCommand } from "./regimes.ts";
import { reportCommand } from "./report.ts";
import { rtlCommand } from "./rtl.ts";
import { sparsityCommand } from "./sparsity.ts";
import { sweepCommand } from "./sweep.ts";
import { synthCommand } from "./synth.ts";
import { trainCommand } from "./train.ts";
import { quantizeCommand, sparsifyCommand } from "./tune.ts";
import { verifyCommand } from "./verify.ts";

/** Every command, in the order of `lacuna --help`. */
export const commands: readonly CommandDefinition[] = [
  demoCommand,
  codesignCommand,
  trainCommand,
  evalCommand,
  metricsCommand,
  sparsifyCommand,
  quantizeCommand,
  exploreCommand,
  sweepCommand,
  fitCommand,
  allocateCommand,
  rtlCommand,
  verifyCommand,
  faultsCommand,
  synthCommand,
  precisionCommand,
  regimesCommand,
  reportCommand,
  inspectCommand,
  convertCommand,
  sparsityCommand,
  formatsCommand,
  hierarchyCommand,
  doctorCommand,
];
