// From what arrives at a layer to the currents of its neurons, and back.

import { pool, unpool, type Layer } from "../../model/network/index.ts";
import type { LayerArrays } from "../backend.ts";
import { convolution } from "./convolution.ts";

/** One step of one sample. What arrives are values: 1 for a spike, 0 for silence, a current for direct input. */
export interface Synapses {
  /** Bias plus weighted inputs, inputs in ascending order. Shape [neuron]. */
  currents(arrays: LayerArrays, arriving: Float32Array): Float32Array;
  /** Adds to `gradients`; returns dLoss/dArriving. */
  backward(pass: BackwardPass): Float32Array;
}

export interface BackwardPass {
  readonly arrays: LayerArrays;
  readonly gradients: LayerArrays;
  readonly arriving: Float32Array;
  /** dLoss/dCurrent. Shape [neuron]. */
  readonly gradient: Float32Array;
}

export function synapsesOf(layer: Layer): Synapses {
  const synapses = layer.kind === "dense" ? dense(layer.neuronCount) : convolution(layer);
  const { inputPooling: pooling } = layer;
  if (pooling === undefined) return synapses;
  return {
    currents: (arrays, arriving) => synapses.currents(arrays, pool(arriving, pooling.grid, pooling)),
    backward: (pass) => {
      const pooled = synapses.backward({ ...pass, arriving: pool(pass.arriving, pooling.grid, pooling) });
      return unpool(pooled, pass.arriving, pooling.grid, pooling);
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const { fround } = Math;

function dense(neuronCount: number): Synapses {
  return {
    currents: ({ weights, bias }, arriving) => {
      const sums = new Float32Array(neuronCount);
      if (bias !== undefined) sums.set(bias);
      arriving.forEach((x, i) => {
        if (x === 0) return;
        for (let n = 0; n < neuronCount; n++) {
          sums[n] = fround((sums[n] ?? 0) + fround(x * (weights[i * neuronCount + n] ?? 0)));
        }
      });
      return sums;
    },
    backward: ({ arrays, gradients, arriving, gradient }) => {
      gradients.bias?.forEach((total, n, bias) => (bias[n] = total + (gradient[n] ?? 0)));
      return arriving.map((x, i) => {
        let total = 0;
        for (let n = 0; n < neuronCount; n++) {
          const [g, at] = [gradient[n] ?? 0, i * neuronCount + n];
          if (x !== 0) gradients.weights[at] = (gradients.weights[at] ?? 0) + x * g;
          total += g * (arrays.weights[at] ?? 0);
        }
        return total;
      });
    },
  };
}
