import { withoutFaults } from "../emit-frame.ts";
import type { Family } from "../family.ts";
import { mapperOf } from "../map.ts";
import { emitDesign } from "./emit.ts";
import { layout } from "./layout.ts";
import { predictCycles } from "./predict.ts";
import { simulateCycles } from "./simulate.ts";
import { countWork } from "./work.ts";

/**
 * Spikes of all steps are compressed to address lists by a priority encoder over words, then every group of neurons walks through
 * the lists.
 * @source The fully connected core of SNN-DSE, git 8a2fc2b, without its defects
 */
export const eventControl: Family = {
  name: layout.name,
  storages: layout.storages,
  areCellsFitted: false,
  ...mapperOf(layout),
  predict: predictCycles,
  simulate: simulateCycles,
  work: countWork,
  emit: withoutFaults(layout.name, emitDesign),
};
