// All kernels of a network, by name, as one module.

import { assertDefined } from "../../base/index.ts";
import type { CompileOptions } from "../backend.ts";
import type { Kernel } from "../kernel/language.ts";
import type { Phase } from "../../platform/index.ts";
import { convolutionKernels } from "./convolution/kernels.ts";
import { spreadKernel, transposeToPlacesKernel } from "./convolution/learn.ts";
import { delayKernel, sendBackKernels } from "./delay.ts";
import { currentsKernel, gatherNormalized, normalizationKernels, scaleKernel } from "./normalize.ts";
import { backwardKernel, recurrentBackwardKernel } from "./backward.ts";
import { directForwardKernel, forwardKernel, gatherEvents, recurrentForwardKernel } from "./forward.ts";
import {
  directWeightsKernel,
  effectiveKernel,
  eventWeightsKernel,
  smallWeightsKernel,
  transposeKernel,
  updateKernel,
} from "./learn.ts";
import {
  countColumnsKernel,
  countSpikesKernel,
  fillColumnsKernel,
  packBytesKernel,
  placeColumnsKernel,
  reorderWordsKernel,
  rowListsKernel,
} from "./lists.ts";
import { gatherTables, tableWeightsKernel, transposeBitsKernel } from "./tables.ts";
import type { Trained } from "./memory-layout.ts";
import { widthOf, type LayerPlan, type Plan } from "./plan.ts";
import type { SourcePlan } from "./source-plan.ts";

/** The kernels that a compiled network may call; the names of a layer's end in its number. */
export function networkKernels(plan: Plan, options: CompileOptions): Kernel[] {
  const { input, delay } = assertDefined(plan.layers[0], "first layer");
  const first = delay?.sent ?? input;
  return [
    packBytesKernel("packBytes", plan, first),
    reorderWordsKernel("reorderWords", plan, first),
    ...sourceKernels("Input", plan, first),
    ...plan.layers.flatMap((layer) => [
      ...sourceKernels(String(layer.index), plan, layer.output),
      ...(layer.convolution === undefined ? layerKernels : convolutionKernels)(plan, layer, options),
      ...arrayKernels(plan, layer, options),
    ]),
  ];
}

/** Kernels of spikes are named after their source: the input of layer 0, or the layer before, or their delayed spikes. */
export function sourceOf({ index, delay }: Pick<LayerPlan, "index" | "delay">): string {
  if (delay !== undefined) return `Delayed${index}`;
  return index === 0 ? "Input" : String(index - 1);
}

/** Phases by kernel name. */
export class Program {
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(kernels: readonly Kernel[]) {
    this.#numbers = new Map(kernels.map(({ name }, number) => [name, number]));
  }

