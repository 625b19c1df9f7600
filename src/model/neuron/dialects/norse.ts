import { neuronSpec } from "../spec.ts";
import { fill, notesWhere, resetOf, type Dialect } from "./dialect.ts";
import { linearNeuron } from "./linear.ts";

/** Norse 1.1's import: LIFBox, LIF, LIBox, IAF. */
export const norse: Dialect = {
  summary: "Euler; fires strictly above the threshold; resets to zero in the same step; ignores r of LIF, LI and IF",
  own: () => ({}),
  neuron: (neuron) => {
    const filled = fill(neuron);
    const { kind, rate, vLeak, vReset, vThreshold: threshold, r, dt } = filled;
    const reset = resetOf(filled, "zero");
    const usualR = kind === "IF" || kind === "I" ? 1 / dt : 1;
    return {
      neuron:
        kind === "LIF"
          ? neuronSpec("eulerLif", { rate, rest: vLeak, threshold }, reset)
          : linearNeuron(kind === "CubaLIF" || kind === "CubaLI" ? filled : { ...filled, r: usualR }, {
              decay: "euler",
              reset,
            }),
      notes: notesWhere([
        [r !== 1 && (kind === "LIF" || kind === "LI" || kind === "IF"), `Norse ignores r, here ${r}`],
        [vReset !== 0 && filled.reset === undefined, "Norse ignores v_reset and resets to zero"],
      ]),
    };
  },
};
