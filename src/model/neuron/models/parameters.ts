import type { ParameterDefinition } from "../neuron.ts";
import type { Variant } from "./variant.ts";

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

export function coefficient(initial: number, meaning: string, low = -1e6, high = 1e6): ParameterDefinition {
  return { role: "coefficient", range: { low, high }, initial, meaning };
}

export function potential(initial: number, meaning: string): ParameterDefinition {
  return { role: "potential", range: { low: -1e6, high: 1e6 }, initial, meaning };
}

/** Time constant in steps. */
export const tauParameter: ParameterDefinition = coefficient(2, "time constant in steps", 1e-6, 1e9);

/** The parameter of models with a resting potential. */
export const restParameter: { readonly rest: ParameterDefinition } = {
  rest: potential(0, "potential that the leak leads to"),
};

/** What a variant adds to any model's parameters. */
export function variantParameters(variant: Variant): Readonly<Record<string, ParameterDefinition>> {
  return {
    ...(variant.isScaled === true
      ? { gain: coefficient(1, "what the input is multiplied with"), drift: potential(0, "added in every step") }
      : {}),
    ...(variant.isSelfConnected === true
      ? { ownWeight: coefficient(0, "what a spike adds to its own next input") }
      : {}),
    ...(variant.isBounded === true ? { lowest: potential(-1, "the potential never falls below it") } : {}),
    ...(variant.isGraded === true ? { amplitude: coefficient(1, "what a spike carries") } : {}),
  };
}
