// Layers of narrow tiles: lists or tables of the spikes below, a tile for all samples, column lists for the weights.

import { rowBlock } from "./backward.ts";
import type { Call, LayerPhases } from "./layer-phases.ts";
import type { LayerPlan, Plan } from "./plan.ts";
import { sourceOf } from "./program.ts";
import { tablesPay } from "./tables.ts";

export function densePhases(plan: Plan, layer: LayerPlan): LayerPhases {
  const { index, recurrent, tiles, inputCount, neuronCount, input } = layer;
  const below = plan.layers[index - 1];
  const columns = (source: string): Call[] => [
    [`countColumns${source}`, plan.chunkCount],
    [`placeColumns${source}`, 1],
    [`fillColumns${source}`, plan.chunkCount],
  ];
  return {
    methodFor: (density, { samples, steps }) => (tablesPay(density, samples * steps, inputCount) ? "tables" : "events"),
    // Tables read whole words of rows, and only whole parts fill them.
    allows: (method, { steps }) => method !== "tables" || (recurrent === undefined && steps === plan.stepCount),
    direct: ({ samples }) => [["direct", tiles * samples]],
    forward: ({ samples, steps, training }, method) => {
      const suffix = { direct: "Direct", events: `Events${index}`, tables: `Tables${index}` }[method];
      // A recurrent layer below has made its row lists on the way.
      const isListed = below?.recurrent !== undefined;
      return [
        ...(method === "events" && !isListed ? [[`rows${sourceOf(index)}`, samples * steps] as const] : []),
        [`${training ? "train" : "infer"}${suffix}`, recurrent === undefined ? tiles * samples : samples],
      ];
    },
    backward: ({ samples }, method, learning) => {
      const prefix = learning ? "learn" : "gradient";
      const own = {
        direct: (): Call[] => [[`${prefix}.direct`, tiles * inputCount]],
        tables: (): Call[] => [
          [`transposeBits${index}`, input.words],
          [`${prefix}.tables${index}`, tiles],
        ],
        events: (): Call[] => [...columns(sourceOf(index)), [`${prefix}.events${index}`, tiles * inputCount]],
      }[method]();
      return [
        [`backward${index}`, recurrent === undefined ? tiles * samples : Math.ceil(samples / rowBlock)],
        // A convolution below reads its gradient; the weights must still be those of the forward pass.
        ...(below?.convolution === undefined ? [] : [[`spread${index}`, samples] as const]),
        [`${prefix}.small${index}`, tiles],
        ...own,
        ...(recurrent === undefined
          ? []
          : [...columns(sourceOf(index + 1)), [`${prefix}.recurrent${index}`, tiles * neuronCount] as const]),
      ];
    },
    transpose: () => [
      ...(below === undefined
        ? []
        : [[`transpose${index}`, below.convolution === undefined ? below.tiles * neuronCount : neuronCount] as const]),
      ...(recurrent === undefined ? [] : [[`transposeRecurrent${index}`, tiles * neuronCount] as const]),
    ],
  };
}
