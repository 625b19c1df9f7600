import type { Variant } from "../models/index.ts";
import { neuronSpec } from "../spec.ts";
import { fill, isNear, resetOf, unsupported, type Dialect } from "./dialect.ts";

const atLeast: Variant = { fires: "atLeast" };

/** SpikingJelly 2's import: IFNode and LIFNode. */
export const spikingjelly: Dialect = {
  summary:
    "Euler with τ/dt steps; fires from the threshold on; resets to v_reset in the same step; v starts at v_reset",
  own: () => atLeast,
  neuron: (neuron) => {
    const filled = fill(neuron);
    const { kind, rate, r, dt, vLeak, vReset, vThreshold: threshold } = filled;
    const reset = resetOf(filled, "value");
    if (kind === "IF") {
      if (!isNear(r * dt, 1)) throw unsupported("SpikingJelly", `IF has r = ${r}, it expects 1 / dt = ${1 / dt}`);
      return { neuron: neuronSpec("integrateFire", { threshold }, reset, atLeast), notes: [] };
    }
    if (kind !== "LIF") throw unsupported("SpikingJelly", `it has no ${kind}`, "use --dialect nir");
    if (vLeak !== vReset) throw unsupported("SpikingJelly", `v_leak ${vLeak} and v_reset ${vReset} must be equal`);
    const isWhole = isNear(r * rate, 1);
    if (!isWhole && !isNear(r, 1)) {
      throw unsupported("SpikingJelly", `LIF has r = ${r}, it expects 1 (input decays) or τ / dt = ${1 / rate}`);
    }
    const values = { tau: 1 / rate, rest: vReset, threshold };
    return {
      neuron: neuronSpec("relaxingLif", values, reset, { ...atLeast, ...(isWhole ? { input: "whole" } : {}) }),
      notes: [],
    };
  },
};
