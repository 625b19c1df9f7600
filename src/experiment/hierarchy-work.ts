// What `hierarchy` does with a model file: energy through a memory hierarchy, by storage format of the weights.

import { assertDefined, signedBits } from "../base/index.ts";
import { crossoverDensity, hierarchyEnergy, hierarchyFormats, type HierarchyEnergy } from "../hardware/cost/index.ts";
import { countEvents } from "../hardware/golden/index.ts";
import { denseLayers } from "../model/network/index.ts";
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

/** Count a model's spikes on test samples, and price them; dense layers only. @throws `network/only-dense` */
export async function hierarchyOf(
  options: ModelTask & { readonly dataFolder: string | undefined; readonly sampleCount: number },
): Promise<HierarchyReport> {
  const model = await loadModel(options.platform.files, options.file);
  denseLayers(model.network);
  const dataset = await datasetOf(options, model, options.dataFolder);
  const sampleCount = Math.min(options.sampleCount, dataset.test.sampleCount);
  const network = integerOf(model);
  const trace = goldenOn(model, dataset, sampleCount);
  const events = countEvents(network, trace);
  const layers = network.layers.map((layer, index) => {
    const counted = assertDefined(events.layers[index], "events");
    const { inputCount, neuronCount, weights, weightBits } = layer;
    const shape = {
      name: layer.name,
      matrix: { rows: inputCount, columns: neuronCount, bits: weightBits, values: weights },
      stepCount: trace.stepCount,
      spikesIn: counted.spikesIn / sampleCount,
      spikesOut: counted.spikesOut / sampleCount,
      effectiveOperations: counted.effectiveSynapticOperations / sampleCount,
      sumBits: signedBits(layer.accumulator),
    };
    const formats = hierarchyFormats.map((format) => ({
      ...hierarchyEnergy(shape, format),
      crossover: format === "dense" ? undefined : crossoverDensity(shape, format),
    }));
    const best = formats.reduce((a, b) => (b.total.value < a.total.value ? b : a));
    return { layer: layer.name, density: weights.filter((w) => w !== 0).length / weights.length, formats, best };
  });
  return {
    sampleCount,
    layers,
    bestTotal: layers.reduce((sum, { best }) => sum + best.total.value, 0),
    plainTotal: layers.reduce((sum, { formats }) => sum + assertDefined(formats[0], "dense").total.value, 0),
  };
}
