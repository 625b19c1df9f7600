// A convolution of NIR as a layer. A layer has one stride and one padding and no dilation: zeros in the kernel say the rest, exactly.

import { assertDefined } from "../../base/index.ts";
import type { ConvLayer, Pooling } from "../network/index.ts";
import { tensor } from "../tensor/index.ts";
import { gridOf, type NirGrid } from "./channel-order.ts";
import { fieldList, fieldNumbers, type NirPrimitive } from "./graph.ts";
import type { LinkNeurons } from "./layer-neurons.ts";
import { windowCount, windowsOf, type Window } from "./shapes.ts";

export interface ConvolutionParts {
  readonly node: NirPrimitive;
  /** What arrives, and what the convolution gives before `pooling`. */
  readonly input: readonly number[];
  readonly sums: readonly number[];
  /** Of every channel's currents. */
  readonly scale: NirPrimitive | undefined;
  readonly pooling: Pooling | undefined;
}

type Own = Pick<
  ConvLayer,
  "kind" | "input" | "output" | "stride" | "padding" | "groups" | "weights" | "bias" | "pooling" | "quantizer"
>;

/** The synapses of a layer, or the reason why a layer cannot have them. */
export function convolutionOf(
  parts: ConvolutionParts,
  neurons: LinkNeurons,
): { readonly own: Own; readonly isFilled: boolean } | string {
  const { node, pooling } = parts;
  const [input, sums, output] = [gridOf(parts.input), gridOf(parts.sums), gridOf(neurons.shape)];
  if (input === undefined || sums === undefined || output === undefined) return "it does not see an image";
  const kernel = kernelOf(node, input);
  if (typeof kernel === "string") return kernel;
  const gains = channelGains(neurons, parts.scale, output.channels);
  if (typeof gains === "string") return gains;
  const { rows, columns, perGroup, channels, at } = kernel;
  const weights = new Float32Array(rows * columns * perGroup * channels);
  let to = 0;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let i = 0; i < perGroup; i++)
        for (let o = 0; o < channels; o++) weights[to++] = at(o, i, y, x) * gains.gain(o);
  const own = fieldNumbers(node, "bias")?.values;
  // A bias is added before pooling, and a sum counts it once for each place.
  const places = pooling?.kind === "sum" ? pooling.size ** 2 : 1;
  const bias = Float32Array.from(
    { length: channels },
    (_, o) => (own?.[o] ?? 0) * gains.gain(o) + gains.drift(o) / places,
  );
  return {
    own: {
      kind: "conv",
      input,
      output,
      stride: kernel.stride,
      padding: kernel.padding,
      groups: fieldList(node, "groups")?.[0] ?? 1,
      weights: tensor([rows, columns, perGroup, channels], weights),
      ...(bias.some((value) => value !== 0) ? { bias: tensor([channels], bias) } : {}),
      ...(pooling === undefined ? {} : { pooling }),
    },
    isFilled: kernel.isFilled,
  };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Kernel {
  readonly rows: number;
  readonly columns: number;
  readonly perGroup: number;
  readonly channels: number;
  readonly stride: number;
  readonly padding: number;
  /** Zeros were put in for dilation or uneven padding. */
  readonly isFilled: boolean;
  at(channel: number, input: number, row: number, column: number): number;
}

/** The kernel with one padding on all sides: zeros before and behind make up for less, zeros between for dilation. */
function kernelOf(node: NirPrimitive, input: NirGrid): Kernel | string {
  const weights = assertDefined(fieldNumbers(node, "weight"), "weight");
  const [channels = 0, perGroup = 0] = weights.shape;
  const [first, second] = windowsOf(node);
  const flat: Window = { size: 1, stride: 1, dilation: 1, before: 0, after: 0 };
  const [tall, wide] = second === undefined ? [flat, first ?? flat] : [first ?? flat, second];
  const stride = [tall.stride, wide.stride].find(
    (one) => slides(tall, input.rows, one) && slides(wide, input.columns, one),
  );
  if (stride === undefined) return `its stride is ${tall.stride} × ${wide.stride}, and a layer has one`;
  const padding = Math.max(tall.before, tall.after, wide.before, wide.after);
  const [rows, columns] = [filled(tall, padding), filled(wide, padding)];
  return {
    rows: rows.length,
    columns: columns.length,
    perGroup,
    channels,
    stride,
    padding,
    isFilled: rows.length > tall.size || columns.length > wide.size,
    at: (o, i, y, x) => {
      const [row, column] = [rows[y] ?? -1, columns[x] ?? -1];
      if (row < 0 || column < 0) return 0;
      return weights.values[((o * perGroup + i) * tall.size + row) * wide.size + column] ?? 0;
    },
  };
}

/** Whether a window moves by `stride`, or has no room to move at all, so that any large enough stride is its own. */
function slides(window: Window, length: number, stride: number): boolean {
  return window.stride === stride || windowCount(length, { ...window, stride: Math.min(stride, window.stride) }) === 1;
}

/** For each place of the filled kernel, the place of its own, or −1 for a zero. */
function filled({ size, dilation, before, after }: Window, padding: number): number[] {
  const reach = dilation * (size - 1) + 1;
  return Array.from({ length: padding - before + reach + padding - after }, (_, at) => {
    const place = at - (padding - before);
    return place >= 0 && place < reach && place % dilation === 0 ? place / dilation : -1;
  });
}

/** A convolution shares its weights, so its neurons must share their gain. */
function channelGains(
  neurons: LinkNeurons,
  scale: NirPrimitive | undefined,
  channels: number,
): { readonly gain: (channel: number) => number; readonly drift: (channel: number) => number } | string {
  const plane = neurons.count / channels;
  const own = scale === undefined ? undefined : fieldNumbers(scale, "scale")?.values;
  const scaleAt = (n: number): number => own?.[own.length === 1 ? 0 : n] ?? 1;
  for (let n = 0; n < neurons.count; n++) {
    const first = Math.floor(n / plane) * plane;
    if (
      neurons.gain(n) !== neurons.gain(first) ||
      neurons.drift(n) !== neurons.drift(first) ||
      scaleAt(n) !== scaleAt(first)
    ) {
      return "its neurons scale their input differently";
    }
  }
  return {
    gain: (channel) => neurons.gain(channel * plane) * scaleAt(channel * plane),
    drift: (channel) => neurons.drift(channel * plane),
  };
}
