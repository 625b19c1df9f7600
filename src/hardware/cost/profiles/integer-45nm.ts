import { pJ } from "../../../base/index.ts";
import type { CostProfile } from "../profile.ts";

const source = "M. Horowitz, ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, 45 nm, 0.9 V";

/** Energy of one bit of a 64-bit access to an SRAM of so many kilobytes. */
const sram = (kilobytes: number, access: number): { readonly size: number; readonly energy: number } => ({
  size: kilobytes * 1024 * 8,
  energy: pJ(access) / 64,
});

/** Integer arithmetic and SRAM by size: compute and memory of a small digital design. */
export const integerProfile: CostProfile = {
  name: "45 nm integer",
  title: "45 nm integer arithmetic and SRAM",
  nodeNanometers: 45,
  volts: 0.9,
  evidence: "published per-operation energies, interpolated by width and memory size; not calibrated for any FPGA",
  source,
  operations: [
    {
      key: "add",
      points: [
        { size: 0, energy: 0 },
        { size: 8, energy: pJ(0.03) },
        { size: 32, energy: pJ(0.1) },
      ],
      scope: "marginal",
      grade: "model",
      source: `${source}: 8-bit and 32-bit integer addition, linear in the width`,
    },
    {
      key: "multiply",
      points: [
        { size: 0, energy: 0 },
        { size: 8 * 8, energy: pJ(0.2) },
        { size: 32 * 32, energy: pJ(3.1) },
      ],
      scope: "marginal",
      grade: "model",
      source: `${source}: 8-bit and 32-bit integer multiplication, linear in the product of the widths`,
    },
    {
      key: "memory-bit",
      points: [{ size: 0, energy: 0 }, sram(8, 10), sram(32, 20), sram(1024, 100)],
      scope: "marginal",
      grade: "model",
      source: `${source}: 64-bit access to SRAM of 8 kB, 32 kB and 1 MB, linear in the capacity, per bit of the word`,
    },
  ],
};
