import { MHz, quantity, uW } from "../../../base/index.ts";
import type { Target } from "../target.ts";

const dataSheet = "Lattice iCE40 LP/HX Family Data Sheet, DS1040 version 3.4";
const selection = `${dataSheet}, table 1-1`;

/** Lattice iCE40 HX8K in the 256-ball package. */
export const hx8k: Target = {
  kind: "target",
  name: "hx8k",
  title: "Lattice iCE40 HX8K (ct256)",
  flow: { kind: "ice40", device: "hx8k", package: "ct256" },
  limits: {
    logicCells: { value: 7680, source: selection },
    blockRams: { value: 32, source: selection },
    blockRamBits: { value: 4096, source: `${selection}: 128 kbit in 32 blocks` },
    singlePortRams: { value: 0, source: `${selection} lists none` },
    multipliers: { value: 0, source: `${selection} lists none` },
    pins: { value: 206, source: `${selection}, 256-ball caBGA` },
  },
  estimatedClock: quantity(
    MHz(60),
    "Hz",
    "estimated",
    "between the slowest and the fastest of 10 designs of this generator placed on HX8K, 56.5 to 82.4 MHz",
    {
      low: MHz(45),
      high: MHz(90),
    },
  ),
  staticPower: quantity(
    uW(1140 * 1.2),
    "W",
    "estimated",
    `${dataSheet}, Static Supply Current, HX devices: typical 1140 µA at 1.2 V on the core supply, blank design, 25 °C; banks not included`,
  ),
};
