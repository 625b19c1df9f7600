import { withoutFaults } from "../emit-frame.ts";
import type { Family } from "../family.ts";
import { mapperOf } from "../map.ts";
import { emitDesign } from "./emit.ts";
import { layout } from "./layout.ts";
import { predictCycles } from "./predict.ts";
import { simulateCycles } from "./simulate.ts";
import { countWork } from "./work.ts";

/**
 * Every neuron exists; inputs come one after the other, spike or not, and all layers step together.
 * @source The organization of Spiker, github.com/smilies-polito/Spiker, git e61e5b0
 */
export const clockDriven: Family = {
  name: layout.name,
  storages: layout.storages,
  areCellsFitted: false,
  ...mapperOf(layout),
  predict: predictCycles,
  simulate: simulateCycles,
  work: countWork,
  emit: withoutFaults(layout.name, emitDesign),
};
