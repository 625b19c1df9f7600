import { MHz, quantity } from "../../../base/index.ts";
import type { Target } from "../target.ts";

const database = "nextpnr-ice40 0.8 chip database, device hx8k";

/** Lattice iCE40 HX8K in the 256-ball package. */
export const hx8k: Target = {
  kind: "target",
  name: "hx8k",
  title: "Lattice iCE40 HX8K (ct256)",
  flow: { kind: "ice40", device: "hx8k", package: "ct256" },
  limits: {
    logicCells: { value: 7680, source: database },
    blockRams: { value: 32, source: database },
    blockRamBits: { value: 4096, source: "SB_RAM40_4K, Yosys iCE40 cell library" },
    singlePortRams: { value: 0, source: database },
    multipliers: { value: 0, source: database },
    pins: { value: 206, source: "nextpnr-ice40 0.8 package table, hx8k ct256" },
  },
  estimatedClock: quantity(MHz(60), "Hz", "estimated", "placed designs of this generator on HX8K, slowest", {
    low: MHz(45),
    high: MHz(90),
  }),
  staticPower: undefined,
};