  phase(name: string, units: number, batch: { readonly samples: number; readonly steps: number }): Phase {
    const { samples, steps } = batch;
    return { kernel: assertDefined(this.#numbers.get(name), `kernel ${name}`), units, a: samples, b: steps };
  }
}

/** The trained arrays of a layer by name. */
export function trainedOf(layer: LayerPlan): readonly (readonly [name: string, array: Trained])[] {
  return [
    ["weights", layer.weights],
    ...(layer.layer.bias === undefined ? [] : [["bias", layer.bias] as const]),
    ...(layer.recurrent === undefined ? [] : [["recurrent", layer.recurrent.weights] as const]),
    ...(layer.normalization === undefined ? [] : [["scale", layer.normalization.scale] as const]),
    ...Array.from(layer.parameters, ([name, { values }]) => [`parameter.${name}`, values] as const),
  ];
}

// ---------------------------------------------------------------------------------------------------------------------

function sourceKernels(suffix: string, plan: Plan, source: SourcePlan): Kernel[] {
  const count = countSpikesKernel(`spikes${suffix}`, plan, source);
  if (!source.isListed) return [count];
  return [
    count,
    rowListsKernel(`rows${suffix}`, plan, source),
    countColumnsKernel(`countColumns${suffix}`, plan, source),
    placeColumnsKernel(`placeColumns${suffix}`, plan, source),
    fillColumnsKernel(`fillColumns${suffix}`, plan, source),
  ];
}

function layerKernels(plan: Plan, layer: LayerPlan, options: CompileOptions): Kernel[] {
  const { index, recurrent } = layer;
  const { surrogate, optimizer } = options;
  const next = plan.layers[index + 1];
  // Delayed synapses send their gradient back by themselves.
  const above = next?.delay === undefined ? next : undefined;
  const kernels = extraKernels(plan, layer, options);
  for (const training of [false, true]) {
    const how = { training, surrogate };
    const name = training ? "train" : "infer";
    if (recurrent === undefined) {
      kernels.push(forwardKernel(`${name}Events${index}`, plan, layer, how, { gather: gatherEvents(layer) }));
      kernels.push(forwardKernel(`${name}Tables${index}`, plan, layer, how, gatherTables(plan, layer)));
      if (index === 0) kernels.push(forwardKernel(`${name}Direct`, plan, layer, how, {}));
    } else {
      kernels.push(recurrentForwardKernel(`${name}Events${index}`, plan, layer, how));
    }
  }
  const backward = recurrent === undefined ? backwardKernel : recurrentBackwardKernel;
  kernels.push(backward(`backward${index}`, plan, layer, above, surrogate));
  for (const learning of optimizer === undefined ? [undefined] : [undefined, optimizer]) {
    kernels.push(
      ...learningKernels(plan, layer, learning === undefined ? "gradient" : "learn", { optimizer: learning }),
    );
  }
  if (recurrent === undefined) kernels.push(transposeBitsKernel(`transposeBits${index}`, plan, layer));
  if (index === 0) kernels.push(directForwardKernel("direct", plan, layer));
  kernels.push(...transposes(plan, layer));
  return kernels;
}

/** What every trained array needs, however its layer runs. */
function arrayKernels(plan: Plan, layer: LayerPlan, { optimizer }: CompileOptions): Kernel[] {
  return trainedOf(layer).flatMap(([name, array]) => [
    ...(array.transform === undefined ? [] : [effectiveKernel(`effective.${name}${layer.index}`, array)]),
    ...(optimizer === undefined ? [] : [updateKernel(`update.${name}${layer.index}`, plan, array, optimizer)]),
  ]);
}

/** What normalization and delays of a layer add. */
function extraKernels(plan: Plan, layer: LayerPlan, { surrogate, optimizer }: CompileOptions): Kernel[] {
  const { index, normalization, delay } = layer;
  const kernels: Kernel[] = [];
  if (normalization !== undefined) {
    const normalized = { layer, normalization };
    const gather = gatherNormalized(plan, normalized);
    kernels.push(
      ...normalizationKernels(plan, normalized),
      currentsKernel(`currentsEvents${index}`, plan, normalized, { gather: gatherEvents(layer) }),
      currentsKernel(`currentsTables${index}`, plan, normalized, gatherTables(plan, layer)),
      forwardKernel(`trainNormalized${index}`, plan, layer, { training: true, surrogate }, { gather }),
      forwardKernel(`inferNormalized${index}`, plan, layer, { training: false, surrogate }, { gather }),
      scaleKernel(`gradient.scale${index}`, plan, normalized, { optimizer: undefined }),
      ...(index === 0 ? [currentsKernel("currentsDirect", plan, normalized, {})] : []),
      ...(optimizer === undefined ? [] : [scaleKernel(`learn.scale${index}`, plan, normalized, { optimizer })]),
    );
  }
  if (delay !== undefined) {
    kernels.push(delayKernel(plan, { layer, delay }), ...sourceKernels(`Delayed${index}`, plan, layer.input));
    const below = plan.layers[index - 1];
    if (below !== undefined) kernels.push(...sendBackKernels(plan, { layer, delay }, below));
  }
  return kernels;
}

function learningKernels(
  plan: Plan,
  layer: LayerPlan,
  prefix: string,
  learning: Parameters<typeof smallWeightsKernel>[3],
): Kernel[] {
  const { index, input, output, weights, recurrent } = layer;
  const events = { lists: input.columns, graded: input.graded, sources: layer.inputCount, target: weights, later: 0 };
  const kernels = [
    eventWeightsKernel(`${prefix}.events${index}`, plan, layer, events, learning),
    smallWeightsKernel(`${prefix}.small${index}`, plan, layer, learning),
  ];
  if (recurrent === undefined) kernels.push(tableWeightsKernel(`${prefix}.tables${index}`, plan, layer, learning));
  else {
    const own = {
      lists: output.columns,
      graded: output.graded,
      sources: layer.neuronCount,
      target: recurrent.weights,
      later: 1,
    };
    kernels.push(eventWeightsKernel(`${prefix}.recurrent${index}`, plan, layer, own, learning));
  }
  if (index === 0) kernels.push(directWeightsKernel(`${prefix}.direct`, plan, layer, learning));
  return kernels;
}

function transposes(plan: Plan, layer: LayerPlan): Kernel[] {
  const { index, neuronCount, width, recurrent, transposed } = layer;
  const kernels: Kernel[] = [];
  const below = plan.layers[index - 1];
  if (below?.convolution !== undefined && layer.delay === undefined) {
    kernels.push(transposeToPlacesKernel(`transpose${index}`, layer, below));
    kernels.push(spreadKernel(`spread${index}`, plan, layer, below));
  } else if (transposed !== undefined) {
    const sources = layer.inputCount;
    const from = layer.weights.values;
    const sourceWidth = widthOf(sources);
    kernels.push(
      transposeKernel(`transpose${index}`, { from, to: transposed, sources, neuronCount, width, sourceWidth }),
    );
  }
  if (recurrent !== undefined) {
    const shape = { sources: neuronCount, neuronCount, width, sourceWidth: width };
    kernels.push(
      transposeKernel(`transposeRecurrent${index}`, {
        from: recurrent.weights.values,
        to: recurrent.transposed,
        ...shape,
      }),
    );
  }
  return kernels;
}
