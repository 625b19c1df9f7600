export { countWork } from "./accesses.ts";
export { areaCalibration, placedMapping, type PlacedDesign } from "./area-calibration.ts";
export { calibrationCount, calibrationMapping } from "./calibration-designs.ts";
export { estimateCells, laneBitsOf } from "./area.ts";
export {
  adviseLanes,
  allocateLanes,
  AllocationSpace,
  type Allocation,
  type AllocationStudy,
  type LaneAdvice,
} from "./allocate.ts";
export { breakEvenNote, breakEvens, spikesPerSynapse } from "./break-even.ts";
export { deriveBaseline, deriveEnergy, type EnergyDerivation, type EnergyLine } from "./derivation.ts";
export { chooseFormat, formatCosts, type FormatChoice, type FormatCost } from "./format-choice.ts";
export { fastestLanes, judgeFit, type Candidate, type Fit } from "./fitting.ts";
export { deriveLatency } from "./latency.ts";
export { updateAdditions } from "./neuron-work.ts";
export { profiles, unitEnergy, type CostKey, type CostProfile, type OperationCost } from "./profile.ts";
export { findRemedies, type Remedy } from "./remedies.ts";
export { staticLine, withStaticEnergy } from "./static-energy.ts";
export * from "./hierarchy/index.ts";
