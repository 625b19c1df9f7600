import { fill, notesWhere, resetOf, unsupported, type Dialect } from "./dialect.ts";
import { linearNeuron } from "./linear.ts";

/** Lava's floating-point LIF, with which the paper's script replaces NIR's neurons. */
export const lava: Dialect = {
  summary:
    "Euler; fires strictly above the threshold; resets to zero in the same step; its integers are the model lavaLif",
  own: () => ({}),
  neuron: (neuron) => {
    const filled = fill(neuron); // r of IF is a charge per step
    const { kind, vLeak, vReset } = filled;
    if (kind !== "LIF" && kind !== "CubaLIF" && kind !== "IF") {
      throw unsupported("Lava", `it has no ${kind}`, "use --dialect nir");
    }
    if (vLeak !== 0) throw unsupported("Lava", `v_leak is ${vLeak}, it has no resting potential`, "use --dialect nir");
    return {
      neuron: linearNeuron(kind === "IF" ? { ...filled, r: filled.r / filled.dt } : filled, {
        decay: "euler",
        reset: resetOf(filled, "zero"),
      }),
      notes: notesWhere([
        [vReset !== 0 && filled.reset === undefined, "Lava ignores v_reset and resets to zero"],
        [true, "decays are not rounded to 12 bits, weights not to 8: on Loihi spikes may differ"],
      ]),
    };
  },
};
