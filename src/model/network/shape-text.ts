// Networks as the field writes them: "12C5-MP2-64C5-MP2-10" is a 5×5 convolution to 12 channels, the maximum of 2×2 of its currents,
// and so on to 10 neurons.

import { UserError } from "../../base/index.ts";
import type { NeuronSpec } from "../neuron/index.ts";
import { cellCount, convLayer, denseLayer, pooledGrid, type Grid, type Layer, type Pooling } from "./layer.ts";

/** What is pooled: the currents of the convolution before, or its spikes on their way to the next layer. */
export type PoolingOf = "currents" | "spikes";

/**
 * The layers of a text, with zero weights. Parts: `128` neurons; `12C5` channels and kernel, with `s2` stride, `p1` padding and `g2`
 * groups behind; `MP2`, `AP2`, `SP2` for the largest, mean or sum of 2×2, `MP3s2` for windows that are 2 apart.
 *
 * @param input  What the first layer sees; only convolutions ask for its rows and columns.
 * @throws `network/shape-text` naming the part; a layer that does not fit is found by `checkNetwork`
 */
export function layersOfText(
  text: string,
  options: { readonly input: Grid; readonly neuron: NeuronSpec; readonly pooling: PoolingOf },
): readonly Layer[] {
  const parts = parseShapeText(text);
  const layers: Layer[] = [];
  let arriving = options.input;
  let waiting: Pooling | undefined;
  parts.forEach((part, i) => {
    if (part.kind === "pool") {
      if (options.pooling === "spikes") waiting = part.pooling;
      return;
    }
    const next = parts[i + 1];
    const pooling = options.pooling === "currents" && next?.kind === "pool" ? next.pooling : undefined;
    const layer = layerOf(part, {
      name: i === parts.length - 1 ? "output" : `${part.kind}${layers.length + 1}`,
      neuron: options.neuron,
      arriving,
      waiting,
      pooling,
    });
    waiting = undefined;
    layers.push(layer);
    arriving = layer.kind === "conv" ? layer.output : { rows: 1, columns: 1, channels: layer.neuronCount };
  });
  return layers;
}

/** @throws `network/shape-text` */
export function parseShapeText(text: string): readonly ShapePart[] {
  const parts = text.split("-").map(parsePart);
  parts.forEach((part, i) => {
    if (part.kind !== "pool" || parts[i - 1]?.kind === "conv") return;
    throw new UserError("network/shape-text", `"${text}": a pooling must follow a convolution`);
  });
  if (parts.at(-1)?.kind === "dense") return parts;
  throw new UserError("network/shape-text", `"${text}": expected a number of neurons at the end, such as …-10`);
}

export type ShapePart =
  | { readonly kind: "dense"; readonly neuronCount: number }
  | {
      readonly kind: "conv";
      readonly channels: number;
      readonly kernel: number;
      readonly stride: number;
      readonly padding: number;
      readonly groups: number;
    }
  | { readonly kind: "pool"; readonly pooling: Pooling };

// ---------------------------------------------------------------------------------------------------------------------

const poolingKinds: Readonly<Record<string, Pooling["kind"]>> = { M: "max", A: "average", S: "sum" };

function parsePart(text: string): ShapePart {
  const dense = /^([1-9]\d{0,6})$/.exec(text);
  if (dense !== null) return { kind: "dense", neuronCount: Number(dense[1]) };
  const conv = /^([1-9]\d{0,4})C([1-9]\d?)((?:[spg]\d{1,3})*)$/.exec(text);
  if (conv !== null) {
    const option = (letter: string, initial: number): number =>
      Number(new RegExp(`${letter}(\\d+)`).exec(conv[3] ?? "")?.[1] ?? initial);
    return {
      kind: "conv",
      channels: Number(conv[1]),
      kernel: Number(conv[2]),
      stride: option("s", 1),
      padding: option("p", 0),
      groups: option("g", 1),
    };
  }
  const pool = /^([MAS])P([1-9]\d?)(?:s([1-9]\d?))?$/.exec(text);
  const kind = poolingKinds[pool?.[1] ?? ""];
  if (pool !== null && kind !== undefined) {
    return { kind: "pool", pooling: { kind, size: Number(pool[2]), stride: Number(pool[3] ?? pool[2]) } };
  }
  const known = "a number of neurons, 12C5 (with s2, p1, g2 behind), MP2, AP2 or SP2";
  throw new UserError("network/shape-text", `unknown part "${text}"; expected ${known}`);
}

function layerOf(
  part: Exclude<ShapePart, { kind: "pool" }>,
  context: {
    readonly name: string;
    readonly neuron: NeuronSpec;
    readonly arriving: Grid;
    readonly waiting: Pooling | undefined;
    readonly pooling: Pooling | undefined;
  },
): Layer {
  const { name, neuron, arriving, waiting, pooling } = context;
  const input = waiting === undefined ? arriving : pooledGrid(arriving, waiting);
  const pooled = waiting === undefined ? {} : { inputPooling: { ...waiting, grid: arriving } };
  if (part.kind === "dense") {
    return {
      ...denseLayer(name, { inputCount: cellCount(input), neuronCount: part.neuronCount }, neuron),
      ...pooled,
    };
  }
  const { channels, kernel, stride, padding, groups } = part;
  const shape = { input, channels, kernel, stride, padding, groups, ...pooled };
  if (kernel > input.rows + 2 * padding || kernel > input.columns + 2 * padding) {
    const message = `"${name}": a kernel of ${kernel}×${kernel} does not fit ${input.rows}×${input.columns}`;
    throw new UserError("network/shape-text", message, { hint: "use padding (p1) or a smaller kernel" });
  }
  if (stride === 0 || groups === 0 || input.channels % groups !== 0 || channels % groups !== 0) {
    const message = `"${name}": stride ${stride} and ${groups} groups do not fit ${input.channels} to ${channels} channels`;
    throw new UserError("network/shape-text", message);
  }
  return convLayer(name, pooling === undefined ? shape : { ...shape, pooling }, neuron);
}
