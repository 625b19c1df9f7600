import type { IntegerLayer, IntegerNetwork } from "../golden/index.ts";
import type { Problem } from "../../base/index.ts";
import type { HardwareChoice, MappedMemory } from "./family.ts";
import type { FamilyName, Protection, WeightStorage } from "./names.ts";

/** What mapping a network asks a family. */
export interface Layout {
  readonly name: FamilyName;
  /** How weights may lie in its memories. */
  readonly storages: readonly WeightStorage[];
  /** What its memories can do against faults. Default: nothing. */
  readonly protections?: readonly Protection[];
  /** Lanes that it builds whatever is asked for; undefined when it builds what is asked for. */
  readonly fixedLanes?: (layer: IntegerLayer) => number;
  /** Why its hardware does not run a layer with so many lanes; undefined when it does. */
  checkLayer(layer: IntegerLayer, choice: HardwareChoice, lanes: number): Problem | undefined;
  /** The memories of one layer, its weights in block RAM or in the large single-port RAM. */
  memories(
    network: IntegerNetwork,
    index: number,
    choice: HardwareChoice,
    weightPlace: "block-ram" | "single-port-ram",
  ): MappedMemory[];
}
