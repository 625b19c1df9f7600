// All kernels of a convolution, by the names that its phases use.

import { assertDefined } from "../../../base/index.ts";
import type { CompileOptions, Surrogate } from "../../backend.ts";
import type { Kernel } from "../../kernel/language.ts";
import type { Learning } from "../learn.ts";
import type { LayerPlan, Plan } from "../plan.ts";
import { convolutionBackwardKernel, directGradientsKernel } from "./backward.ts";
import { convolutionForwardKernel, directConvolutionKernel, type PatchMethod } from "./forward.ts";
import { gridKernel } from "./grids.ts";
import { channelBiasKernel, groupWeightsKernel, neuronParametersKernel, transposeConvolutionKernel } from "./learn.ts";
import { convolutionCurrentsKernel, normalizedConvolutionKernels } from "./normalize.ts";
import { patternSumsKernel, patternWeightsKernel } from "./patterns.ts";

export function convolutionKernels(plan: Plan, layer: LayerPlan, options: CompileOptions): Kernel[] {
  const { index } = layer;
  const { surrogate, optimizer } = options;
  const { patterns, isCopied, below } = assertDefined(layer.convolution, "convolution");
  const methods: readonly (readonly [Exclude<PatchMethod, "normalized">, string])[] = [
    ["events", `Events${index}`],
    ...(patterns === undefined ? [] : [["tables", `Tables${index}`] as const]),
    ...(index === 0 ? [["direct", "Direct"] as const] : []),
  ];
  const { normalization } = layer;
  const normalized = normalization === undefined ? undefined : { layer, normalization };
  const learnings: readonly (readonly [string, Learning])[] = [
    ["gradient", { optimizer: undefined }],
    ...(optimizer === undefined ? [] : [["learn", { optimizer }] as const]),
  ];
  const kernels: Kernel[] = [];
  for (const [method, suffix] of methods) {
    if (normalized === undefined) kernels.push(...forwardKernels(plan, layer, surrogate, method, suffix));
    else kernels.push(convolutionCurrentsKernel(`currents${suffix}`, plan, normalized, method));
    kernels.push(convolutionBackwardKernel(`backward${suffix}`, plan, layer, { surrogate, method }));
  }
  for (const [prefix, how] of learnings) {
    kernels.push(groupWeightsKernel(`${prefix}.weights${index}`, plan, layer, how));
    if (normalized === undefined) kernels.push(channelBiasKernel(`${prefix}.bias${index}`, plan, layer, how));
    kernels.push(neuronParametersKernel(`${prefix}.parameters${index}`, plan, layer, how));
    if (patterns !== undefined) kernels.push(patternWeightsKernel(`${prefix}.patterns${index}`, plan, layer, how));
  }
  if (normalized !== undefined) {
    kernels.push(...normalizedConvolutionKernels(plan, normalized, surrogate, learnings));
    kernels.push(...forwardKernels(plan, layer, surrogate, "normalized", `Normalized${index}`));
  }
  if (patterns !== undefined) kernels.push(patternSumsKernel(`patterns${index}`, layer));
  if (isCopied) kernels.push(gridKernel(`grid${index}`, plan, layer));
  if (below !== undefined) kernels.push(transposeConvolutionKernel(`transpose${index}`, layer, below));
  if (index === 0) kernels.push(directConvolutionKernel("direct", plan, layer));
  if (index === 0) kernels.push(directGradientsKernel("directGradients", plan, layer));
  return kernels;
}

// ---------------------------------------------------------------------------------------------------------------------

function forwardKernels(
  plan: Plan,
  layer: LayerPlan,
  surrogate: Surrogate,
  method: PatchMethod,
  suffix: string,
): Kernel[] {
  return [false, true].map((training) => {
    const name = `${training ? "train" : "infer"}${suffix}`;
    return convolutionForwardKernel(name, plan, layer, { training, surrogate, method });
  });
}
