// NIR's equations with the gains r and w_in in the numbers, for every framework that keeps their meaning.

import type { Reset, Variant } from "../models/index.ts";
import { neuronSpec, type NeuronSpec } from "../spec.ts";
import { decayFromTau, isNear, type FilledNeuron } from "./dialect.ts";

/** v' = decay · v + gain · input + drift, and what a current adds; fires and resets as `how` says. */
export function linearNeuron(
  neuron: FilledNeuron,
  how: { readonly decay: "exact" | "euler"; readonly reset: Reset; readonly variant?: Variant },
): NeuronSpec {
  const { kind, rate, synRate, r, wIn, vLeak, vThreshold: threshold, dt } = neuron;
  const decay = decayFromTau(rate, how.decay);
  const gain = kind === "IF" || kind === "I" ? r * dt : r * rate;
  const drift = rate * vLeak;
  const own = how.variant ?? {};
  const spec = (model: "lif" | "integrateFire" | "leakyIntegrator" | "cubaLif", values: Numbers, total: number) => {
    const isPlain = isNear(total, 1) && drift === 0;
    const variant = isPlain ? own : { ...own, isScaled: true };
    return neuronSpec(model, isPlain ? values : { ...values, gain: total, drift }, how.reset, emptyAsAbsent(variant));
  };
  switch (kind) {
    case "LIF":
      return spec("lif", { decay, threshold }, gain);
    case "IF":
      return spec("integrateFire", { threshold }, gain);
    case "LI":
    case "I":
      return spec("leakyIntegrator", { decay: kind === "I" ? 1 : decay }, gain);
    case "CubaLIF":
      return vLeak === 0
        ? spec("cubaLif", { currentDecay: decayFromTau(synRate, how.decay), decay, threshold }, gain * wIn * synRate)
        : restingCuba(neuron, how);
    case "CubaLI": {
      const currentDecay = decayFromTau(synRate, how.decay);
      return neuronSpec("cubaIntegrator", { currentDecay, decay, inputGain: wIn * synRate, gain, drift });
    }
    default:
      return kind satisfies never;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

type Numbers = Readonly<Record<string, number>>;

/** v' = v + rate · (rest − v + i'), i' = i + gain · input: the leak leads elsewhere than to 0. */
function restingCuba(
  { rate, synRate, r, wIn, vLeak, vThreshold: threshold }: FilledNeuron,
  { reset, variant }: { readonly reset: Reset; readonly variant?: Variant },
): NeuronSpec {
  const values = { rate, currentRate: synRate, rest: vLeak, threshold, gain: r * wIn * synRate, drift: 0 };
  return neuronSpec("eulerCubaLif", values, reset, { ...variant, isScaled: true });
}

function emptyAsAbsent(variant: Variant): Variant | undefined {
  return Object.keys(variant).length === 0 ? undefined : variant;
}
