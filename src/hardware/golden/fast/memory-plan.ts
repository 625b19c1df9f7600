// Where everything of a fast golden model lies in the module's memory, in bytes. Layers run one after the other over a block of
// samples, so that one buffer of spike bits and one of event lists serve all of them.

import type { IntegerLayer, IntegerNetwork } from "../integer-network.ts";
import { planLanes, type LanePlan } from "./lane-plan.ts";

/** Neurons served at once: their spikes fill one word, and the weights of a tile mostly stay in the first cache. */
export const tileNeurons = 32;

export interface FastLayerPlan {
  readonly lanes: LanePlan;
  /** Tiles of the layer, and words of spike bits per row; the last neurons of the last tile may not exist. */
  readonly rowWords: number;
  /** Weights, shape [tile, input, neuron of the tile]. */
  readonly weights: number;
}

export interface MemoryPlan {
  /** Samples that run at once. */
  readonly blockSamples: number;
  readonly layers: readonly FastLayerPlan[];
  /** Spike bits, shape [step, sample of the block, word]: of the input, then of each layer in turn. */
  readonly bits: number;
  /** i32 per row (sample, step) and one more: where its events begin in `index`. */
  readonly starts: number;
  /** u16 each: the firing inputs, row after row. */
  readonly index: number;
  readonly byteCount: number;
}

/** Rows of (sample, step) in a block: enough that a tile's weights are reused, few enough that a call takes milliseconds. */
const blockRows = 1024;

export function planMemory(network: IntegerNetwork): MemoryPlan {
  const { layers, stepCount } = network;
  const blockSamples = Math.max(1, Math.floor(blockRows / Math.max(1, stepCount)));
  const rows = blockSamples * stepCount;
  const mostInputs = layers.reduce((most, { inputCount }) => Math.max(most, inputCount), 1);
  const mostNeurons = layers.reduce((most, { neuronCount }) => Math.max(most, neuronCount), mostInputs);
  let next = 0;
  const take = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64;
    return address;
  };
  return {
    blockSamples,
    layers: layers.map((layer) => planLayer(layer, take)),
    bits: take(rows * 4 * Math.ceil(mostNeurons / tileNeurons)),
    starts: take((rows + 1) * 4),
    index: take(rows * mostInputs * 2),
    byteCount: next,
  };
}

/** Weights as a tile's kernel reads them, missing neurons as zeros. */
export function tiledWeights(layer: IntegerLayer, plan: FastLayerPlan): Int8Array | Int16Array {
  const { inputCount, neuronCount, weights } = layer;
  const size = inputCount * plan.rowWords * tileNeurons;
  const tiled = plan.lanes.weightBytes === 1 ? new Int8Array(size) : new Int16Array(size);
  for (let tile = 0; tile < plan.rowWords; tile++) {
    const columns = Math.min(tileNeurons, neuronCount - tile * tileNeurons);
    for (let input = 0; input < inputCount; input++) {
      const from = input * neuronCount + tile * tileNeurons;
      tiled.set(weights.subarray(from, from + columns), (tile * inputCount + input) * tileNeurons);
    }
  }
  return tiled;
}

// ---------------------------------------------------------------------------------------------------------------------

function planLayer(layer: IntegerLayer, take: (bytes: number) => number): FastLayerPlan {
  const lanes = planLanes(layer.weights, layer.accumulator);
  const rowWords = Math.ceil(layer.neuronCount / tileNeurons);
  const weights = take(layer.inputCount * rowWords * tileNeurons * lanes.weightBytes);
  return { lanes, rowWords, weights };
}
