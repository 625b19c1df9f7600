// Where everything of a compiled network lies in the module's memory, in bytes. Rows are (sample, step) with time inside, so
// that one neuron's state stays in registers over time; columns are padded to whole tiles of 16 neurons.

import { UserError } from "../../base/index.ts";
import { denseLayers, layerInputCount, type Network } from "../../model/network/index.ts";
import { neuronOf } from "../../model/neuron/index.ts";

/** Neurons served at once: four vectors of four. */
export const tileSize = 16;

export interface Matrix {
  readonly address: number;
  /** Rows of `stride` bytes. */
  readonly stride: number;
  readonly rows: number;
}

/** Event lists of one layer: for each row, positions in `index` between `start` and `end`; entries are byte offsets of rows. */
export interface EventLists {
  readonly start: number;
  readonly end: number;
  readonly index: number;
  readonly capacity: number;
}

export interface LayerPlan {
  readonly inputCount: number;
  readonly neuronCount: number;
  readonly tiles: number;
  readonly stateNames: readonly string[];
  readonly weights: Matrix;
  readonly weightGradient: Matrix;
  /** Weights the other way round, for the gradient to the layer below; absent for the first layer. */
  readonly transposed: Matrix | undefined;
  readonly recurrent:
    | { readonly weights: Matrix; readonly gradient: Matrix; readonly transposed: Matrix; readonly lists: EventLists }
    | undefined;
  readonly lists: EventLists;
  /** Bias and direct input, per sample. */
  readonly base: Matrix;
  /** Present state, one matrix per variable, per sample. */
  readonly state: readonly Matrix[];
  /** What each step read: input first, then the state variables; per row. */
  readonly saved: readonly Matrix[];
  /** dLoss/dSpike that is the same in every step, per sample. */
  readonly staticGradient: Matrix;
  /** dLoss/dSpike from the layer above, per row. */
  readonly spikeGradient: Matrix;
  /** dLoss/dInput, per row. */
  readonly inputGradient: Matrix;
  /** dLoss/dState carried back in time, one matrix per variable, per sample. */
  readonly carried: readonly Matrix[];
  /** Spikes summed over steps, per sample. */
  readonly counts: Matrix;
  /** One word of spike bits per tile, per row. */
  readonly masks: Matrix;
}

export interface Plan {
  readonly stepCount: number;
  readonly maxSampleCount: number;
  readonly layers: readonly LayerPlan[];
  /** Values of a direct input, per sample. */
  readonly values: Matrix;
  readonly byteCount: number;
}

const largest = 2 ** 32 - 2 ** 16;

/** @throws `compute/too-large` when a batch of `maxSampleCount` needs more than 4 GiB */
export function planMemory(network: Network, maxSampleCount: number): Plan {
  let next = 64;
  const take = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const matrix = (rows: number, columns: number): Matrix => {
    const stride = Math.ceil(columns / tileSize) * tileSize * 4;
    return { address: take(rows * stride), stride, rows };
  };
  const rows = maxSampleCount * network.stepCount;
  const lists = (sources: number): EventLists => {
    const capacity = rows * sources;
    return { start: take(4 * rows), end: take(4 * rows), index: take(4 * capacity), capacity };
  };
  const layers = denseLayers(network).map((layer, index): LayerPlan => {
    const inputCount = layerInputCount(network, index);
    const { neuronCount } = layer;
    const stateNames = neuronOf(layer.neuron).state;
    const perState = (count: number): Matrix[] => stateNames.map(() => matrix(count, neuronCount));
    return {
      inputCount,
      neuronCount,
      tiles: Math.ceil(neuronCount / tileSize),
      stateNames,
      weights: matrix(inputCount, neuronCount),
      weightGradient: matrix(inputCount, neuronCount),
      transposed: index === 0 ? undefined : matrix(neuronCount, inputCount),
      recurrent:
        layer.recurrentWeights === undefined
          ? undefined
          : {
              weights: matrix(neuronCount, neuronCount),
              gradient: matrix(neuronCount, neuronCount),
              transposed: matrix(neuronCount, neuronCount),
              lists: lists(neuronCount),
            },
      lists: lists(inputCount),
      base: matrix(maxSampleCount, neuronCount),
      state: perState(maxSampleCount),
      saved: [matrix(rows, neuronCount), ...perState(rows)],
      staticGradient: matrix(maxSampleCount, neuronCount),
      spikeGradient: matrix(rows, neuronCount),
      inputGradient: matrix(rows, neuronCount),
      carried: perState(maxSampleCount),
      counts: matrix(maxSampleCount, neuronCount),
      masks: matrix(rows, Math.ceil(neuronCount / tileSize)),
    };
  });
  const values = matrix(maxSampleCount, network.inputCount);
  if (next > largest) {
    const gigabytes = (next / 2 ** 30).toFixed(1);
    throw new UserError(
      "compute/too-large",
      `network "${network.name}": a batch of ${maxSampleCount} samples needs ${gigabytes} GiB, a module can have 4`,
      { exit: "resources", hint: "use a smaller batch" },
    );
  }
  return { stepCount: network.stepCount, maxSampleCount, layers, values, byteCount: next };
}
