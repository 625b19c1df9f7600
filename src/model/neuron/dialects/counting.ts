// Sinabs and Rockpool: exponential decay, and as many spikes in a step as thresholds fit.

import type { Variant } from "../models/index.ts";
import { neuronSpec, type NeuronSpec } from "../spec.ts";
import { fill, isNear, notesWhere, resetOf, type Dialect, type FilledNeuron } from "./dialect.ts";
import { linearNeuron } from "./linear.ts";

/** What arrives joins a synaptic current before it decays. */
const many = (isCuba: boolean): Variant =>
  isCuba ? { spikes: "many", current: "decaysTogether" } : { spikes: "many" };

export const sinabs: Dialect = {
  summary:
    "exponential decay, input · dt/τ; several spikes in a step, from the threshold on; subtracts in the same step",
  own: (_reset, model) => many(model === "cubaLif"),
  neuron: (neuron) => {
    const filled = fill(neuron);
    const isIf = filled.kind === "IF";
    const spec = linearNeuron(isIf ? { ...filled, r: 1 / filled.dt } : filled, {
      decay: "exact",
      reset: resetOf(filled, "subtract"),
      variant: many(filled.kind.startsWith("Cuba")),
    });
    return {
      neuron: isIf ? bounded(spec, -filled.vThreshold) : spec,
      notes: notesWhere([
        [!isIf, "Sinabs takes τ as a number of steps; here it is τ / dt steps"],
        [isIf, "Sinabs keeps the potential of an imported IF above −threshold"],
        [isIf && !isNear(filled.r, 1) && !isNear(filled.r * filled.dt, 1), `Sinabs ignores r, here ${filled.r}`],
      ]),
    };
  },
};

/** Rockpool writes r = τ e^(−dt/τ) / dt for a neuron that takes its input as it is. */
function asRockpoolWrote(filled: FilledNeuron): FilledNeuron {
  const { rate, r } = filled;
  return rate > 0 && isNear(r * rate * Math.exp(rate), 1) ? { ...filled, r: 1 / rate } : filled;
}

export const rockpool: Dialect = {
  summary:
    "exponential decay, input · r · dt/τ; several spikes in a step, from the threshold on; subtracts in the same step",
  own: (_reset, model) => many(model === "cubaLif"),
  neuron: (neuron) => {
    const filled = fill(neuron);
    const own = asRockpoolWrote(filled);
    return {
      neuron: linearNeuron(own, {
        decay: "exact",
        reset: resetOf(filled, "subtract"),
        variant: many(filled.kind.startsWith("Cuba")),
      }),
      notes: notesWhere([
        [filled.kind === "LIF", "Rockpool 3.0 itself cannot import LIF: it asks for a field that the node lacks"],
        [filled.kind === "LI", "Rockpool 3.0 rounds the time constant of LI to whole seconds; here it does not"],
      ]),
    };
  },
};

// ---------------------------------------------------------------------------------------------------------------------

function bounded({ model, reset, parameters, variant }: NeuronSpec, lowest: number): NeuronSpec {
  return neuronSpec(model, { ...parameters, lowest }, reset, { ...variant, isBounded: true });
}
