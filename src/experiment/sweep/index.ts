export { sweepByName, sweeps, type Axis, type Sweep } from "./axes.ts";
export { documentOf, sweepDocument } from "./document.ts";
export { sweepCsv, sweepFigures, sweepMeasures } from "./figures.ts";
export type { PointResult, Prediction } from "./point.ts";
export { runSweep, type SweepResult } from "./sweep.ts";
