import { pJ } from "../../../base/index.ts";
import type { CostProfile } from "../profile.ts";

const source = "M. Horowitz, ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, 45 nm, 0.9 V";

/** What most papers of the field do: 0.9 pJ per accumulate, 4.6 pJ per multiply-accumulate, memory free of charge. */
export const floatProfile: CostProfile = {
  name: "fp32 compute only",
  title: "32-bit float arithmetic, memory not counted",
  nodeNanometers: 45,
  volts: 0.9,
  evidence: "the usual estimate of papers; omits memory, which is most of the energy",
  source,
  operations: [
    {
      key: "synaptic-operation",
      points: [{ size: 0, energy: pJ(0.9) }],
      scope: "marginal",
      grade: "model",
      source: `${source}: 32-bit float addition`,
    },
    {
      key: "multiply-accumulate",
      points: [{ size: 0, energy: pJ(4.6) }],
      scope: "marginal",
      grade: "model",
      source: `${source}: 32-bit float multiplication and addition`,
    },
  ],
};
