// Layers of narrow tiles: lists or tables of the spikes below, a tile for all samples, column lists for the weights.

import { sampleBlock } from "./backward.ts";
import { rowTiles, sendBack } from "./delay.ts";
import type { Call, LayerPhases } from "./layer-phases.ts";
import { normalizedBackward, normalizedForward } from "./normalize.ts";
import type { LayerPlan, Plan } from "./plan.ts";
import { sourceOf } from "./program.ts";
import { tablesPay } from "./tables.ts";

export function densePhases(plan: Plan, layer: LayerPlan): LayerPhases {
  const { index, recurrent, tiles, inputCount, neuronCount, input, normalization, delay } = layer;
  const below = plan.layers[index - 1];
  const columns = (source: string): Call[] => [
    [`countColumns${source}`, plan.chunkCount],
    [`placeColumns${source}`, 1],
    [`fillColumns${source}`, plan.chunkCount],
  ];
  return {
    methodFor: (density, { samples, steps }) => (tablesPay(density, samples * steps, inputCount) ? "tables" : "events"),
    // Tables read whole words of rows, and only whole parts fill them; they are sums of bits.
    allows: (method, { steps }) =>
      method !== "tables" || (recurrent === undefined && input.graded === undefined && steps === plan.stepCount),
    direct: ({ samples }) => [["direct", tiles * samples]],
    forward: ({ samples, steps, training }, method) => {
      const suffix = { direct: "Direct", events: `Events${index}`, tables: `Tables${index}` }[method];
      // A recurrent layer below has made its row lists on the way.
      const isListed = delay === undefined && below?.recurrent !== undefined;
      return [
        ...(delay === undefined ? [] : [[`delay${index}`, samples] as const]),
        ...(method === "events" && !isListed ? [[`rows${sourceOf(layer)}`, samples * steps] as const] : []),
        ...(normalization === undefined
          ? [[`${training ? "train" : "infer"}${suffix}`, recurrent === undefined ? tiles * samples : samples] as const]
          : normalizedForward(layer, { samples, training }, suffix)),
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
        events: (): Call[] => [...columns(sourceOf(layer)), [`${prefix}.events${index}`, tiles * inputCount]],
      }[method]();
      return [
        [`backward${index}`, recurrent === undefined ? tiles * samples : Math.ceil(samples / sampleBlock)],
        // A convolution below reads its gradient; the weights must still be those of the forward pass.
        ...(below?.convolution === undefined || delay !== undefined ? [] : [[`spread${index}`, samples] as const]),
        ...(normalization === undefined
          ? [[`${prefix}.small${index}`, tiles] as const]
          : normalizedBackward(layer, samples, prefix)),
        ...(below === undefined || delay === undefined ? [] : sendBack(layer, delay, below, samples)),
        ...own,
        ...(recurrent === undefined
          ? []
          : [...columns(String(index)), [`${prefix}.recurrent${index}`, tiles * neuronCount] as const]),
      ];
    },
    transpose: () => [
      ...(below === undefined
        ? []
        : delay !== undefined
          ? [[`transpose${index}`, rowTiles(delay) * neuronCount] as const]
          : [
              [`transpose${index}`, below.convolution === undefined ? below.tiles * neuronCount : neuronCount] as const,
            ]),
      ...(recurrent === undefined ? [] : [[`transposeRecurrent${index}`, tiles * neuronCount] as const]),
    ],
  };
}
