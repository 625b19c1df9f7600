import { MHz, quantity } from "../../../base/index.ts";
import type { Target } from "../target.ts";

const database = "nextpnr-ice40 0.8 chip database, device up5k";

/** Lattice iCE40 UltraPlus 5K in the 48-pin QFN package. */
export const up5k: Target = {
  kind: "target",
  name: "up5k",
  title: "Lattice iCE40 UP5K (sg48)",
  flow: { kind: "ice40", device: "up5k", package: "sg48" },
  limits: {
    logicCells: { value: 5280, source: database },
    blockRams: { value: 30, source: database },
    blockRamBits: { value: 4096, source: "SB_RAM40_4K, Yosys iCE40 cell library" },
    singlePortRams: { value: 4, source: database },
    multipliers: { value: 8, source: database },
    pins: { value: 39, source: "nextpnr-ice40 0.8 package table, up5k sg48" },
  },
  estimatedClock: quantity(MHz(24), "Hz", "estimated", "placed designs of this generator on UP5K, slowest", {
    low: MHz(20),
    high: MHz(36),
  }),
  staticPower: undefined,
};
