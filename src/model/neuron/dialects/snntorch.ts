import { fill, notesWhere, resetOf, unsupported, type Dialect } from "./dialect.ts";
import { linearNeuron } from "./linear.ts";

/** snnTorch 0.9.4's import: Leaky and Synaptic with `reset_delay=False`; its own networks delay the reset. */
export const snntorch: Dialect = {
  summary:
    "Euler decay 1 − dt/τ; fires strictly above the threshold; resets to zero in the same step; thresholds carry the gain",
  own: ({ kind }, model) => ({
    timing: "nextStep",
    resetOf: kind === "zero" && model === "lif" ? "kept" : "charged",
  }),
  neuron: (neuron) => {
    const filled = fill(neuron);
    const { kind, vLeak, vReset, rate, synRate, r, wIn, dt, vThreshold } = filled;
    if (vLeak !== 0)
      throw unsupported("snnTorch", `v_leak is ${vLeak}, it has no resting potential`, "use --dialect nir");
    // The gain of the input divides the threshold: the same spikes, a potential in other units.
    // r of IF is a charge per step.
    const gain = kind === "IF" ? r : r * rate * (kind === "CubaLIF" ? wIn * synRate : 1);
    const fires = kind === "LIF" || kind === "CubaLIF" || kind === "IF";
    const unit = fires
      ? { ...filled, vThreshold: vThreshold / gain, r: kind === "IF" ? 1 / dt : 1 / rate, wIn: 1 / synRate }
      : filled;
    const isOwn = fires && filled.reset !== "value";
    return {
      neuron: linearNeuron(unit, {
        decay: "euler",
        reset: resetOf(filled, "zero"),
        variant: isOwn ? { timing: "undelayed" } : {},
      }),
      notes: notesWhere([
        [vReset !== 0 && filled.reset === undefined, "snnTorch ignores v_reset and resets to zero"],
        [
          kind === "IF",
          "snnTorch 0.9.4 itself turns IF into a leaky neuron with beta 0.9 and cannot run it; here it does not leak",
        ],
        [dt !== 1e-4, `snnTorch 0.9.4 takes dt = 1e-4 s whatever the model says; here dt is ${dt} s`],
      ]),
    };
  },
};
