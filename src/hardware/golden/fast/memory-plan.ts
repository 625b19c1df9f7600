// Where everything of a fast golden model lies in the module's memory, in bytes. Layers run one after the other over a block of
// samples, so that one buffer of spike bits and one of event lists serve all of them.

import type { IntegerLayer, IntegerNetwork } from "../integer-network.ts";
import { planLanes, type LanePlan } from "./lane-plan.ts";

export interface FastLayerPlan {
  readonly lanes: LanePlan;
  /** Words of spike bits per row: 32 neurons each, the last ones may not exist. */
  readonly rowWords: number;
  /** Words that one tile fills; divides `rowWords`. */
  readonly tileWords: number;
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
    bits: take(rows * 4 * Math.ceil(mostNeurons / 32)),
    starts: take((rows + 1) * 4),
    index: take(rows * mostInputs * 2),
    byteCount: next,
  };
}

/** Weights as a tile's kernel reads them, missing neurons as zeros. */
export function tiledWeights(layer: IntegerLayer, plan: FastLayerPlan): Int8Array | Int16Array {
  const { inputCount, neuronCount, weights } = layer;
  const width = plan.tileWords * 32;
  const size = inputCount * plan.rowWords * 32;
  const tiled = plan.lanes.weightBytes === 1 ? new Int8Array(size) : new Int16Array(size);
  for (let tile = 0; tile * width < neuronCount; tile++) {
    const columns = Math.min(width, neuronCount - tile * width);
    for (let input = 0; input < inputCount; input++) {
      const from = input * neuronCount + tile * width;
      tiled.set(weights.subarray(from, from + columns), (tile * inputCount + input) * width);
    }
  }
  return tiled;
}

// ---------------------------------------------------------------------------------------------------------------------

function planLayer(layer: IntegerLayer, take: (bytes: number) => number): FastLayerPlan {
  const lanes = planLanes(layer.weights, layer.accumulator);
  const rowWords = Math.ceil(layer.neuronCount / 32);
  const tileWords = [2, 1].find((words) => rowWords % words === 0) ?? 1;
  const weights = take(layer.inputCount * rowWords * 32 * lanes.weightBytes);
  return { lanes, rowWords, tileWords, weights };
}
