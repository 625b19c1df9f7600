import type { ParameterDefinition } from "../neuron.ts";

/** Parameters that several models share, so that they mean the same everywhere. */
export const thresholdParameter: ParameterDefinition = {
  role: "potential",
  range: { low: 1e-6, high: 1e6 },
  initial: 1,
  meaning: "fires when the charged potential is above it, strictly",
};

export function decayParameter(initial: number, meaning: string): ParameterDefinition {
  return { role: "coefficient", range: { low: 0, high: 1 }, initial, meaning };
}
