import { checkCore } from "./check-core.ts";
import { emitDesign } from "./emit.ts";
import type { Family } from "./family.ts";
import { mapperOf } from "./map.ts";
import { layerMemories } from "./memory.ts";
import { protections, type FamilyName, type WeightStorage } from "./names.ts";
import { predictCycles } from "./predict.ts";
import { simulateCycles } from "./simulate.ts";
import { countWork } from "./work.ts";

/** Event-driven: every layer fetches only the rows of inputs that fired. */
export const layerPipeline: Family = pipeline("layer-pipeline", ["dense", "blocks"]);

/** The baseline: the same lanes walk every input of every step, and a bit decides what is added. */
export const layerPipelineDense: Family = pipeline("dense", ["dense"]);

// ---------------------------------------------------------------------------------------------------------------------

function pipeline(name: FamilyName, storages: readonly WeightStorage[]): Family {
  return {
    name,
    storages,
    areCellsFitted: true,
    ...mapperOf({ name, storages, protections, checkLayer: checkCore, memories: layerMemories }),
    predict: (mapping, trace) => predictCycles(mapping, trace),
    predictSkipping: predictCycles,
    simulate: simulateCycles,
    work: countWork,
    emit: emitDesign,
  };
}
