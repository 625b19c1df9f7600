// The memory hierarchy of an Eyeriss-like accelerator, from far to near: what each access of a bit, and each operation, costs.
// Components as in C. Schaefer et al., "The Hardware Impact of Quantization and Pruning for Weights in SNNs", 2023, arXiv:2302.04174.

import { assertDefined, pJ, quantity, type Quantity } from "../../../base/index.ts";
import { profiles, unitEnergy } from "../profile.ts";

export type ComponentName =
  | "DRAM"
  | "link DRAM–shared"
  | "shared activation buffer"
  | "link shared–input"
  | "input buffer"
  | "link input–weight"
  | "weight buffer"
  | "link weight–output"
  | "output buffer"
  | "link output–MAC"
  | "MAC";

/** Sizes of the buffers in bits; larger ones cost more per access. */
export interface HierarchySizes {
  readonly sharedBits: number;
  readonly inputBits: number;
  readonly weightBits: number;
  readonly outputBits: number;
}

/** Buffers of the size that published accelerators of this kind have: 108 kB shared, local ones of a few hundred bytes to 64 kB. */
export const defaultSizes: HierarchySizes = {
  sharedBits: 108 * 1024 * 8,
  inputBits: 1024 * 8,
  weightBits: 64 * 1024 * 8,
  outputBits: 4 * 1024 * 8,
};

const dram = "M. Horowitz, ISSCC 2014, doi:10.1109/ISSCC.2014.6757323: DRAM access 640 pJ per 32 bit";
const wire =
  "P. Merolla et al., Science 2014, as quoted by later work: 72 fJ per bit to the next core, 2 pJ per bit off the chip";

/** Energy of one bit through each component, and of one addition of `sumBits`. */
export function componentEnergies(sizes: HierarchySizes, sumBits: number): Readonly<Record<ComponentName, Quantity>> {
  const profile = assertDefined(profiles[0], "profile");
  const buffer = (bits: number): Quantity => assertDefined(unitEnergy(profile, "memory-bit", bits), "memory");
  const link = quantity(pJ(0.072), "J", "estimated", wire);
  return {
    DRAM: quantity(pJ(640) / 32, "J", "estimated", dram),
    "link DRAM–shared": quantity(pJ(2), "J", "estimated", wire),
    "shared activation buffer": buffer(sizes.sharedBits),
    "link shared–input": link,
    "input buffer": buffer(sizes.inputBits),
    "link input–weight": link,
    "weight buffer": buffer(sizes.weightBits),
    "link weight–output": link,
    "output buffer": buffer(sizes.outputBits),
    "link output–MAC": link,
    MAC: assertDefined(unitEnergy(profile, "add", sumBits), "addition"),
  };
}
