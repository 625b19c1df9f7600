export { estimateCells, laneBitsOf } from "./area.ts";
export { deriveBaseline, deriveEnergy, type EnergyDerivation, type EnergyLine } from "./derivation.ts";
export { updateAdditions } from "./neuron-work.ts";
export { profiles, type CostProfile } from "./profile.ts";
