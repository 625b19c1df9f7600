import { neuronSpec } from "../spec.ts";
import type { Variant } from "../models/index.ts";
import { decayFromTau, fill, notesWhere, resetOf, unsupported, type Dialect } from "./dialect.ts";

const first: Variant = { timing: "spikeFirst" };

/** Spyx 1.0: the old potential fires, so that every spike is one step late; always by subtraction. */
export const spyx: Dialect = {
  summary: "Euler decay 1 − dt/τ; fires strictly above the threshold, one step late; subtracts; ignores r and w_in",
  neuron: (neuron) => {
    const filled = fill(neuron);
    const { kind, rate, synRate, r, wIn, vLeak, vThreshold: threshold } = filled;
    const reset = resetOf(filled, "subtract");
    const decay = decayFromTau(rate, "euler");
    const notes = notesWhere([
      [kind !== "IF" && (r !== 1 || wIn !== 1), "Spyx ignores r and w_in"],
      [vLeak !== 0, "Spyx ignores v_leak"],
    ]);
    switch (kind) {
      case "LIF":
        return { neuron: neuronSpec("lif", { decay, threshold }, reset, first), notes };
      case "IF":
        return { neuron: neuronSpec("integrateFire", { threshold }, reset, first), notes };
      case "CubaLIF": {
        // Here, unlike in its LIF, the potential is reset before it leaks.
        const values = { currentDecay: decayFromTau(synRate, "euler"), decay, threshold };
        return { neuron: neuronSpec("cubaLif", values, reset, { ...first, resetOf: "kept" }), notes };
      }
      case "LI":
        return { neuron: neuronSpec("leakyIntegrator", { decay }, reset), notes };
      case "CubaLI":
      case "I":
        throw unsupported("Spyx", `it has no ${kind}`, "use --dialect nir");
      default:
        return kind satisfies never;
    }
  },
};
