// NIR numbers the cells of an image channel by channel; a Network numbers them channels last.

import { cellsOf } from "./shapes.ts";

/** A grid as NIR shapes it: [channel, row, column], [channel, column], or a line of cells. */
export interface NirGrid {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/** An image, a line of channels as an image of one row, or undefined for a plain list. */
export function gridOf(shape: readonly number[]): NirGrid | undefined {
  const [channels = 1, first = 1, second] = shape;
  if (shape.length === 3) return { channels, rows: first, columns: second ?? 1 };
  return shape.length === 2 ? { channels, rows: 1, columns: first } : undefined;
}

/** For each cell of a network, its place in NIR's order. */
export function toChannelsLast(shape: readonly number[]): number[] {
  const grid = gridOf(shape);
  const count = cellsOf(shape);
  if (grid === undefined) return Array.from({ length: count }, (_, at) => at);
  const { channels } = grid;
  return Array.from({ length: count }, (_, at) => (at % channels) * (count / channels) + Math.floor(at / channels));
}

/** For each place in NIR's order, the cell of a network. */
export function toChannelsFirst(shape: readonly number[], count: number = cellsOf(shape)): number[] {
  const grid = gridOf(shape);
  if (grid === undefined) return Array.from({ length: count }, (_, at) => at);
  const plane = count / grid.channels;
  return Array.from({ length: count }, (_, at) => (at % plane) * grid.channels + Math.floor(at / plane));
}
