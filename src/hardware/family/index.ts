import { clockDriven } from "./clock-driven/family.ts";
import { eventControl } from "./event-control/family.ts";
import type { Family } from "./family.ts";
import { layerPipeline, layerPipelineDense } from "./layer-pipeline.ts";
import type { FamilyName } from "./names.ts";
import { systolic } from "./systolic/family.ts";

export * from "./event-control/published/encoder-core.ts";
export * from "./event-control/published/machine.ts";
export * from "./event-control/published/predict.ts";
export * from "./event-control/published/simulate.ts";
export type { CycleReport, Family, HardwareChoice, MappedLayer, MappedMemory, Mapping } from "./family.ts";
export {
  familyNames,
  protections,
  weightStorages,
  type FamilyName,
  type Protection,
  type WeightStorage,
} from "./names.ts";
export type { LayerWork, MemoryAccesses } from "./work.ts";
export { drawFaults, faultKinds, type DrawOptions, type FaultKind } from "./draw-faults.ts";
export { hostDoors, withHostDoor, type HostDoor } from "./emit-host.ts";
export { disturb, type Disturbance } from "./disturb.ts";
export { memoryFaults, weightPlace, type MemoryPlace } from "./fault-places.ts";
export { drainCycles, fetchTiming, type FetchTiming } from "./fetch.ts";
export { addressBits, geometryOf, storesBlocks, visitedGroups, type Geometry } from "./geometry.ts";
export { laneChannels } from "./check-core.ts";
export { layerCycles, type LayerCycles } from "./layer-cycles.ts";
export { blocksUsed } from "./map.ts";
export { layerMemories } from "./memory.ts";
export { PipelineRecurrence } from "./predict.ts";
export { sampleSlots } from "./slots.ts";

/** Every architecture family, by the name that configurations use. */
export const families: Readonly<Record<FamilyName, Family>> = {
  "layer-pipeline": layerPipeline,
  dense: layerPipelineDense,
  "event-control": eventControl,
  "clock-driven": clockDriven,
  systolic,
};
