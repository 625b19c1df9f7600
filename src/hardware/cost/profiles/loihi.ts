import { pJ } from "../../../base/index.ts";
import type { CostProfile } from "../profile.ts";

const source = "M. Davies et al., IEEE Micro 38(1), 2018, table 2, doi:10.1109/MM.2018.112130359";

/** The same network's events at the per-event energies published for Loihi. */
export const loihiProfile: CostProfile = {
  name: "Loihi events",
  title: "events priced as on Loihi",
  nodeNanometers: 14,
  volts: 0.75,
  evidence: "pre-silicon simulation at 0.75 V; a comparison of event counts, not a prediction for this design",
  source,
  operations: [
    {
      key: "synaptic-operation",
      points: [{ size: 0, energy: pJ(23.6) }],
      scope: "marginal",
      grade: "pre-silicon",
      source: `${source}: synaptic operation, the smallest of its range`,
    },
    {
      key: "membrane-update",
      points: [{ size: 0, energy: pJ(81) }],
      low: pJ(52),
      scope: "marginal",
      grade: "pre-silicon",
      source: `${source}: neuron update, active 81 pJ, inactive 52 pJ; all counted as active`,
    },
  ],
};
