// Where everything of a fast golden model lies in the module's memory, in bytes. Layers run one after the other over a block of
// samples, so that one buffer of spike bits and one of event lists serve all of them.

import { kernel } from "../../../compute/index.ts";
import type { IntegerLayer, IntegerNetwork } from "../integer-network.ts";
import { isPaired, planLanes, type LanePlan } from "./lane-plan.ts";

/** Neurons whose spikes fill one word. */
export const wordNeurons = 32;

/** Most neurons served at once: as many sums as registers hold, and the weights of a tile mostly stay in the second cache. */
const mostTileNeurons = 64;

/** Weight rows added in one turn of a loop; lists of events are as long as whole turns. */
export const eventsTogether = 4;

export interface FastLayerPlan {
  readonly lanes: LanePlan;
  /** Words of spike bits per row. */
  readonly rowWords: number;
  /** Tiles of the layer and neurons of a tile, a multiple of 32; the last neurons of the last tile may not exist. */
  readonly tiles: number;
  readonly tileNeurons: number;
  /** Weights, shape [tile, input, neuron of the tile]; behind the last input a row of zeros. */
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
  /** The table of `bitListTable`. */
  readonly bitLists: number;
  /** Zeros: sums and states start with them. */
  readonly zeros: number;
  /** Sums of a tile in lanes of 8, 16 and 32 bits, and its state at the end: vectors that are stored are joined by V8. */
  readonly sums: number;
  readonly state: number;
  readonly byteCount: number;
}

/** Rows of (sample, step) in a block: enough that a tile's weights are reused, few enough that a call takes milliseconds. */
const blockRows = 4096;

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
    bits: take(rows * 4 * Math.ceil(mostNeurons / wordNeurons)),
    starts: take((rows + 1) * 4),
    index: take(rows * 2 * (mostInputs + eventsTogether) + 2 * wordNeurons),
    bitLists: take(kernel.bitListBytes),
    zeros: take(4 * mostTileNeurons),
    sums: take(3 * 4 * mostTileNeurons),
    state: take(4 * mostTileNeurons * layers.reduce((most, { neuron }) => Math.max(most, neuron.state.length), 0)),
    byteCount: next,
  };
}

/** Weights as a tile's kernel reads them, missing neurons as zeros. */
export function tiledWeights(layer: IntegerLayer, plan: FastLayerPlan): Int8Array | Int16Array {
  const tiled = inTiles(layer, plan);
  return isPaired(plan.lanes) ? paired(tiled) : tiled;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Of each 32 neurons: 0 and 16 side by side, then 1 and 17, and so on. */
function paired(tiled: Int8Array | Int16Array): Int8Array {
  const pairs = new Int8Array(tiled.length);
  for (let first = 0; first < tiled.length; first += 32) {
    for (let i = 0; i < 16; i++) {
      pairs[first + 2 * i] = (tiled[first + i] ?? 0) + 128;
      pairs[first + 2 * i + 1] = tiled[first + 16 + i] ?? 0;
    }
  }
  return pairs;
}

function inTiles(layer: IntegerLayer, plan: FastLayerPlan): Int8Array | Int16Array {
  const { inputCount, neuronCount, weights } = layer;
  const { tiles, tileNeurons } = plan;
  const size = (inputCount + 1) * tiles * tileNeurons;
  const tiled = plan.lanes.weightBytes === 1 ? new Int8Array(size) : new Int16Array(size);
  for (let tile = 0; tile < tiles; tile++) {
    const columns = Math.min(tileNeurons, neuronCount - tile * tileNeurons);
    for (let input = 0; input < inputCount; input++) {
      const from = input * neuronCount + tile * tileNeurons;
      tiled.set(weights.subarray(from, from + columns), (tile * (inputCount + 1) + input) * tileNeurons);
    }
  }
  return tiled;
}

function planLayer(layer: IntegerLayer, take: (bytes: number) => number): FastLayerPlan {
  const lanes = planLanes(layer.weights, layer.accumulator);
  const rowWords = Math.ceil(layer.neuronCount / wordNeurons);
  const tileNeurons = Math.min(mostTileNeurons, rowWords * wordNeurons);
  const tiles = Math.ceil(layer.neuronCount / tileNeurons);
  const weights = take((layer.inputCount + 1) * tiles * tileNeurons * lanes.weightBytes);
  return { lanes, rowWords, tiles, tileNeurons, weights };
}
