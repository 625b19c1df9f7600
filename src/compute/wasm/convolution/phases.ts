// Convolutions: samples forwards, groups of samples backwards, then the groups' gradients together.

import { assertDefined } from "../../../base/index.ts";
import type { Call, LayerPhases } from "../layer-phases.ts";
import type { LayerPlan, Plan } from "../plan.ts";
import { normalizedConvolutionBackward, normalizedConvolutionForward } from "./normalize.ts";
import { patternsPay } from "./patterns.ts";
import { sampleGroups } from "./plan.ts";

export function convolutionPhases(_plan: Plan, layer: LayerPlan): LayerPhases {
  const { index } = layer;
  const convolution = assertDefined(layer.convolution, "convolution");
  const { patterns, isCopied, below, kernelRows, pixelWidth, weightBytes } = convolution;
  const weightUnits = weightBytes / 32;
  return {
    methodFor: (density) => (patternsPay(density) ? "tables" : "events"),
    allows: (method) => method !== "tables" || patterns !== undefined,
    direct: ({ samples }) => [["direct", samples]],
    forward: ({ samples, steps, training }, method) => {
      const suffix = { direct: "Direct", events: `Events${index}`, tables: `Tables${index}` }[method];
      return [
        ...(isCopied && method !== "direct" ? [[`grid${index}`, samples * steps] as const] : []),
        ...(method === "tables" ? [[`patterns${index}`, kernelRows] as const] : []),
        ...(layer.normalization === undefined
          ? [[`${training ? "train" : "infer"}${suffix}`, samples] as const]
          : normalizedConvolutionForward(layer, { samples, training }, suffix)),
      ];
    },
    backward: ({ samples }, method, learning) => {
      const prefix = learning ? "learn" : "gradient";
      const own = {
        direct: (): Call[] => [
          ["directGradients", sampleGroups],
          [`${prefix}.weights${index}`, weightUnits],
        ],
        tables: (): Call[] => [[`${prefix}.patterns${index}`, kernelRows * assertDefined(patterns, "patterns").bits]],
        events: (): Call[] => [[`${prefix}.weights${index}`, weightUnits]],
      }[method]();
      const kind = { direct: "Direct", events: `Events${index}`, tables: `Tables${index}` }[method];
      const isNormalized = layer.normalization !== undefined;
      return [
        ...(isNormalized ? normalizedConvolutionBackward(layer, samples, prefix) : []),
        [`backward${kind}`, sampleGroups],
        ...own,
        ...(layer.layer.bias === undefined || isNormalized
          ? []
          : [[`${prefix}.bias${index}`, pixelWidth / 4] as const]),
        ...(layer.parameters.size === 0 ? [] : [[`${prefix}.parameters${index}`, layer.tileBytes / 32] as const]),
      ];
    },
    transpose: () => (below === undefined ? [] : [[`transpose${index}`, kernelRows]]),
  };
}
