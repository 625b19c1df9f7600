export { regimesCsv, regimesFigures } from "./figures.ts";
export { phasesOf, regimePlan, type RegimeChoice, type RegimeName } from "./plan.ts";
export type { RegimePoint } from "./point.ts";
export { runRegimes, type RegimesResult } from "./regimes.ts";
export { summarize, type RegimeRow } from "./summary.ts";
