import { convolvedGrid, type ConvLayer } from "./layer.ts";

/**
 * Every synapse of a convolution that exists: silence around the input has none. In the order of the sums: kernel rows, kernel
 * columns, input channels.
 */
export function eachSynapse(layer: ConvLayer, visit: (from: number, to: number, weight: number) => void): void {
  const { input, stride, padding, groups, weights } = layer;
  const [kernelRows = 0, kernelColumns = 0, groupInputs = 0, channels = 0] = weights.shape;
  const grid = convolvedGrid(layer);
  const groupOutputs = channels / groups;
  for (let position = 0; position < grid.rows * grid.columns; position++) {
    const top = Math.floor(position / grid.columns) * stride - padding;
    const left = (position % grid.columns) * stride - padding;
    for (let tap = 0; tap < kernelRows * kernelColumns; tap++) {
      const [row, column] = [top + Math.floor(tap / kernelColumns), left + (tap % kernelColumns)];
      if (row < 0 || row >= input.rows || column < 0 || column >= input.columns) continue;
      for (let i = 0; i < groupInputs; i++) {
        for (let channel = 0; channel < channels; channel++) {
          const from =
            (row * input.columns + column) * input.channels + Math.floor(channel / groupOutputs) * groupInputs;
          visit(from + i, position * channels + channel, (tap * groupInputs + i) * channels + channel);
        }
      }
    }
  }
}
