// What a convolution learns from the gradients that its samples left, in the order of the samples; and its weights for the way back.

import { assertDefined } from "../../../base/index.ts";
import { poolingShare } from "../../../model/network/index.ts";
import { apply, i32, KernelBuilder, load, sum, times, vector, type Kernel } from "../../kernel/language.ts";
import { addVectors, argument, argumentCount, loadVectors, zeroVectors } from "../code.ts";
import { learner, type Learning } from "../learn.ts";
import type { LayerPlan, Plan } from "../plan.ts";
import { sampleGroups, type BelowPlan } from "./plan.ts";

/** Units: pairs of vectors. Weights, from the gradients of all groups of samples. */
export function groupWeightsKernel(name: string, plan: Plan, layer: LayerPlan, learning: Learning): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { weightGradients, weightBytes } = assertDefined(layer.convolution, "convolution");
  const learn = learner(k, plan, learning);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const at = k.keep(times(unit, 32));
    const totals = loadVectors(k, at, weightGradients, 8);
    for (let group = 1; group < sampleGroups; group++) addVectors(k, totals, at, weightGradients + group * weightBytes);
    learn(at, layer.weights, totals);
  });
  return k.finish();
}

/** Units: vectors of a pixel. Bias. */
export function channelBiasKernel(name: string, plan: Plan, layer: LayerPlan, learning: Learning): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { pixelWidth, window, layer: shape } = assertDefined(layer.convolution, "convolution");
  const learn = learner(k, plan, learning);
  const pixelsBytes = 4 * shape.output.rows * shape.output.columns * pixelWidth;
  // Every position of a window has the bias; a maximum takes one of them.
  const copies = window.kind === "max" ? 1 : window.size ** 2 * poolingShare(window);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const at = k.keep(times(unit, 16));
    const total = zeroVectors(k, 4);
    k.loop(i32(0), k.argument(argument.samples), 1, (sample) => {
      const cell = k.keep(sum(times(sample, layer.tileBytes), at));
      k.loop(cell, sum(cell, i32(pixelsBytes)), 4 * pixelWidth, (pixel) => {
        addVectors(k, total, pixel, layer.inputGradientSum);
      });
    });
    learn(
      at,
      layer.bias,
      total.map((gradient) => k.keep(apply("v.mul", gradient, vector(copies)))),
    );
  });
  return k.finish();
}

/** Units: pairs of vectors of a row of neurons. Per-neuron parameters. */
export function neuronParametersKernel(name: string, plan: Plan, layer: LayerPlan, learning: Learning): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const learn = learner(k, plan, learning);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const at = k.keep(times(unit, 32));
    for (const { values, perSample } of layer.parameters.values()) {
      const totals = zeroVectors(k, 8);
      k.loop(i32(0), k.argument(argument.samples), 1, (sample) => {
        addVectors(k, totals, k.keep(sum(times(sample, layer.tileBytes), at)), perSample);
      });
      learn(at, values, totals);
    }
  });
  return k.finish();
}

/** Units: kernel rows. Weights [row of the kernel][column][input channel][place] as [row][place][column][place of the input]. */
export function transposeConvolutionKernel(name: string, layer: LayerPlan, below: BelowPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { kernelColumns, groupInputs, pixelWidth, layer: shape } = assertDefined(layer.convolution, "convolution");
  const { inputWidth, transposed } = below;
  const { lanes: inputLanes } = below.shape;
  const groupPlaces = pixelWidth / shape.groups;
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (row) => {
    const from = k.keep(times(row, kernelColumns * groupInputs * pixelWidth * 4));
    const to = k.keep(times(row, pixelWidth * kernelColumns * inputWidth * 4));
    k.loop(i32(0), i32(pixelWidth), 1, (place) => {
      const group = k.keep(apply("i32.div_u", place, i32(groupPlaces)));
      k.loop(i32(0), i32(kernelColumns), 1, (column) => {
        k.loop(i32(0), i32(groupInputs), 1, (input) => {
          const channel = k.keep(sum(times(group, groupInputs), input));
          const laneGroup = k.keep(apply("i32.div_u", channel, i32(inputLanes.count)));
          const inGroup = apply("i32.sub", channel, times(laneGroup, inputLanes.count));
          const inputPlace = sum(times(laneGroup, inputLanes.width), inGroup);
          const source = sum(times(sum(times(column, groupInputs), input), pixelWidth), place);
          const target = sum(times(sum(times(place, kernelColumns), column), inputWidth), inputPlace);
          const value = load("f32", sum(from, times(source, 4)), layer.weights.values);
          k.store(sum(to, times(target, 4)), transposed, value);
        });
      });
    });
  });
  return k.finish();
}

/** Units: neurons of a dense layer. Its weights as the convolution below lies: [neuron][place]. */
export function transposeToPlacesKernel(name: string, layer: LayerPlan, below: LayerPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { width, inputCount, transposed } = layer;
  const { count, width: laneWidth } = below.lanes;
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (neuron) => {
    const tile = k.keep(apply("i32.div_u", neuron, i32(width)));
    const lane = k.keep(apply("i32.sub", neuron, times(tile, width)));
    const from = k.keep(times(sum(times(tile, inputCount * width), lane), 4));
    const to = k.keep(times(neuron, below.tileBytes));
    k.loop(i32(0), i32(inputCount / count), 1, () => {
      k.loop(i32(0), i32(4 * count), 4, (at) => {
        k.store(sum(to, at), assertDefined(transposed, "transposed weights"), load("f32", from, layer.weights.values));
        k.set(from, sum(from, i32(4 * width)));
      });
      k.set(to, sum(to, i32(4 * laneWidth)));
    });
  });
  return k.finish();
}

/** Units: samples. From a dense layer's gradient to the spikes of the convolution below. */
export function spreadKernel(name: string, plan: Plan, layer: LayerPlan, below: LayerPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const rows = plan.maxSampleCount * plan.sampleRows;
  const { spikeGradient } = assertDefined(below.convolution, "convolution");
  const transposed = assertDefined(layer.transposed, "transposed weights");
  const gradient = assertDefined(layer.saved[0], "gradient");
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (sample) => {
    const first = k.keep(times(sample, plan.sampleRows));
    // Two vectors of many neurons at a time keep their weights in cache while all steps pass.
    k.loop(i32(0), i32(below.tileBytes), 32, (column) => {
      k.loop(first, sum(first, k.argument(argument.steps)), 1, (row) => {
        const totals = zeroVectors(k, 8);
        const weights = k.keep(column);
        const upper = (tile: number, count: number): void => {
          const from = k.keep(times(sum(row, i32(tile * rows)), layer.tileBytes));
          k.loop(from, sum(from, i32(4 * count)), 4, (at) => {
            const d = k.keep(apply("v.splat", load("f32", at, gradient)));
            const products = totals.map((_, j) =>
              k.keep(apply("v.mul", d, load("v128", weights, transposed + 16 * j))),
            );
            totals.forEach((total, j) => k.set(total, apply("v.add", total, assertDefined(products[j], "product"))));
            k.set(weights, sum(weights, i32(below.tileBytes)));
          });
        };
        for (let tile = 0; tile < layer.tiles; tile++) {
          upper(tile, Math.min(layer.width, layer.neuronCount - tile * layer.width));
        }
        const to = k.keep(sum(times(row, below.tileBytes), column));
        totals.forEach((total, j) => k.store(to, spikeGradient + 16 * j, total));
      });
    });
  });
  return k.finish();
}
