import { cellCount } from "../../model/network/index.ts";
import type { IntegerRange } from "../../base/index.ts";
import { convolutionWalk, type IntegerConvolution, type SynapseWalk } from "./convolution.ts";
import type { IntegerLayer } from "./integer-network.ts";

/** The shape of a layer's synapses. */
export type SynapseShape = Pick<IntegerLayer, "inputCount" | "neuronCount" | "convolution" | "isRecurrent">;

/** A layer whose synapses are a convolution. */
export interface ConvolutionLayer extends IntegerLayer {
  readonly convolution: IntegerConvolution;
}

export function isConvolution(layer: IntegerLayer): layer is ConvolutionLayer {
  return layer.convolution !== undefined;
}

/** Rows of events that reach a layer's synapses: its inputs, then its own neurons when it is recurrent. */
export function eventCount({ inputCount, neuronCount, isRecurrent }: SynapseShape): number {
  return inputCount + (isRecurrent === true ? neuronCount : 0);
}

/** Accumulators of a layer. */
export function sumCount({ neuronCount, convolution }: SynapseShape): number {
  return convolution === undefined ? neuronCount : cellCount(convolution.sums);
}

/** Weights that a layer stores. */
export function weightCount(shape: SynapseShape): number {
  const { convolution: c, neuronCount } = shape;
  if (c === undefined) return eventCount(shape) * neuronCount;
  return c.kernelRows * c.kernelColumns * (c.input.channels / c.groups) * c.sums.channels;
}

/** The last axis of a layer's weights: neurons, or output channels. */
export function weightColumns({ neuronCount, convolution }: SynapseShape): number {
  return convolution === undefined ? neuronCount : convolution.sums.channels;
}

/** How spikes reach accumulators. */
export function synapseWalk({ neuronCount, convolution }: SynapseShape): SynapseWalk {
  if (convolution !== undefined) return convolutionWalk(convolution);
  return (input, visit) => {
    const row = input * neuronCount;
    for (let n = 0; n < neuronCount; n++) visit(n, row + n);
  };
}

/** Synapses as if nothing were zero, and those with a weight, for each event. */
export function fanOuts(layer: IntegerLayer): { readonly all: Float64Array; readonly nonZero: Float64Array } {
  const all = new Float64Array(eventCount(layer));
  const nonZero = new Float64Array(all.length);
  const walk = synapseWalk(layer);
  for (let event = 0; event < all.length; event++) {
    walk(event, (_, weight) => {
      all[event] = (all[event] ?? 0) + 1;
      if (layer.weights[weight] !== 0) nonZero[event] = (nonZero[event] ?? 0) + 1;
    });
  }
  return { all, nonZero };
}

/**
 * Bounds of what any neuron can accumulate in one step, each event at most once, before and after its bias; they include 0.
 */
export function accumulatorRange(
  shape: SynapseShape,
  { weights, bias }: { readonly weights: Int16Array; readonly bias?: Int32Array | undefined },
): IntegerRange {
  const low = new Int32Array(sumCount(shape));
  const high = new Int32Array(low.length);
  const walk = synapseWalk(shape);
  for (let event = 0; event < eventCount(shape); event++) {
    walk(event, (cell, at) => {
      const weight = weights[at] ?? 0;
      if (weight < 0) low[cell] = (low[cell] ?? 0) + weight;
      else high[cell] = (high[cell] ?? 0) + weight;
    });
  }
  const range = { low: 0, high: 0 };
  for (let cell = 0; cell < low.length; cell++) {
    const offset = bias?.[cell % bias.length] ?? 0;
    range.low = Math.min(range.low, (low[cell] ?? 0) + Math.min(0, offset));
    range.high = Math.max(range.high, (high[cell] ?? 0) + Math.max(0, offset));
  }
  return range;
}
