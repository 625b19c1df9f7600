// How arrays lie in the module's memory.

import type { ParameterDefinition } from "../../model/neuron/index.ts";
import type { CompileOptions } from "../backend.ts";
import { momentNames } from "../optimizer.ts";
import { constantBytes } from "./code.ts";

/** Neurons in groups of `count`, each group on `width` places: what does not fill its vectors is padded. */
export interface Lanes {
  readonly count: number;
  readonly width: number;
}

/** An array that learns: values, gradient and the optimizer's moments, `floats` each, as [tile][row][width]. */
export interface Trained {
  /** What the forward pass sees. */
  readonly values: number;
  /** What learns: the same address, unless values are made from it by mask and quantizer. */
  readonly masters: number;
  readonly transform: Transform | undefined;
  readonly gradient: number;
  readonly moments: readonly number[];
  readonly floats: number;
  readonly shape: TiledShape;
  /** Learning keeps what is learned in here. */
  readonly range?: ParameterDefinition["range"] | undefined;
}

/** A matrix [row, column] as [tile][row][width], its columns on lanes. */
export interface TiledShape {
  readonly rows: number;
  readonly columns: number;
  readonly lanes: Lanes;
  /** Places of a tile, a multiple of `lanes.width`. */
  readonly width: number;
}

/** value = level · step, or the master itself where nothing quantizes; nothing where step is 0. */
export interface Transform {
  /** For each value: real value of level 1, or 1 without a quantizer; 0 removes the value. */
  readonly steps: number;
  /** Floats by `quantizerPlace`. */
  readonly quantizer: number;
}

/** Bytes from the start of a transform's quantizer. */
export const quantizerPlace = {
  /** 1 quantizes. */
  isActive: 0,
  low: 4,
  high: 8,
  /** Of the magnitude of a level: 1 where the grid has no 0. */
  least: 12,
} as const;

export class Allocator {
  /** Before it lie constants; see `code.ts`. */
  next: number = constantBytes;

  /** Bytes, on a cache line of their own. */
  take(bytes: number): number {
    const address = this.next;
    this.next += Math.ceil(bytes / 64) * 64;
    return address;
  }
}

export function planTrained(
  memory: Allocator,
  shape: TiledShape,
  options: Pick<CompileOptions, "optimizer" | "transforms">,
): Trained {
  const { rows, columns, lanes, width } = shape;
  const tiles = Math.ceil((Math.ceil(columns / lanes.count) * lanes.width) / width);
  const floats = Math.ceil((tiles * rows * width) / 8) * 8;
  const array = (): number => memory.take(4 * floats);
  const values = array();
  const transforms = options.transforms === true;
  return {
    values,
    masters: transforms ? array() : values,
    transform: transforms ? { steps: array(), quantizer: memory.take(16) } : undefined,
    gradient: array(),
    moments: Array.from({ length: options.optimizer === undefined ? 0 : momentNames(options.optimizer).length }, array),
    floats,
    shape,
  };
}

/** Place of neuron `n`. */
export function placeOf({ count, width }: Lanes, n: number): number {
  return Math.floor(n / count) * width + (n % count);
}
