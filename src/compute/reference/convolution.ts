// Convolution in plain loops: kernel rows, kernel columns, input channels, in this order for every sum.

import { cellCount, convolvedGrid, eachSynapse, pool, unpool, type ConvLayer } from "../../model/network/index.ts";
import type { Synapses } from "./synapses.ts";

export function convolution(layer: ConvLayer): Synapses {
  const { pooling } = layer;
  const grid = convolvedGrid(layer);
  const sums = (weights: Float32Array, bias: Float32Array | undefined, values: Float32Array): Float32Array => {
    const totals = new Float32Array(cellCount(grid)).map((_, cell) => bias?.[cell % grid.channels] ?? 0);
    eachSynapse(layer, (from, to, weight) => {
      const x = values[from] ?? 0;
      if (x !== 0) totals[to] = fround((totals[to] ?? 0) + fround(x * (weights[weight] ?? 0)));
    });
    return totals;
  };
  return {
    currents: ({ weights, bias }, arriving) => {
      const totals = sums(weights, bias, arriving);
      return pooling === undefined ? totals : pool(totals, grid, pooling);
    },
    backward: ({ arrays: { weights, bias }, gradients, arriving, gradient }) => {
      const own = pooling === undefined ? gradient : unpool(gradient, sums(weights, bias, arriving), grid, pooling);
      const channelTotals = gradients.bias;
      if (channelTotals !== undefined) {
        own.forEach(
          (g, cell) => (channelTotals[cell % grid.channels] = (channelTotals[cell % grid.channels] ?? 0) + g),
        );
      }
      const below = new Float64Array(arriving.length);
      eachSynapse(layer, (from, to, weight) => {
        const [x, g] = [arriving[from] ?? 0, own[to] ?? 0];
        if (x !== 0) gradients.weights[weight] = (gradients.weights[weight] ?? 0) + x * g;
        below[from] = (below[from] ?? 0) + g * (weights[weight] ?? 0);
      });
      return Float32Array.from(below);
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const { fround } = Math;
