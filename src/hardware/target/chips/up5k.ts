import { MHz, quantity, uW } from "../../../base/index.ts";
import type { Target } from "../target.ts";

const dataSheet = "Lattice iCE40 UltraPlus Family Data Sheet, FPGA-DS-02008-1.9";
const selection = `${dataSheet}, table 2.1`;

/** Lattice iCE40 UltraPlus 5K in the 48-pin QFN package. */
export const up5k: Target = {
  kind: "target",
  name: "up5k",
  title: "Lattice iCE40 UP5K (sg48)",
  flow: { kind: "ice40", device: "up5k", package: "sg48" },
  limits: {
    logicCells: { value: 5280, source: selection },
    blockRams: { value: 30, source: selection },
    blockRamBits: { value: 4096, source: `${selection}: 120 kbit in 30 blocks` },
    singlePortRams: { value: 4, source: `${selection}: 1024 kbit in 4 blocks` },
    multipliers: { value: 8, source: selection },
    pins: { value: 39, source: `${selection}, 48-ball QFN` },
  },
  estimatedClock: quantity(
    MHz(24),
    "Hz",
    "estimated",
    "just below 2 designs of this generator placed on UP5K, 25.6 and 29.2 MHz",
    {
      low: MHz(20),
      high: MHz(36),
    },
  ),
  staticPower: quantity(
    uW(75 * 1.2),
    "W",
    "estimated",
    `${dataSheet}, table 4.6: typical 75 µA at 1.2 V on the core supply, blank design, 25 °C; banks not included`,
  ),
};
