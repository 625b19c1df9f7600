import { emitDesign } from "./emit.ts";
import type { Family } from "./family.ts";
import { checkChoice, mapNetwork } from "./map.ts";
import type { FamilyName } from "./names.ts";
import { predictCycles } from "./predict.ts";
import { simulateCycles } from "./simulate.ts";
import { countWork } from "./work.ts";

export * from "./event-control/encoder-core.ts";
export * from "./event-control/machine.ts";
export * from "./event-control/predict.ts";
export * from "./event-control/simulate.ts";
export type { CycleReport, Family, HardwareChoice, MappedLayer, MappedMemory, Mapping } from "./family.ts";
export { familyNames, weightStorages, type FamilyName, type WeightStorage } from "./names.ts";
export type { LayerWork, MemoryAccesses } from "./work.ts";
export { drawFaults, faultKinds, type DrawOptions, type FaultKind } from "./draw-faults.ts";
export { memoryFaults, weightPlace, type MemoryPlace } from "./fault-places.ts";
export { drainCycles, fetchTiming, type FetchTiming } from "./fetch.ts";
export { addressBits, geometryOf, storesBlocks, visitedGroups, type Geometry } from "./geometry.ts";
export { laneChannels } from "./check-core.ts";
export { layerCycles, type LayerCycles } from "./layer-cycles.ts";
export { blocksUsed } from "./map.ts";
export { layerMemories } from "./memory.ts";
export { PipelineRecurrence, predictCycles } from "./predict.ts";
export { sampleSlots } from "./slots.ts";

/** Event-driven: every layer fetches only the rows of inputs that fired. */
const layerPipeline: Family = {
  name: "layer-pipeline",
  storages: ["dense", "blocks"],
  check: checkChoice,
  map: mapNetwork,
  predict: predictCycles,
  simulate: simulateCycles,
  work: countWork,
  emit: emitDesign,
};

/** The baseline: the same lanes walk every input of every step, and a bit decides what is added. */
const dense: Family = { ...layerPipeline, name: "dense", storages: ["dense"] };

/** Every architecture family, by the name that configurations use. */
export const families: Readonly<Record<FamilyName, Family>> = { "layer-pipeline": layerPipeline, dense };
