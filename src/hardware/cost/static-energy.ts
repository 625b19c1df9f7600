import { quantity, type Quantity } from "../../base/index.ts";
import type { Target } from "../target/index.ts";
import type { CostProfile } from "./profile.ts";
import { derivationOf, type EnergyDerivation, type EnergyLine } from "./derivation.ts";

/** What a chip draws while an inference runs: one line, power × time; undefined when its static power is unknown. */
export function staticLine(target: Target, latency: Quantity): EnergyLine | undefined {
  const power = target.staticPower;
  if (power === undefined) return undefined;
  return {
    layer: target.title,
    event: "static power",
    count: latency.value,
    unitEnergy: power,
    energy: quantity(latency.value * power.value, "J", "estimated", `${power.source}; over ${latency.source}`),
    source: power.source,
  };
}

/**
 * A derivation with the chip's static energy as its last line, and the sentence that says so, or why it is missing. Chip and
 * constants are different technologies, so the sum is an order of magnitude; both parts stay visible as lines.
 */
export function withStaticEnergy(
  derivation: EnergyDerivation,
  target: Target,
  latency: Quantity,
): { readonly derivation: EnergyDerivation; readonly note: string } {
  const line = staticLine(target, latency);
  if (line === undefined) {
    const note = `Static energy is unknown and not included: no source is known for the static power of ${target.title}.`;
    return { derivation, note };
  }
  const profile: Pick<CostProfile, "name"> = { name: derivation.profile };
  return {
    derivation: derivationOf(
      profile,
      [...derivation.lines, line],
      `${derivation.total.source}, and static power × latency`,
    ),
    note: `Static energy is the last line: ${line.source}, over the latency of one inference.`,
  };
}
