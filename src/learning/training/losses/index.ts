export {
  computeLoss,
  lossProblems,
  losses,
  type LossKind,
  type LossSpec,
  type Mixed,
  type MixedPart,
} from "./losses.ts";
export type { CeMaxPotential } from "./ce-max-potential.ts";
export type { CeRate } from "./ce-rate.ts";
export type { CeTemporal } from "./ce-temporal.ts";
export type { CrossEntropy } from "./cross-entropy.ts";
export type { L1Rate } from "./l1-rate.ts";
export type { MseCount } from "./mse-count.ts";
export type { MsePotential } from "./mse-potential.ts";
export type { MseRate } from "./mse-rate.ts";
export type { MseTemporal } from "./mse-temporal.ts";
export type { RateBand } from "./rate-band.ts";
export type { Labels, LossDefinition, LossGradient, OutputKind, OutputRecord } from "./record.ts";
export { computeLossOfRecords, recordsNeeded, type OutputRecords, type RecordGradients } from "./of-records.ts";
export { populationLoss } from "./population.ts";
export type { Similarity, SimilarityKernel } from "./similarity.ts";
export type { Tet } from "./tet.ts";
