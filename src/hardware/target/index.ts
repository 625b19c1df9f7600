import { suggestName, UserError } from "../../base/index.ts";
import { hx8k } from "./chips/hx8k.ts";
import { up5k } from "./chips/up5k.ts";
import type { Target } from "./target.ts";

export { checkTarget, parseTarget } from "./check-target.ts";
export type { Sourced, Target } from "./target.ts";

export type TargetName = "up5k" | "hx8k";

/** Every chip, by the name that configurations use. Adding one is one line. */
export const targets: Readonly<Record<TargetName, Target>> = { up5k, hx8k };

/** @throws `target/unknown` with a suggestion */
export function targetByName(name: string): Target {
  if (Object.hasOwn(targets, name)) return targets[name as TargetName];
  throw new UserError("target/unknown", `no target is called "${name}"; ${suggestName(name, Object.keys(targets))}`);
}
export { ramBlocks, ramKinds, type RamKind, type RamKindName } from "./ram-kinds.ts";
