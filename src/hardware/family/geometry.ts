import { signedBits, unsignedBits } from "../../base/index.ts";
import { stateBitsOf } from "../../model/neuron/index.ts";
import { eventCount, sumCount, unionCount, windowCount, type IntegerLayer, type Windows } from "../golden/index.ts";
import type { HardwareChoice } from "./family.ts";

/** Sizes of one layer's hardware that follow from the network and the lanes; every reading of a mapping uses these. */
export interface Geometry {
  readonly lanes: number;
  /** Groups of neurons: ⌈neurons / lanes⌉. */
  readonly groups: number;
  /** Groups of accumulators; more than those of neurons where a neuron sees the largest of several. */
  readonly sumGroups: number;
  /** Groups at one position of a grid; all of them without a grid. */
  readonly words: number;
  readonly groupBits: number;
  /** Addresses of events that the weight fetch takes. */
  readonly inputBits: number;
  /** Addresses of events that the layer hands over. */
  readonly events: number;
  readonly addressBits: number;
  readonly sumBits: number;
  /** All state variables of one neuron together. */
  readonly stateBits: number;
  /** One group of weights. */
  readonly wordBits: number;
  /** Of one bias; 0 without. */
  readonly biasBits: number;
  /** Tokens that the FIFO behind this layer holds: two whole steps. */
  readonly fifoDepth: number;
  /** How the update pass combines positions; undefined when it does not. */
  readonly window: UpdateWindow | undefined;
}

/** Windows of positions that an update pass combines: `largest` sums before the neurons, or the `union` of their spikes. */
export interface UpdateWindow {
  readonly combine: "largest" | "union";
  readonly size: number;
  /** Windows. */
  readonly rows: number;
  readonly columns: number;
  /** Positions of a row of the grid. */
  readonly gridColumns: number;
}

export function geometryOf(layer: IntegerLayer, lanes: number): Geometry {
  const { convolution, bias, union, neuronCount } = layer;
  const sumGroups = Math.ceil(sumCount(layer) / lanes);
  const events = union === undefined ? neuronCount : unionCount(union);
  const window = updateWindow(layer);
  const channels = convolution?.sums.channels ?? (window?.combine === "union" ? union?.grid.channels : undefined);
  return {
    lanes,
    groups: Math.ceil(neuronCount / lanes),
    sumGroups,
    words: channels === undefined ? sumGroups : channels / lanes,
    groupBits: addressBits(sumGroups),
    inputBits: addressBits(eventCount(layer)),
    events,
    addressBits: addressBits(events),
    sumBits: signedBits(layer.accumulator),
    stateBits: stateBitsOf(layer.neuron),
    wordBits: lanes * layer.weightBits,
    biasBits: bias === undefined ? 0 : signedBits({ low: Math.min(0, ...bias), high: Math.max(0, ...bias) }),
    fifoDepth: 2 * (events + 1),
    window,
  };
}

/** Bits that address `depth` words; at least 1, as `$clog2` in `hdl/`. */
export function addressBits(depth: number): number {
  return depth > 1 ? unsignedBits(depth - 1) : 1;
}

/** Positions of a window; 1 without windows. */
export function windowCells(window: UpdateWindow | undefined): number {
  return window === undefined ? 1 : window.size ** 2;
}

/** Groups of accumulators that an update pass visits; what fills no window is left out. */
export function visitedGroups({ window, words, sumGroups }: Geometry): number {
  return window === undefined ? sumGroups : window.rows * window.columns * windowCells(window) * words;
}

/** The stored groups of compressed rows: for each event, the groups that hold a non-zero weight, ascending. */
export function storedGroups(layer: IntegerLayer, lanes: number): number[][] {
  const groups = Math.ceil(layer.neuronCount / lanes);
  const { neuronCount, weights } = layer;
  return Array.from({ length: eventCount(layer) }, (_, input) => {
    const stored: number[] = [];
    for (let g = 0; g < groups; g++) {
      const end = input * neuronCount + Math.min(neuronCount, (g + 1) * lanes);
      let at = input * neuronCount + g * lanes;
      while (at < end && weights[at] === 0) at++;
      if (at < end) stored.push(g);
    }
    return stored;
  });
}

/** Whether every row of every step is fetched, spike or not. */
export function readsEveryRow(choice: HardwareChoice): boolean {
  return choice.family === "dense";
}

/** Whether a layer's weights lie in compressed rows; kernels are small and stay dense. */
export function storesBlocks(layer: IntegerLayer, choice: HardwareChoice): boolean {
  return !readsEveryRow(choice) && choice.weightStorage === "blocks" && layer.convolution === undefined;
}

// ---------------------------------------------------------------------------------------------------------------------

function updateWindow({ convolution, union }: IntegerLayer): UpdateWindow | undefined {
  if (convolution?.largest !== undefined) return windowsOf("largest", convolution.sums, convolution.largest);
  return union === undefined ? undefined : windowsOf("union", union.grid, union);
}

function windowsOf(
  combine: UpdateWindow["combine"],
  grid: { readonly rows: number; readonly columns: number },
  windows: Windows,
): UpdateWindow {
  return {
    combine,
    size: windows.size,
    rows: windowCount(grid.rows, windows),
    columns: windowCount(grid.columns, windows),
    gridColumns: grid.columns,
  };
}
