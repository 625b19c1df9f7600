// Pooling of values: windows in row-major order, and of equal values the first wins.

import { cellCount, pooledGrid, type Grid, type Pooling } from "./layer.ts";

const { fround } = Math;

/** Values of the cells of `grid` pooled. Shape [cell] to [pooled cell], channels last. */
export function pool(values: Float32Array, grid: Grid, pooling: Pooling): Float32Array {
  const pooled = new Float32Array(cellCount(pooledGrid(grid, pooling)));
  eachWindow(grid, pooling, (cell, members) => {
    pooled[cell] =
      pooling.kind === "max"
        ? (values[winner(values, members)] ?? 0)
        : fround(members.reduce((sum, m) => fround(sum + (values[m] ?? 0)), 0) * poolingShare(pooling));
  });
  return pooled;
}

/** From dLoss/dPooled to dLoss/dValue. */
export function unpool(gradient: Float32Array, values: Float32Array, grid: Grid, pooling: Pooling): Float32Array {
  const spread = new Float32Array(values.length);
  eachWindow(grid, pooling, (cell, members) => {
    const receivers = pooling.kind === "max" ? [winner(values, members)] : members;
    for (const m of receivers) spread[m] = (spread[m] ?? 0) + fround((gradient[cell] ?? 0) * poolingShare(pooling));
  });
  return spread;
}

/** What a pooled value keeps of each value that enters it. */
export function poolingShare({ kind, size }: Pooling): number {
  return kind === "average" ? fround(1 / (size * size)) : 1;
}

/** Visit every window with its members, both channels-last. */
export function eachWindow(
  grid: Grid,
  pooling: Pooling,
  visit: (cell: number, members: readonly number[]) => void,
): void {
  const { size, stride } = pooling;
  const { rows, columns, channels } = pooledGrid(grid, pooling);
  for (let cell = 0; cell < rows * columns * channels; cell++) {
    const pixel = Math.floor(cell / channels);
    const [top, left] = [Math.floor(pixel / columns) * stride, (pixel % columns) * stride];
    const members = Array.from({ length: size * size }, (_, i) => {
      const [row, column] = [top + Math.floor(i / size), left + (i % size)];
      return (row * grid.columns + column) * channels + (cell % channels);
    });
    visit(cell, members);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function winner(values: Float32Array, members: readonly number[]): number {
  return members.reduce((best, m) => ((values[m] ?? 0) > (values[best] ?? 0) ? m : best));
}
