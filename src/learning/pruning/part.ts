import type { LayerArrays, TransformedKey } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";

/** One array of weights that can be pruned, seen as a matrix [row, column]; columns are neurons, or output channels. */
export interface PrunablePart {
  /** Under which its mask is kept: "0 weights". */
  readonly name: string;
  readonly layer: number;
  readonly key: TransformedKey;
  readonly values: Float32Array;
  readonly columns: number;
  /** Positions of a convolution's kernel; row = position · input channels + input channel. 1 for dense layers. */
  readonly positions: number;
  /** Whether its neurons are the classes. */
  readonly isOutput: boolean;
}

/** Masks by the name of their part: 1 keeps a weight, 0 removes it. The shape of the part. */
export type Masks = Readonly<Record<string, Uint8Array>>;

/** The name of a layer's array among masks and scales. */
export function partName(layer: number, key: TransformedKey): string {
  return `${layer} ${key}`;
}

/** Every array that can be pruned, with the numbers of `arrays` (one entry per layer). */
export function prunableParts(network: Network, arrays: readonly LayerArrays[]): PrunablePart[] {
  return arrays.flatMap((layerArrays, layer) => {
    const { shape } = network.layers[layer]?.weights ?? { shape: [] };
    const columns = shape.at(-1) ?? 1;
    const isOutput = layer === network.layers.length - 1;
    return (["weights", "recurrentWeights"] as const).flatMap((key): PrunablePart[] => {
      const values = layerArrays[key];
      const positions = key === "weights" && shape.length === 4 ? (shape[0] ?? 1) * (shape[1] ?? 1) : 1;
      return values === undefined
        ? []
        : [{ name: partName(layer, key), layer, key, values, columns, positions, isOutput }];
    });
  });
}

/** Masks that keep what is not zero now. */
export function zeroMasks(network: Network, arrays: readonly LayerArrays[]): Masks {
  return Object.fromEntries(
    prunableParts(network, arrays).map(({ name, values }) => [name, Uint8Array.from(values, (w) => (w === 0 ? 0 : 1))]),
  );
}

/** Share of the weights that masks remove. */
export function maskedShare(masks: Masks): number {
  let removed = 0;
  let all = 0;
  for (const mask of Object.values(masks)) {
    all += mask.length;
    for (const kept of mask) removed += 1 - kept;
  }
  return all === 0 ? 0 : removed / all;
}
