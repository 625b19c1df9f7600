// Synaptic delays, so that events serve them well: the rows of a weight matrix belong to pairs of an input and a delay. A spike is
// an event for each of its input's rows, so many steps later, and nothing else in a layer knows of delays. One row for each input
// are delays of axons; several rows for each are alternatives between which learning weighs; and any delay of every single synapse
// is one row for each delay that an input's synapses have (`delaySynapses`).

import type { Problem } from "../../base/index.ts";
import { tensor } from "../tensor/index.ts";
import type { DenseLayer } from "./layer.ts";

/** Row j of a layer's weights sees input `sources[j]` as it was `steps[j]` steps ago; before the first step it was silent. */
export interface Delays {
  /** Shape [row]. */
  readonly sources: Uint32Array;
  /** 0…`longestDelay`. Shape [row]. */
  readonly steps: Uint8Array;
}

/** The longest delay, in steps. */
export const longestDelay = 255;

/** Every input at each of these delays: row = position in `steps` · inputCount + input. */
export function delayTaps(inputCount: number, steps: readonly number[]): Delays {
  const rows = inputCount * steps.length;
  return {
    sources: Uint32Array.from({ length: rows }, (_, row) => row % inputCount),
    steps: Uint8Array.from({ length: rows }, (_, row) => steps[Math.floor(row / inputCount)] ?? 0),
  };
}

/**
 * A layer whose synapses are delayed one by one. Synapses of an input with equal delays share a row; where a row has no synapse its
 * weight is 0.
 * @param steps  Shape [input, neuron], as the weights of `layer`.
 */
export function delaySynapses(layer: DenseLayer, steps: Uint8Array): DenseLayer {
  const { neuronCount, weights } = layer;
  const rows: { readonly source: number; readonly steps: number; readonly weights: Float32Array }[] = [];
  for (let input = 0; input < weights.data.length / neuronCount; input++) {
    const own = steps.subarray(input * neuronCount, (input + 1) * neuronCount);
    for (const delay of [...new Set(own)].sort((a, b) => a - b)) {
      const values = Float32Array.from(own, (d, n) => (d === delay ? (weights.data[input * neuronCount + n] ?? 0) : 0));
      rows.push({ source: input, steps: delay, weights: values });
    }
  }
  const data = new Float32Array(rows.length * neuronCount);
  rows.forEach((row, i) => data.set(row.weights, i * neuronCount));
  return {
    ...layer,
    weights: tensor([rows.length, neuronCount], data),
    delays: {
      sources: Uint32Array.from(rows, ({ source }) => source),
      steps: Uint8Array.from(rows, (row) => row.steps),
    },
  };
}

/** Everything wrong with delays of a layer that so many inputs reach. */
export function checkDelays({ sources, steps }: Delays, arriving: number, path: string): Problem[] {
  if (sources.length === 0 || sources.length !== steps.length) {
    const message = `expected as many sources as steps, at least one, got ${sources.length} and ${steps.length}`;
    return [{ code: "network/delays", path, message }];
  }
  const stray = sources.findIndex((source) => !(source < arriving));
  if (stray >= 0) {
    const message = `row ${stray}: expected an input 0…${arriving - 1}, got ${sources[stray]}`;
    return [{ code: "network/delays", path: `${path}.sources`, message }];
  }
  const bad = steps.findIndex((step) => !(Number.isInteger(step) && step >= 0 && step <= longestDelay));
  if (bad < 0) return [];
  const message = `row ${bad}: expected whole steps 0…${longestDelay}, got ${steps[bad]}`;
  return [{ code: "network/delays", path: `${path}.steps`, message }];
}
