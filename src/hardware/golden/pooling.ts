import { cellCount, pooledGrid, type Grid } from "../../model/network/index.ts";
import { firingNeurons, setSpike, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import { windowCount, windowsAround, type Windows } from "./convolution.ts";

/** Spikes of `grid` are united window by window: one spike where any of a window fired. */
export interface SpikeUnion extends Windows {
  readonly grid: Grid;
}

/** The cells that a union leaves. */
export function unionCount({ grid, size, stride }: SpikeUnion): number {
  return cellCount(pooledGrid(grid, { kind: "max", size, stride }));
}

/** A train after the union; the train itself without one. */
export function uniteSpikes(train: SpikeTrain, union: SpikeUnion | undefined): SpikeTrain {
  if (union === undefined) return train;
  const { stepCount, sampleCount } = train;
  const united = spikeTrain({ stepCount, sampleCount, neuronCount: unionCount(union) });
  for (let step = 0; step < stepCount; step++) {
    for (let sample = 0; sample < sampleCount; sample++) {
      for (const cell of uniteFiring(firingNeurons(train, step, sample), union)) setSpike(united, step, sample, cell);
    }
  }
  return united;
}

/** Who fires after the union, in ascending order. */
export function uniteFiring(firing: readonly number[], union: SpikeUnion): number[] {
  const { grid } = union;
  const columns = windowCount(grid.columns, union);
  const united = new Set<number>();
  for (const cell of firing) {
    const channel = cell % grid.channels;
    const pixel = (cell - channel) / grid.channels;
    for (const row of windowsAround(Math.floor(pixel / grid.columns), windowCount(grid.rows, union), union)) {
      for (const column of windowsAround(pixel % grid.columns, columns, union)) {
        united.add((row * columns + column) * grid.channels + channel);
      }
    }
  }
  return [...united].sort((a, b) => a - b);
}

/** The largest value of every window. Shape [cell of grid] to [cell of windows], channels last. */
export function largestOfWindows(values: Int32Array, grid: Grid, windows: Windows): Int32Array {
  const pooled = pooledGrid(grid, { kind: "max", ...windows });
  const largest = new Int32Array(cellCount(pooled)).fill(-(2 ** 31));
  for (let cell = 0; cell < largest.length; cell++) {
    const channel = cell % grid.channels;
    const pixel = (cell - channel) / grid.channels;
    const top = Math.floor(pixel / pooled.columns) * windows.stride;
    const left = (pixel % pooled.columns) * windows.stride;
    for (let i = 0; i < windows.size * windows.size; i++) {
      const position = (top + Math.floor(i / windows.size)) * grid.columns + left + (i % windows.size);
      largest[cell] = Math.max(largest[cell] ?? 0, values[position * grid.channels + channel] ?? 0);
    }
  }
  return largest;
}
