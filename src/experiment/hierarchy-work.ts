// What `hierarchy` does with a model file: energy through a memory hierarchy, by storage format of the weights.

import { assertDefined } from "../base/index.ts";
import {
  crossoverDensity,
  hierarchyEnergy,
  hierarchyFormats,
  hierarchyLayers,
  type HierarchyEnergy,
} from "../hardware/cost/index.ts";
import { integerOf, loadModel } from "./model-file.ts";
import { datasetOf, goldenOn, type ModelTask } from "./model-work.ts";

export interface HierarchyReport {
  readonly sampleCount: number;
  readonly layers: readonly {
    readonly layer: string;
    readonly density: number;
    readonly formats: readonly (HierarchyEnergy & {
      /** Density above which the format costs more than plain storage in this layer; undefined when it never saves. */
      readonly crossover: number | undefined;
    })[];
    /** The cheapest. */
    readonly best: HierarchyEnergy;
  }[];
  /** Every layer in its cheapest format, and all of them in plain storage; joules per inference. */
  readonly bestTotal: number;
  readonly plainTotal: number;
}

/** Count a model's spikes on test samples, and price them. */
export async function hierarchyOf(
  options: ModelTask & { readonly dataFolder: string | undefined; readonly sampleCount: number },
): Promise<HierarchyReport> {
  const model = await loadModel(options.platform.files, options.file);
  const dataset = await datasetOf(options, model, options.dataFolder);
  const sampleCount = Math.min(options.sampleCount, dataset.test.sampleCount);
  const layers = hierarchyLayers(integerOf(model), goldenOn(model, dataset, sampleCount)).map((layer) => {
    const formats = hierarchyFormats.map((format) => ({
      ...hierarchyEnergy(layer, format),
      crossover: format === "dense" ? undefined : crossoverDensity(layer, format),
    }));
    const best = formats.reduce((a, b) => (b.total.value < a.total.value ? b : a));
    const { values } = layer.matrix;
    return {
      layer: layer.name,
      density: Array.from(values).filter((w) => w !== 0).length / values.length,
      formats,
      best,
    };
  });
  return {
    sampleCount,
    layers,
    bestTotal: layers.reduce((sum, { best }) => sum + best.total.value, 0),
    plainTotal: layers.reduce((sum, { formats }) => sum + assertDefined(formats[0], "dense").total.value, 0),
  };
}
