import type { Variant } from "../models/index.ts";
import { fill, notesWhere, resetOf, unsupported, type Dialect } from "./dialect.ts";
import { linearNeuron } from "./linear.ts";

const first: Variant = { timing: "spikeFirst" };
/** Where the potential is reset before it leaks. */
const kept: Variant = { ...first, resetOf: "kept" };

/** Spyx 1.0: the old potential fires, so that every spike is one step late; always by subtraction. */
export const spyx: Dialect = {
  summary: "Euler decay 1 − dt/τ; fires strictly above the threshold, one step late; subtracts",
  own: (_reset, model) => (model === "cubaLif" ? kept : first),
  neuron: (neuron) => {
    const filled = fill(neuron);
    const { kind, dt, vLeak } = filled;
    const reset = resetOf(filled, "subtract");
    const notes = notesWhere([
      // The paper's traces need r (its scripts scale the weights); Spyx 1.0 itself reads weights only.
      [kind !== "IF", "Spyx 1.0 itself ignores r and w_in and expects scaled weights; here they scale the input"],
      [vLeak !== 0, "Spyx ignores v_leak"],
    ]);
    // r of IF is a charge per step.
    const unleaked = { ...filled, vLeak: 0, ...(kind === "IF" ? { r: 1 / dt } : {}) };
    switch (kind) {
      case "LIF":
      case "IF":
        return { neuron: linearNeuron(unleaked, { decay: "euler", reset, variant: first }), notes };
      case "CubaLIF": {
        // Here, unlike in its LIF, the potential is reset before it leaks.
        return { neuron: linearNeuron(unleaked, { decay: "euler", reset, variant: kept }), notes };
      }
      case "LI":
        return { neuron: linearNeuron(unleaked, { decay: "euler", reset }), notes };
      case "CubaLI":
      case "I":
        throw unsupported("Spyx", `it has no ${kind}`, "use --dialect nir");
      default:
        return kind satisfies never;
    }
  },
};
