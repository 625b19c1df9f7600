import { withoutFaults } from "../emit-frame.ts";
import type { Family } from "../family.ts";
import { mapperOf } from "../map.ts";
import { emitDesign } from "./emit.ts";
import { layout } from "./layout.ts";
import { predictCycles } from "./predict.ts";
import { simulateCycles } from "./simulate.ts";
import { countWork } from "./work.ts";

/**
 * Weights stay in an array and are used for all steps of a sample; inputs that never fire, and steps in which a tile is silent, take
 * no time.
 * @source The manner described for SpikeX, arXiv 2505.12292 (abstract); the organization is our own
 */
export const systolic: Family = {
  name: layout.name,
  storages: layout.storages,
  areCellsFitted: false,
  ...mapperOf(layout),
  predict: predictCycles,
  simulate: simulateCycles,
  work: countWork,
  emit: withoutFaults(layout.name, emitDesign),
};
