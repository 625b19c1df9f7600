import { assertDefined, signedBits, unsignedBits } from "../../base/index.ts";
import type { IntegerLayer } from "../golden/index.ts";
import type { HardwareChoice } from "./family.ts";

/** Sizes of one layer's hardware that follow from the network and the lanes; every reading of a mapping uses these. */
export interface Geometry {
  readonly lanes: number;
  /** ⌈neurons / lanes⌉. */
  readonly groups: number;
  readonly groupBits: number;
  readonly inputBits: number;
  readonly addressBits: number;
  readonly sumBits: number;
  /** All state variables of one neuron together. */
  readonly stateBits: number;
  /** One group of weights. */
  readonly wordBits: number;
  /** Tokens that the FIFO behind this layer holds: two whole steps. */
  readonly fifoDepth: number;
}

export function geometryOf(layer: IntegerLayer, lanes: number): Geometry {
  const groups = Math.ceil(layer.neuronCount / lanes);
  return {
    lanes,
    groups,
    groupBits: addressBits(groups),
    inputBits: addressBits(layer.inputCount),
    addressBits: addressBits(layer.neuronCount),
    sumBits: signedBits(layer.accumulator),
    stateBits: layer.neuron.state.reduce((bits, { format }) => bits + format.bits, 0),
    wordBits: lanes * layer.weightBits,
    fifoDepth: 2 * (layer.neuronCount + 1),
  };
}

/** Bits that address `depth` words; at least 1, as `$clog2` in `hdl/`. */
export function addressBits(depth: number): number {
  return depth > 1 ? unsignedBits(depth - 1) : 1;
}

/** The stored groups of compressed rows: for each input, the groups that hold a non-zero weight, ascending. */
export function storedGroups(layer: IntegerLayer, lanes: number): number[][] {
  const groups = Math.ceil(layer.neuronCount / lanes);
  return Array.from({ length: layer.inputCount }, (_, input) => {
    const row = layer.weights.subarray(input * layer.neuronCount, (input + 1) * layer.neuronCount);
    const stored: number[] = [];
    for (let g = 0; g < groups; g++) {
      if (row.subarray(g * lanes, (g + 1) * lanes).some((weight) => weight !== 0)) stored.push(g);
    }
    return stored;
  });
}

/** How a layer's weight fetch spends cycles. `hdl/fetch_*.sv` does exactly this. */
export interface FetchTiming {
  /** Cycles from the acceptance of a spike of input i to that of the next token. */
  readonly spikeCycles: (input: number) => number;
  /** Cycles between the acceptance of a step's end and the first cycle in which the update pass may start, minus one. */
  readonly closingCycles: number;
}

/** Cycles in which the weight fetch drains after a step; the `DrainCycles` of `hdl/layer_core.sv`. */
export function drainCycles(choice: HardwareChoice): number {
  return choice.family === "layer-pipeline" && choice.weightStorage === "blocks" ? 2 : 0;
}

export function fetchTiming(layer: IntegerLayer, choice: HardwareChoice, lanes: number): FetchTiming {
  const rowCycles = Math.max(Math.ceil(layer.neuronCount / lanes), 2);
  if (choice.family === "dense") return { spikeCycles: () => 1, closingCycles: layer.inputCount * rowCycles };
  if (choice.weightStorage === "dense") return { spikeCycles: () => rowCycles, closingCycles: 0 };
  const stored = storedGroups(layer, lanes).map((groups) => Math.max(groups.length + 1, 2));
  return {
    spikeCycles: (input) => assertDefined(stored[input], "row of an input"),
    closingCycles: drainCycles(choice),
  };
}
