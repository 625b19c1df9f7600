import { rockpool, sinabs } from "./counting.ts";
import type { Dialect } from "./dialect.ts";
import { lava } from "./lava.ts";
import { nir } from "./nir.ts";
import { norse } from "./norse.ts";
import { snntorch } from "./snntorch.ts";
import { spikingjelly } from "./spikingjelly.ts";
import { spyx } from "./spyx.ts";

export { decayFromTau, type Dialect, type DialectNeuron, type NirNeuron } from "./dialect.ts";
export { joinSpecs, type JoinedSpecs } from "./join-specs.ts";

export type DialectName = "nir" | "snntorch" | "norse" | "spyx" | "sinabs" | "spikingjelly" | "rockpool" | "lava";

/** How each framework runs a neuron that NIR describes. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  nir,
  snntorch,
  norse,
  spyx,
  sinabs,
  spikingjelly,
  rockpool,
  lava,
};
