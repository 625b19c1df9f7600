import type { PruningMethod } from "../method.ts";
import { gradient } from "./gradient.ts";
import { magnitude } from "./magnitude.ts";
import { movement } from "./movement.ts";
import { random } from "./random.ts";
import { snip } from "./snip.ts";
import { synflow } from "./synflow.ts";

export type PruningMethodName = "magnitude" | "random" | "gradient" | "movement" | "snip" | "synflow";

/** Every method, by the name that configurations use. */
export const pruningMethods: Readonly<Record<PruningMethodName, PruningMethod>> = {
  magnitude,
  random,
  gradient,
  movement,
  snip,
  synflow,
};
